#!/bin/sh
# Installs what Hansa's demo and tests need on Debian, and nothing that is there already.
# Usage: scripts/install-dependencies.sh [demo|test]
set -eu

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

purpose=${1:-demo}
packages="qemu-system-x86 qemu-utils busybox-static dropbear-bin cpio postgresql postgresql-client mariadb-server"
[ "$purpose" = test ] && packages="$packages mmdebstrap cloud-image-utils genisoimage python3-venv python3-pip chromium"
command -v npm >/dev/null 2>&1 || packages="$packages nodejs npm"

command -v cargo >/dev/null 2>&1 || fail "Rust is missing: install it with rustup (https://rustup.rs), then run this again"
command -v cc >/dev/null 2>&1 || fail "a C compiler is missing: apt-get install gcc"
command -v dpkg-query >/dev/null 2>&1 || fail "this script knows Debian only: install by hand: $packages"

missing=""
for package in $packages; do
    state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then sudo=""; else
    command -v sudo >/dev/null 2>&1 || fail "run this as root, or install sudo; missing are:$missing"
    sudo=sudo
fi
say "Installing$missing (this happens once)"
export DEBIAN_FRONTEND=noninteractive

# Servers are started by Hansa itself, on loopback and for as long as they are needed: keep the packages from
# starting theirs.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
    trap '$sudo rm -f "$policy"' EXIT
fi
log=$(mktemp)
install() {
    # shellcheck disable=SC2086
    $sudo apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 install -y --no-install-recommends $missing
}
{ $sudo apt-get -o DPkg::Lock::Timeout=600 update && install; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "the packages could not be installed; the whole log is in $log"
}
rm -f "$log"
