#!/bin/sh
# Installs the Debian packages of packages.txt that are missing: as root with apt-get, without starting their services.
# Anyone else is told the one line to run, and the tests that need a missing program say so.
set -eu

wanted=$(sed 's/#.*//' "$(dirname "$0")/packages.txt")
missing=$(echo "$wanted" | while read -r package program; do
  [ -z "$package" ] || command -v "$program" >/dev/null || printf ' %s' "$package"
done)
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Some tests need programs that are not installed. On Debian: sudo $install" >&2
  exit 0
fi
echo "Installing Debian packages for the tests (once):$missing" >&2

# While the packages install, this policy keeps nginx, haproxy and postgresql from starting; the machine's own one, if any, comes back afterwards.
policy=/usr/sbin/policy-rc.d
kept=$policy.before-gatewell
log=$(mktemp)
finish() {
  if [ -e "$kept" ]; then mv "$kept" "$policy"; else rm -f "$policy"; fi
  rm -f "$log"
}
[ ! -e "$policy" ] || [ -e "$kept" ] || cp -p "$policy" "$kept"
trap finish EXIT
trap 'exit 1' HUP INT TERM
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod +x "$policy"

export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the packages are words
if ! { apt-get update -q && apt-get -q -o DPkg::Lock::Timeout=300 ${install#apt-get}; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "The packages could not be installed; apt-get says why above. To try again: apt-get update && $install" >&2
  exit 0
fi

# Nor shall they start with the machine from now on.
[ ! -d /run/systemd/system ] || for service in nginx haproxy postgresql; do
  case $missing in *" $service"*) systemctl --quiet disable "$service" || true ;; esac
done
