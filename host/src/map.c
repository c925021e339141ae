/* SPDX-License-Identifier: MIT */
/* Invariant: the maps concern only what leaves the process; the environment is read once, before the first
 * look, and calls override it. */
#include "address.h"

#define MAP_ENTRIES 16
#define MAP_TEXT    64

struct map_port {
    UINT from;
    UINT to;
};
struct map_address {
    struct host_address from;
    struct host_address to;
};

static struct map_port map_ports[MAP_ENTRIES];
static struct map_address map_addresses[MAP_ENTRIES];
static int map_loaded;

static UINT map_port_put(UINT from, UINT to)
{
    size_t i;
    size_t place = MAP_ENTRIES;

    for (i = MAP_ENTRIES; i-- > 0;) {
        if (map_ports[i].from == from) {
            place = i;
            break;
        }
        if (!map_ports[i].from) {
            place = i;
        }
    }
    if (place == MAP_ENTRIES) {
        return to ? NX_NO_MORE_ENTRIES : NX_SUCCESS;
    }
    map_ports[place].from = to ? from : 0;
    map_ports[place].to = to;
    return NX_SUCCESS;
}

static UINT map_address_put(const char *address, const char *host_address)
{
    struct map_address entry;
    size_t i;
    size_t place = MAP_ENTRIES;

    memset(&entry, 0, sizeof entry);
    if (!host_address_from_text(&entry.from, address) ||
        (host_address && !host_address_from_text(&entry.to, host_address))) {
        return NX_IP_ADDRESS_ERROR;
    }
    for (i = MAP_ENTRIES; i-- > 0;) {
        if (host_address_equal(&map_addresses[i].from, &entry.from)) {
            place = i;
            break;
        }
        if (!map_addresses[i].from.version) {
            place = i;
        }
    }
    if (place == MAP_ENTRIES) {
        return host_address ? NX_NO_MORE_ENTRIES : NX_SUCCESS;
    }
    if (!host_address) {
        memset(&entry, 0, sizeof entry);
    }
    map_addresses[place] = entry;
    return NX_SUCCESS;
}

/* One "left<separator>right" of a list; returns what follows. A text that is too long or has no separator
 * counts as nothing. */
static const char *map_next(const char *text, char separator, char *left, char *right)
{
    const char *end = strchr(text, ',');
    const char *middle = strchr(text, separator);

    if (!end) {
        end = text + strlen(text);
    }
    left[0] = '\0';
    right[0] = '\0';
    if (middle && middle < end && middle - text < MAP_TEXT && end - middle <= MAP_TEXT) {
        memcpy(left, text, (size_t)(middle - text));
        left[middle - text] = '\0';
        memcpy(right, middle + 1, (size_t)(end - middle - 1));
        right[end - middle - 1] = '\0';
    }
    return *end ? end + 1 : end;
}

static UINT map_number(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    return *text && !*end && number <= NX_MAX_PORT ? (UINT)number : 0;
}

static void map_load(void)
{
    const char *ports = getenv("NETX_HOST_PORT_MAP");
    const char *addresses = getenv("NETX_HOST_ADDRESS_MAP");
    char left[MAP_TEXT];
    char right[MAP_TEXT];

    if (map_loaded) {
        return;
    }
    map_loaded = 1;
    while (ports && *ports) {
        ports = map_next(ports, ':', left, right);
        if (map_number(left) && map_number(right)) {
            (void)map_port_put(map_number(left), map_number(right));
        } else {
            (void)fprintf(stderr, "NETX_HOST_PORT_MAP: expected port:port,...\n");
        }
    }
    while (addresses && *addresses) {
        addresses = map_next(addresses, '=', left, right);
        if (map_address_put(left, right) != NX_SUCCESS) {
            (void)fprintf(stderr, "NETX_HOST_ADDRESS_MAP: expected address=address,...\n");
        }
    }
}

UINT host_map_port(UINT port)
{
    size_t i;

    map_load();
    for (i = 0; i < MAP_ENTRIES; i++) {
        if (port && map_ports[i].from == port) {
            return map_ports[i].to;
        }
    }
    return port;
}

void host_map_address(struct host_address *address)
{
    size_t i;

    map_load();
    for (i = 0; i < MAP_ENTRIES; i++) {
        if (host_address_equal(&map_addresses[i].from, address)) {
            *address = map_addresses[i].to;
            return;
        }
    }
}

UINT netx_host_port_map_set(UINT port, UINT host_port)
{
    UINT status;

    if (!port || port > NX_MAX_PORT || host_port > NX_MAX_PORT) {
        return NX_INVALID_PORT;
    }
    host_lock();
    map_load();
    status = map_port_put(port, host_port);
    host_unlock();
    return status;
}

UINT netx_host_address_map_set(const char *address, const char *host_address)
{
    UINT status;

    if (!address) {
        return NX_PTR_ERROR;
    }
    host_lock();
    map_load();
    status = map_address_put(address, host_address);
    host_unlock();
    return status;
}

void host_map_reset(void)
{
    memset(map_ports, 0, sizeof map_ports);
    memset(map_addresses, 0, sizeof map_addresses);
    map_loaded = 0;
}
