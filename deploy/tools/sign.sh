#!/bin/sh
# Signs a release: writes SHA256SUMS over the files of a folder, SHA256SUMS.sig (Ed25519, detached, 64 bytes) and the public key.
# The private key comes from the environment, as PEM: RELEASE_KEY="$(openssl genpkey -algorithm ed25519)". It is never written to disk.
# Whoever downloads checks with nothing but OpenSSL and coreutils, against the public key that they have from elsewhere:
#   openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig && sha256sum --check --strict SHA256SUMS
set -eu
cd "$1"
if [ -z "${RELEASE_KEY:-}" ]; then
	echo "RELEASE_KEY is empty: a release is signed (see this script's head)" >&2
	exit 1
fi
rm -f SHA256SUMS SHA256SUMS.sig release.pub
sha256sum -- * >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
printf '%s\n' "$RELEASE_KEY" | openssl pkey -in /dev/stdin -pubout -out release.pub
printf '%s\n' "$RELEASE_KEY" | openssl pkeyutl -sign -rawin -inkey /dev/stdin -in SHA256SUMS -out SHA256SUMS.sig
openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null
