/* SPDX-License-Identifier: MIT */

/* Sends a file as the body of one mail, through the API that is asked for, so that a script can drive both
 * against a real server. Exit status: 0 accepted; 1 not accepted, with `status 0xNN` (netx) or `error -NNN
 * step NAME reply NNN` (client) on standard output; 2 the command line or the file is unusable. */

#include "send_file.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char send_file_usage[] =
    "usage: send_file --api netx|client --host ADDRESS --port N [--auth none|plain|login --user U --password "
    "P]\n"
    "                 --from A --to B --subject S [--high|--low] [--domain D] FILE\n"
    "With --api client, plain and login both leave the choice of the mechanism to the client.\n";

__attribute__((noreturn)) static void send_file_reject(const char *reason)
{
    fprintf(stderr, "send_file: %s\n%s", reason, send_file_usage);
    exit(2);
}

static void send_file_set_auth(struct send_file_options *options, const char *name)
{
    if (strcmp(name, "none") == 0) {
        options->auth = SEND_FILE_AUTH_NONE;
    } else if (strcmp(name, "plain") == 0) {
        options->auth = SEND_FILE_AUTH_PLAIN;
    } else if (strcmp(name, "login") == 0) {
        options->auth = SEND_FILE_AUTH_LOGIN;
    } else {
        send_file_reject("--auth none, plain or login");
    }
}

static void send_file_set_server(struct send_file_options *options)
{
    if (options->host == NULL || options->service == NULL) {
        send_file_reject("--host and --port are needed");
    }
    if (inet_pton(AF_INET, options->host, options->address) == 1) {
        options->ip_version = 4;
    } else if (inet_pton(AF_INET6, options->host, options->address) == 1) {
        options->ip_version = 6;
    } else {
        send_file_reject("--host must be an IPv4 or IPv6 address");
    }
    char *end;
    unsigned long port = strtoul(options->service, &end, 10);
    if (*end != '\0' || port < 1 || port > 65535) {
        send_file_reject("--port must be 1 to 65535");
    }
    options->port = (uint16_t)port;
}

static void send_file_read_body(struct send_file_options *options, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        send_file_reject("the file cannot be opened");
    }
    long size = ftell(file);
    rewind(file);
    options->body_octets = size > 0 ? (size_t)size : 0;
    options->body = malloc(options->body_octets + 1);
    if (options->body == NULL ||
        fread(options->body, 1, options->body_octets, file) != options->body_octets) {
        send_file_reject("the file cannot be read");
    }
    fclose(file);
}

int main(int count, char **arguments)
{
    enum {
        API = 1,
        HOST,
        PORT,
        AUTH,
        USER,
        PASSWORD,
        FROM,
        TO,
        SUBJECT,
        DOMAIN_NAME,
        HIGH,
        LOW
    };
    static const struct option known[] = {
        {"api", required_argument, NULL, API},
        {"host", required_argument, NULL, HOST},
        {"port", required_argument, NULL, PORT},
        {"auth", required_argument, NULL, AUTH},
        {"user", required_argument, NULL, USER},
        {"password", required_argument, NULL, PASSWORD},
        {"from", required_argument, NULL, FROM},
        {"to", required_argument, NULL, TO},
        {"subject", required_argument, NULL, SUBJECT},
        {"domain", required_argument, NULL, DOMAIN_NAME},
        {"high", no_argument, NULL, HIGH},
        {"low", no_argument, NULL, LOW},
        {NULL, 0, NULL, 0},
    };
    struct send_file_options options = {.priority = SEND_FILE_PRIORITY_NORMAL};
    static char default_domain[] = "client.mail.test";
    options.domain = default_domain;
    const char *api = "";
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case API:
            api = optarg;
            break;
        case HOST:
            options.host = optarg;
            break;
        case PORT:
            options.service = optarg;
            break;
        case AUTH:
            send_file_set_auth(&options, optarg);
            break;
        case USER:
            options.user = optarg;
            break;
        case PASSWORD:
            options.password = optarg;
            break;
        case FROM:
            options.from = optarg;
            break;
        case TO:
            options.to = optarg;
            break;
        case SUBJECT:
            options.subject = optarg;
            break;
        case DOMAIN_NAME:
            options.domain = optarg;
            break;
        case HIGH:
            options.priority = SEND_FILE_PRIORITY_HIGH;
            break;
        case LOW:
            options.priority = SEND_FILE_PRIORITY_LOW;
            break;
        default:
            send_file_reject("unknown option");
        }
    }
    if (strcmp(api, "netx") != 0 && strcmp(api, "client") != 0) {
        send_file_reject("--api netx or client");
    }
    send_file_set_server(&options);
    if (options.from == NULL || options.to == NULL || options.subject == NULL || optind != count - 1) {
        send_file_reject("--from, --to, --subject and one file are needed");
    }
    if (options.auth != SEND_FILE_AUTH_NONE && (options.user == NULL || options.password == NULL)) {
        send_file_reject("--auth needs --user and --password");
    }
    send_file_read_body(&options, arguments[optind]);
    int status = strcmp(api, "netx") == 0 ? send_file_netx(&options) : send_file_client(&options);
    free(options.body);
    return status;
}
