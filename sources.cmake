# SPDX-License-Identifier: MIT
# The files of each part, relative to this folder: for builds that do not use our CMakeLists.txt. Compile the
# core with include/ in the path, a port with the core's src/ besides.

# The engine and the blocking client: pure C99, no operating system.
set(POSTINO_CORE_SOURCES
    src/address.c
    src/auth_next.c
    src/base64.c
    src/base64_line.c
    src/base64_part.c
    src/binary_part.c
    src/body.c
    src/borrow.c
    src/calendar_part.c
    src/callback_source.c
    src/chunking.c
    src/client.c
    src/client_config.c
    src/client_fallback.c
    src/command.c
    src/compose.c
    src/compose_body.c
    src/compose_header.c
    src/compose_unit.c
    src/count.c
    src/data_filter.c
    src/date.c
    src/dkim.c
    src/dkim_field.c
    src/domain.c
    src/encoded_word.c
    src/enhanced_code.c
    src/error.c
    src/extensions.c
    src/faults.c
    src/header_lines.c
    src/hello.c
    src/keywords.c
    src/limits.c
    src/lmtp.c
    src/hex.c
    src/identifier.c
    src/look.c
    src/mailbox.c
    src/mailbox_token.c
    src/mailbox_word.c
    src/media_type.c
    src/memory_source.c
    src/message.c
    src/message_features.c
    src/message_field.c
    src/message_fields.c
    src/message_part.c
    src/nonsense.c
    src/name_parameter.c
    src/number.c
    src/options.c
    src/part.c
    src/part_header.c
    src/partial.c
    src/pipelining.c
    src/pump.c
    src/quoted_printable.c
    src/raw_message.c
    src/recipients.c
    src/record.c
    src/related_part.c
    src/reply.c
    src/rfc2231.c
    src/sasl_all.c
    src/sasl_cram_md5.c
    src/sasl_exchange.c
    src/sasl_external.c
    src/sasl_login.c
    src/sasl_oauthbearer.c
    src/sasl_plain.c
    src/sasl_scram.c
    src/sasl_token.c
    src/sasl_xoauth2.c
    src/service.c
    src/session.c
    src/single.c
    src/single_group.c
    src/single_tls.c
    src/source.c
    src/source_begin.c
    src/starttls.c
    src/steps.c
    src/submit.c
    src/text_encoding.c
    src/text_part.c
    src/time_limits.c
    src/trace.c
    src/transaction.c
    src/utf8.c)

# The transport over POSIX sockets.
set(POSTINO_POSIX_SOURCES
    ports/posix/postino_file.c
    ports/posix/postino_posix.c)

# TLS by Mbed TLS, as a transport over another.
set(POSTINO_TLS_MBEDTLS_SOURCES
    ports/tls_mbedtls/postino_tls_mbedtls.c
    ports/tls_mbedtls/tls_mbedtls_handshake.c
    ports/tls_mbedtls/tls_mbedtls_names.c
    ports/tls_mbedtls/tls_mbedtls_settings.c
    ports/tls_mbedtls/tls_mbedtls_verify.c)

# DKIM's crypto table in OpenSSL 3.
set(POSTINO_DKIM_OPENSSL_SOURCES
    ports/openssl/postino_dkim_openssl.c)

# The crypto table of SASL mechanisms in OpenSSL 3.
set(POSTINO_SASL_OPENSSL_SOURCES
    ports/openssl/postino_sasl_openssl.c)

# The crypto table of SASL mechanisms in Mbed TLS.
set(POSTINO_SASL_MBEDTLS_SOURCES
    ports/mbedtls/postino_sasl_mbedtls.c)

# DKIM's crypto table in Mbed TLS.
set(POSTINO_DKIM_MBEDTLS_SOURCES
    ports/mbedtls/postino_dkim_mbedtls.c)

# Domains in A-labels, by libidn2.
set(POSTINO_IDN2_SOURCES
    ports/idn2/postino_idn2.c)

# Names and passwords by SASLprep, by GNU Libidn.
set(POSTINO_SASLPREP_IDN_SOURCES
    ports/idn/postino_saslprep_idn.c)

# TLS by OpenSSL 3, a transport over another.
set(POSTINO_TLS_OPENSSL_SOURCES
    ports/tls_openssl/postino_tls_openssl.c
    ports/tls_openssl/tls_openssl_handshake.c
    ports/tls_openssl/tls_openssl_settings.c
    ports/tls_openssl/tls_openssl_verify.c
    ports/tls_openssl/tls_openssl_words.c)

# The NetX Duo SMTP Client API and its transport: on a board, against the user's NetX Duo.
set(POSTINO_NETXDUO_SOURCES
    ports/netxduo/nx_smtp_checks.c
    ports/netxduo/nx_smtp_compose.c
    ports/netxduo/nx_smtp_compose_checks.c
    ports/netxduo/nx_smtp_crypto.c
    ports/netxduo/nx_smtp_external.c
    ports/netxduo/nx_smtp_mail.c
    ports/netxduo/nx_smtp_message.c
    ports/netxduo/nx_smtp_services.c
    ports/netxduo/nx_smtp_session.c
    ports/netxduo/nx_smtp_token.c
    ports/netxduo/nx_smtp_transport.c
    ports/netxduo/nxd_smtp_client.c)

# TLS for them by NetX Secure: on a board, against the user's.
set(POSTINO_TLS_NX_SECURE_SOURCES
    ports/tls_nx_secure/nx_smtp_tls.c
    ports/tls_nx_secure/nx_smtp_tls_transport.c
    ports/tls_nx_secure/nx_smtp_tls_words.c)

# ThreadX and NetX Duo as far as an SMTP application needs them, on POSIX: on a PC only.
set(POSTINO_NETX_HOST_SOURCES
    host/src/address.c
    host/src/clock.c
    host/src/control.c
    host/src/event_flags.c
    host/src/io.c
    host/src/ip.c
    host/src/kernel.c
    host/src/listener.c
    host/src/lock.c
    host/src/map.c
    host/src/mutex.c
    host/src/objects.c
    host/src/packet_data.c
    host/src/packet_pool.c
    host/src/reset.c
    host/src/semaphore.c
    host/src/tcp_client.c
    host/src/tcp_disconnect.c
    host/src/tcp_info.c
    host/src/tcp_receive.c
    host/src/tcp_send.c
    host/src/tcp_server.c
    host/src/tcp_socket.c
    host/src/thread.c
    host/src/timer.c)

# NetX Secure as far as a TLS client needs it, by OpenSSL 3: on a PC only.
set(POSTINO_NETX_HOST_SECURE_SOURCES
    host/secure/secure_data.c
    host/secure/secure_handshake.c
    host/secure/secure_move.c
    host/secure/secure_session.c
    host/secure/secure_verify.c
    host/secure/secure_x509.c)
