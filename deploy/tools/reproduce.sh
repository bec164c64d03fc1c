#!/bin/sh
# Builds what is committed twice, in folders of different names and with caches of their own, and compares the binaries and the
# assets byte by byte. Whoever gets a release can do the same and compare with its SHA256SUMS.
set -eu
root=$(git rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
version=$(git -C "$root" describe --tags --always)

build() { # folder, cache
	mkdir -p "$1"
	git -C "$root" archive HEAD | tar -x -C "$1"
	if [ -d "$root/node_modules" ]; then cp -r "$root/node_modules" "$1/" && touch "$1/node_modules/.installed"; fi
	(cd "$1" && GOCACHE=$2 make --no-print-directory build VERSION="$version" >&2)
}

build "$work/one" "$work/cache-one"
build "$work/a folder elsewhere/two" "$work/cache-two"
if ! diff -r "$work/one/static/dist" "$work/a folder elsewhere/two/static/dist" || ! cmp "$work/one/bin/antragswerk" "$work/a folder elsewhere/two/bin/antragswerk"; then
	echo "two builds of one commit differ" >&2
	exit 1
fi
sha256sum <"$work/one/bin/antragswerk" | sed "s/-/antragswerk $version, built twice alike/"
