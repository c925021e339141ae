#!/bin/bash
# SPDX-License-Identifier: MIT
# make_certificates.sh FOLDER: a CA, and what it and others issued, for the tests of one run.
set -eu

cd "$1"

# issue NAME DAYS EXTENSION SUBJECT_ALT_NAME [KEY OPTION...]: by the CA, with an EC key unless told otherwise.
issue() {
    local name=$1 days=$2 names=$3
    shift 3
    [ $# -gt 0 ] || set -- ec -pkeyopt ec_paramgen_curve:P-256
    openssl req -new -newkey "$@" -nodes -keyout "$name.key" -subj "/CN=$name" -out "$name.csr" 2>/dev/null
    printf 'subjectAltName=%s\n' "$names" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -days "$days" \
        -extfile "$name.ext" -out "$name.pem" 2>/dev/null
}

authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=Test $1" -days 30 \
        -out "$1.pem" 2>/dev/null
}

authority ca
authority other
issue server 30 DNS:localhost,DNS:mail.test,DNS:*.wild.test,IP:127.0.0.1
issue rsa 30 DNS:localhost rsa:2048
issue wrong 30 DNS:a.example,DNS:b.example
issue expired -1 DNS:localhost
issue client 30 DNS:client.example
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -subj /CN=localhost -days 30 \
    -addext subjectAltName=DNS:localhost -out self.pem 2>/dev/null
openssl x509 -in server.pem -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1 >certificate.pin
openssl x509 -in server.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -r |
    cut -d' ' -f1 >key.pin
