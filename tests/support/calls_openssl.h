/* SPDX-License-Identifier: MIT */
#ifndef CALLS_OPENSSL_H
#define CALLS_OPENSSL_H

/* Included before a port's source: each function of OpenSSL's that can fail does, where fault.h says so. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "fault.h"

/* Any code but X509_V_OK. */
#define VERIFY_FAULT X509_V_ERR_OUT_OF_MEM

/* tls_openssl */
#define SSL_CTX_new(...)                        FAULT_OR(NULL, (SSL_CTX_new)(__VA_ARGS__))
#define SSL_new(...)                            FAULT_OR(NULL, (SSL_new)(__VA_ARGS__))
#define SSL_set_ex_data(...)                    FAULT_OR(0, (SSL_set_ex_data)(__VA_ARGS__))
#define SSL_CTX_ctrl(...)                       FAULT_OR(0, (SSL_CTX_ctrl)(__VA_ARGS__))
#define SSL_ctrl(...)                           FAULT_OR(0, (SSL_ctrl)(__VA_ARGS__))
#define SSL_CTX_load_verify_file(...)           FAULT_OR(0, (SSL_CTX_load_verify_file)(__VA_ARGS__))
#define SSL_CTX_set_default_verify_paths(...)   FAULT_OR(0, (SSL_CTX_set_default_verify_paths)(__VA_ARGS__))
#define SSL_CTX_use_certificate_chain_file(...) FAULT_OR(0, (SSL_CTX_use_certificate_chain_file)(__VA_ARGS__))
#define SSL_CTX_use_PrivateKey_file(...)        FAULT_OR(0, (SSL_CTX_use_PrivateKey_file)(__VA_ARGS__))
#define X509_STORE_set_flags(...)               FAULT_OR(0, (X509_STORE_set_flags)(__VA_ARGS__))
#define X509_VERIFY_PARAM_set1_host(...)        FAULT_OR(0, (X509_VERIFY_PARAM_set1_host)(__VA_ARGS__))
#define X509_VERIFY_PARAM_set1_ip_asc(...)      FAULT_OR(0, (X509_VERIFY_PARAM_set1_ip_asc)(__VA_ARGS__))
#define SSL_set_session(...)                    FAULT_OR(0, (SSL_set_session)(__VA_ARGS__))
#define SSL_do_handshake(...)                   FAULT_OR(-1, (SSL_do_handshake)(__VA_ARGS__))
#define SSL_read_ex(...)                        FAULT_OR(0, (SSL_read_ex)(__VA_ARGS__))
#define SSL_write_ex(...)                       FAULT_OR(0, (SSL_write_ex)(__VA_ARGS__))
#define SSL_shutdown(...)                       FAULT_OR(-1, (SSL_shutdown)(__VA_ARGS__))
#define SSL_export_keying_material(...)         FAULT_OR(0, (SSL_export_keying_material)(__VA_ARGS__))
#define SSL_get_finished(...)                   FAULT_OR(0, (SSL_get_finished)(__VA_ARGS__))
#define SSL_get_peer_finished(...)              FAULT_OR(0, (SSL_get_peer_finished)(__VA_ARGS__))
#define SSL_get0_peer_certificate(...)          FAULT_OR(NULL, (SSL_get0_peer_certificate)(__VA_ARGS__))
#define SSL_get_verify_result(...)              FAULT_OR(VERIFY_FAULT, (SSL_get_verify_result)(__VA_ARGS__))
#define X509_check_host(...)                    FAULT_OR(-1, (X509_check_host)(__VA_ARGS__))
#define X509_check_ip_asc(...)                  FAULT_OR(-2, (X509_check_ip_asc)(__VA_ARGS__))
#define X509_get0_pubkey(...)                   FAULT_OR(NULL, (X509_get0_pubkey)(__VA_ARGS__))
#define X509_get_ext_d2i(...)                   FAULT_OR(NULL, (X509_get_ext_d2i)(__VA_ARGS__))
#define X509_get_signature_info(...)            FAULT_OR(0, (X509_get_signature_info)(__VA_ARGS__))
#define X509_digest(...)                        FAULT_OR(0, (X509_digest)(__VA_ARGS__))
#define ASN1_TIME_to_tm(...)                    FAULT_OR(0, (ASN1_TIME_to_tm)(__VA_ARGS__))
#define i2d_X509(...)                           FAULT_OR(-1, (i2d_X509)(__VA_ARGS__))
#define i2d_X509_PUBKEY(...)                    FAULT_OR(-1, (i2d_X509_PUBKEY)(__VA_ARGS__))
#define EVP_Digest(...)                         FAULT_OR(0, (EVP_Digest)(__VA_ARGS__))
#define BIO_new(...)                            FAULT_OR(NULL, (BIO_new)(__VA_ARGS__))
#define BIO_read_ex(...)                        FAULT_OR(0, (BIO_read_ex)(__VA_ARGS__))
#define BIO_write_ex(...)                       FAULT_OR(0, (BIO_write_ex)(__VA_ARGS__))

/* The crypto tables. */
#define BIO_new_mem_buf(...)               FAULT_OR(NULL, (BIO_new_mem_buf)(__VA_ARGS__))
#define PEM_read_bio_PrivateKey(...)       FAULT_OR(NULL, (PEM_read_bio_PrivateKey)(__VA_ARGS__))
#define RAND_bytes(...)                    FAULT_OR(0, (RAND_bytes)(__VA_ARGS__))
#define PKCS5_PBKDF2_HMAC(...)             FAULT_OR(0, (PKCS5_PBKDF2_HMAC)(__VA_ARGS__))
#define EVP_MD_CTX_new(...)                FAULT_OR(NULL, (EVP_MD_CTX_new)(__VA_ARGS__))
#define EVP_DigestInit_ex(...)             FAULT_OR(0, (EVP_DigestInit_ex)(__VA_ARGS__))
#define EVP_DigestUpdate(...)              FAULT_OR(0, (EVP_DigestUpdate)(__VA_ARGS__))
#define EVP_DigestFinal_ex(...)            FAULT_OR(0, (EVP_DigestFinal_ex)(__VA_ARGS__))
#define EVP_DigestSignInit(...)            FAULT_OR(0, (EVP_DigestSignInit)(__VA_ARGS__))
#define EVP_DigestSign(...)                FAULT_OR(0, (EVP_DigestSign)(__VA_ARGS__))
#define EVP_MAC_fetch(...)                 FAULT_OR(NULL, (EVP_MAC_fetch)(__VA_ARGS__))
#define EVP_MAC_CTX_new(...)               FAULT_OR(NULL, (EVP_MAC_CTX_new)(__VA_ARGS__))
#define EVP_MAC_init(...)                  FAULT_OR(0, (EVP_MAC_init)(__VA_ARGS__))
#define EVP_MAC_update(...)                FAULT_OR(0, (EVP_MAC_update)(__VA_ARGS__))
#define EVP_MAC_final(...)                 FAULT_OR(0, (EVP_MAC_final)(__VA_ARGS__))
#define EVP_PKEY_CTX_new(...)              FAULT_OR(NULL, (EVP_PKEY_CTX_new)(__VA_ARGS__))
#define EVP_PKEY_sign_init(...)            FAULT_OR(0, (EVP_PKEY_sign_init)(__VA_ARGS__))
#define EVP_PKEY_CTX_set_rsa_padding(...)  FAULT_OR(0, (EVP_PKEY_CTX_set_rsa_padding)(__VA_ARGS__))
#define EVP_PKEY_CTX_set_signature_md(...) FAULT_OR(0, (EVP_PKEY_CTX_set_signature_md)(__VA_ARGS__))
#define EVP_PKEY_sign(...)                 FAULT_OR(0, (EVP_PKEY_sign)(__VA_ARGS__))

#endif
