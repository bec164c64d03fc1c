#!/bin/sh
# Installs the real servers and programs that the tests run against: PostgreSQL 15, Redis, clamd, Chromium, WeasyPrint and
# poppler's and zbar's tools from Debian, versitygw (an S3 gateway) from the Go module proxy into .tools/bin. Quick when all is
# there. Needs root for Debian's packages.
# The tests start the servers themselves, so the services that Debian would start on installing are kept from starting;
# freshclam, which downloads signatures, is never run.
set -u
cd "$(dirname "$0")/../.." || exit 1

VERSITYGW=v1.8.0
tools=$PWD/.tools/bin

# Each line: package, and a file or command that tells that it is there.
wanted='postgresql-15 /usr/lib/postgresql/15/bin/initdb
redis-server redis-server
clamav-daemon clamd
chromium chromium
weasyprint weasyprint
fonts-liberation /usr/share/fonts/truetype/liberation
poppler-utils pdftotext
zbar-tools zbarimg'

have() {
	case $1 in
	/*) [ -x "$1" ] ;;
	*) command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] ;;
	esac
}

missing() {
	echo "$wanted" | while read -r package sign; do
		have "$sign" || printf '%s ' "$package"
	done
}

install_packages() {
	# shellcheck disable=SC2086 # a list of package names
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $1
}

# Keeps packages from starting services while they are installed; undone at the end.
policy=/usr/sbin/policy-rc.d
made_policy=
forbid_services() {
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made_policy=yes
	fi
}
allow_services() {
	[ -z "$made_policy" ] || rm -f "$policy"
}
trap allow_services EXIT

packages=$(missing)
if [ -n "$packages" ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "missing: $packages- run as root: apt-get install -y --no-install-recommends $packages" >&2
		exit 1
	fi
	forbid_services
	apt-get update || echo "apt-get update failed; trying with the lists that are there" >&2
	if ! install_packages "$packages"; then
		apt-get --fix-broken install -y
		install_packages "$(missing)"
	fi
fi

# "go version -m" tells the version that was built; the program itself does not know it.
if ! go version -m "$tools/versitygw" 2>/dev/null | grep -q "versitygw[[:space:]]$VERSITYGW"; then
	mkdir -p "$tools"
	GOBIN=$tools go install "github.com/versity/versitygw/cmd/versitygw@$VERSITYGW"
fi

lacking=$(missing)
[ -x "$tools/versitygw" ] || lacking="$lacking versitygw@$VERSITYGW"
if [ -n "$lacking" ]; then
	echo "could not install: $lacking" >&2
	exit 1
fi
echo "test servers: all there"
