#!/bin/sh
# Makes the certificates of the tests of broken TLS: a root, an authority it signed, and servers named feed.example.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.key"; }
asks() { key "$1"; openssl req -new -key "$work/$1.key" -subj "/CN=$2" -out "$work/$1.csr"; }
# signed NAME AUTHORITY EXTENSIONS FROM TO
signed() {
    printf '%b' "$3" > "$work/$1.ext"
    touch "$work/index"; mkdir -p "$work/new"
    printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nnew_certs_dir=%s\ndefault_md=sha256\nrand_serial=yes\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' "$work/index" "$work/new" > "$work/ca.cnf"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert "$work/$2.pem" -keyfile "$work/$2.key" \
        -extfile "$work/$1.ext" -startdate "$4" -enddate "$5" -in "$work/$1.csr" -out "$work/$1.pem" 2> /dev/null
}

authority='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
server='basicConstraints=CA:FALSE\nsubjectAltName=DNS:feed.example\n'
from=20200101000000Z to=21200101000000Z

key root
openssl req -x509 -new -key "$work/root.key" -subj '/CN=Root of the tests' -days 36500 -out "$work/root.pem"
asks between 'Authority of the tests' && signed between root "$authority" $from $to
asks good feed.example && signed good between "$server" $from $to
asks expired feed.example && signed expired between "$server" $from 20210101000000Z
asks early feed.example && signed early between "$server" 21100101000000Z $to
asks name other.example && signed name between 'subjectAltName=DNS:other.example\n' $from $to
key self-signed
openssl req -x509 -new -key "$work/self-signed.key" -subj /CN=feed.example -days 36500 \
    -addext subjectAltName=DNS:feed.example -out "$work/self-signed.pem"

cp "$work/root.pem" root.pem
for each in good expired early name; do cat "$work/$each.key" "$work/$each.pem" "$work/between.pem" > "$each.pem"; done
cat "$work/good.key" "$work/good.pem" > chain.pem
cat "$work/self-signed.key" "$work/self-signed.pem" > self-signed.pem
