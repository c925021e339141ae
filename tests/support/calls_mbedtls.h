/* SPDX-License-Identifier: MIT */
#ifndef CALLS_MBEDTLS_H
#define CALLS_MBEDTLS_H

/* Included before a port's source: each function of Mbed TLS's that can fail does, where fault.h says so. */
#include <stdlib.h>

#include <mbedtls/asn1.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "fault.h"

#define CALLS_FAILED (-0x4321)

#undef mbedtls_calloc
#define mbedtls_calloc(...)              FAULT_OR(NULL, calloc(__VA_ARGS__))
/* tls_mbedtls */
#define mbedtls_ssl_config_defaults(...) FAULT_OR(CALLS_FAILED, (mbedtls_ssl_config_defaults)(__VA_ARGS__))
#define mbedtls_ctr_drbg_seed(...)       FAULT_OR(CALLS_FAILED, (mbedtls_ctr_drbg_seed)(__VA_ARGS__))
#define mbedtls_x509_crt_parse_file(...) FAULT_OR(CALLS_FAILED, (mbedtls_x509_crt_parse_file)(__VA_ARGS__))
#define mbedtls_pk_parse_keyfile(...)    FAULT_OR(CALLS_FAILED, (mbedtls_pk_parse_keyfile)(__VA_ARGS__))
#define mbedtls_pk_check_pair(...)       FAULT_OR(CALLS_FAILED, (mbedtls_pk_check_pair)(__VA_ARGS__))
#define mbedtls_ssl_conf_own_cert(...)   FAULT_OR(CALLS_FAILED, (mbedtls_ssl_conf_own_cert)(__VA_ARGS__))
#define mbedtls_ssl_setup(...)           FAULT_OR(CALLS_FAILED, (mbedtls_ssl_setup)(__VA_ARGS__))
#define mbedtls_ssl_set_hostname(...)    FAULT_OR(CALLS_FAILED, (mbedtls_ssl_set_hostname)(__VA_ARGS__))
#define mbedtls_ssl_set_session(...)     FAULT_OR(CALLS_FAILED, (mbedtls_ssl_set_session)(__VA_ARGS__))
#define mbedtls_ssl_get_session(...)     FAULT_OR(CALLS_FAILED, (mbedtls_ssl_get_session)(__VA_ARGS__))
#define mbedtls_ssl_handshake(...)       FAULT_OR(CALLS_FAILED, (mbedtls_ssl_handshake)(__VA_ARGS__))
#define mbedtls_ssl_read(...)            FAULT_OR(CALLS_FAILED, (mbedtls_ssl_read)(__VA_ARGS__))
#define mbedtls_ssl_write(...)           FAULT_OR(CALLS_FAILED, (mbedtls_ssl_write)(__VA_ARGS__))
#define mbedtls_ssl_close_notify(...)    FAULT_OR(CALLS_FAILED, (mbedtls_ssl_close_notify)(__VA_ARGS__))
#define mbedtls_ssl_get_max_out_record_payload(...) \
    FAULT_OR(CALLS_FAILED, (mbedtls_ssl_get_max_out_record_payload)(__VA_ARGS__))
#define mbedtls_oid_get_sig_alg(...)   FAULT_OR(CALLS_FAILED, (mbedtls_oid_get_sig_alg)(__VA_ARGS__))
#define mbedtls_asn1_get_tag(...)      FAULT_OR(CALLS_FAILED, (mbedtls_asn1_get_tag)(__VA_ARGS__))
#define mbedtls_asn1_get_len(...)      FAULT_OR(CALLS_FAILED, (mbedtls_asn1_get_len)(__VA_ARGS__))
#define mbedtls_x509_dn_gets(...)      FAULT_OR(CALLS_FAILED, (mbedtls_x509_dn_gets)(__VA_ARGS__))
#define mbedtls_md(...)                FAULT_OR(CALLS_FAILED, (mbedtls_md)(__VA_ARGS__))
#define mbedtls_md_info_from_type(...) FAULT_OR(NULL, (mbedtls_md_info_from_type)(__VA_ARGS__))

/* The crypto tables. */
#define mbedtls_md_setup(...)       FAULT_OR(CALLS_FAILED, (mbedtls_md_setup)(__VA_ARGS__))
#define mbedtls_md_starts(...)      FAULT_OR(CALLS_FAILED, (mbedtls_md_starts)(__VA_ARGS__))
#define mbedtls_md_update(...)      FAULT_OR(CALLS_FAILED, (mbedtls_md_update)(__VA_ARGS__))
#define mbedtls_md_finish(...)      FAULT_OR(CALLS_FAILED, (mbedtls_md_finish)(__VA_ARGS__))
#define mbedtls_md_hmac_starts(...) FAULT_OR(CALLS_FAILED, (mbedtls_md_hmac_starts)(__VA_ARGS__))
#define mbedtls_md_hmac_update(...) FAULT_OR(CALLS_FAILED, (mbedtls_md_hmac_update)(__VA_ARGS__))
#define mbedtls_md_hmac_finish(...) FAULT_OR(CALLS_FAILED, (mbedtls_md_hmac_finish)(__VA_ARGS__))
#define mbedtls_md_hmac_reset(...)  FAULT_OR(CALLS_FAILED, (mbedtls_md_hmac_reset)(__VA_ARGS__))
#define mbedtls_pk_sign(...)        FAULT_OR(CALLS_FAILED, (mbedtls_pk_sign)(__VA_ARGS__))

#endif
