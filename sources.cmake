# SPDX-License-Identifier: MIT
# The files of each part, relative to this folder: for builds that do not use our CMakeLists.txt. Compile the
# core with include/ in the path, a port with the core's src/ besides.

# The engine and the blocking client: pure C99, no operating system.
set(POSTINO_CORE_SOURCES
    src/text/address.c
    src/text/date.c
    src/text/text.c
    src/source/source.c
    src/engine/auth.c
    src/engine/borrow.c
    src/engine/chunking.c
    src/engine/emitter.c
    src/engine/count.c
    src/engine/data_filter.c
    src/engine/data_step.c
    src/engine/domain.c
    src/engine/enhanced_code.c
    src/engine/error.c
    src/engine/extensions.c
    src/engine/faults.c
    src/engine/hello.c
    src/engine/keywords.c
    src/engine/limits.c
    src/engine/lmtp.c
    src/engine/mail_check.c
    src/engine/mail_parameters.c
    src/engine/options.c
    src/engine/outcome.c
    src/engine/partial.c
    src/engine/pipelining.c
    src/engine/record.c
    src/engine/reply.c
    src/engine/service.c
    src/engine/session.c
    src/engine/single.c
    src/engine/single_group.c
    src/engine/starttls.c
    src/engine/state.c
    src/engine/steps.c
    src/engine/transaction.c
    src/engine/transaction_reply.c
    src/sasl/bearer.c
    src/sasl/exchange.c
    src/sasl/mechanisms.c
    src/sasl/scram.c
    src/message/base64.c
    src/message/compose.c
    src/message/compose_unit.c
    src/message/dkim.c
    src/message/dkim_field.c
    src/message/encoded_word.c
    src/message/encoding.c
    src/message/header_lines.c
    src/message/identifier.c
    src/message/letter.c
    src/message/letter_all.c
    src/message/letter_file.c
    src/message/letter_parts.c
    src/message/letter_type.c
    src/message/mailbox.c
    src/message/mailbox_token.c
    src/message/message_fields.c
    src/message/part_header.c
    src/message/parts.c
    src/message/raw_header.c
    src/message/raw_message.c
    src/message/recipients.c
    src/message/writer.c
    src/client/client.c
    src/client/config.c
    src/client/connection.c
    src/client/fallback.c
    src/client/pump.c
    src/client/trace.c)

# The transport over POSIX sockets.
set(POSTINO_POSIX_SOURCES
    ports/posix/file.c
    ports/posix/path.c
    ports/posix/letter.c
    ports/posix/transport.c)

# SOCKS5 and HTTP CONNECT, as a transport over another. Not in the core: the one file of the NetX API would
# carry its texts.
set(POSTINO_PROXY_SOURCES
    ports/proxy/http.c
    ports/proxy/proxy.c
    ports/proxy/socks5.c
    ports/proxy/words.c)

# TLS by Mbed TLS, as a transport over another.
set(POSTINO_TLS_MBEDTLS_SOURCES
    ports/mbedtls/tls.c
    ports/mbedtls/tls_handshake.c
    ports/mbedtls/tls_names.c
    ports/mbedtls/tls_settings.c
    ports/mbedtls/tls_verify.c)

# DKIM's crypto table in OpenSSL 3.
set(POSTINO_DKIM_OPENSSL_SOURCES
    ports/openssl/dkim.c)

# The crypto table of SASL mechanisms in OpenSSL 3.
set(POSTINO_SASL_OPENSSL_SOURCES
    ports/openssl/sasl.c)

# The crypto table of SASL mechanisms in Mbed TLS.
set(POSTINO_SASL_MBEDTLS_SOURCES
    ports/mbedtls/sasl.c)

# DKIM's crypto table in Mbed TLS.
set(POSTINO_DKIM_MBEDTLS_SOURCES
    ports/mbedtls/dkim.c)

# Domains in A-labels, by libidn2.
set(POSTINO_IDN2_SOURCES
    ports/idn/idn2.c)

# Names and passwords by SASLprep, by GNU Libidn.
set(POSTINO_SASLPREP_IDN_SOURCES
    ports/idn/saslprep.c)

# TLS by OpenSSL 3, a transport over another.
set(POSTINO_TLS_OPENSSL_SOURCES
    ports/openssl/tls.c
    ports/openssl/tls_handshake.c
    ports/openssl/tls_settings.c
    ports/openssl/tls_verify.c
    ports/openssl/tls_words.c)

# The NetX Duo SMTP Client API and its transport: on a board, against the user's NetX Duo.
set(POSTINO_NETXDUO_SOURCES
    ports/netxduo/nx_smtp_bounded.c
    ports/netxduo/nx_smtp_checks.c
    ports/netxduo/nx_smtp_compose.c
    ports/netxduo/nx_smtp_compose_checks.c
    ports/netxduo/nx_smtp_crypto.c
    ports/netxduo/nx_smtp_external.c
    ports/netxduo/nx_smtp_mail.c
    ports/netxduo/nx_smtp_message.c
    ports/netxduo/nx_smtp_recipient.c
    ports/netxduo/nx_smtp_services.c
    ports/netxduo/nx_smtp_session.c
    ports/netxduo/nx_smtp_token.c
    ports/netxduo/nx_smtp_transport.c
    ports/netxduo/nxd_smtp_client.c)

# TLS for them by NetX Secure: on a board, against the user's.
set(POSTINO_TLS_NX_SECURE_SOURCES
    ports/nx_secure/nx_smtp_tls.c
    ports/nx_secure/nx_smtp_tls_transport.c
    ports/nx_secure/nx_smtp_tls_words.c)

# ThreadX and NetX Duo as far as an SMTP application needs them, on POSIX: on a PC only.
set(POSTINO_NETX_HOST_SOURCES
    host/src/address.c
    host/src/clock.c
    host/src/connection.c
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
    host/src/service.c
    host/src/socket.c
    host/src/tcp_client.c
    host/src/tcp_disconnect.c
    host/src/tcp_info.c
    host/src/tcp_receive.c
    host/src/tcp_send.c
    host/src/tcp_server.c
    host/src/tcp_socket.c
    host/src/thread.c
    host/src/timer.c
    host/src/watch.c)

# NetX Secure as far as a TLS client needs it, by OpenSSL 3: on a PC only.
set(POSTINO_NETX_HOST_SECURE_SOURCES
    host/secure/secure_data.c
    host/secure/secure_handshake.c
    host/secure/secure_move.c
    host/secure/secure_session.c
    host/secure/secure_verify.c
    host/secure/secure_x509.c)
