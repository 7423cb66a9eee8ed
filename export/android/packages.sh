#!/usr/bin/env bash
# Makes sure that commands are there; installs the Debian packages that have them, if it may: where
# the person at the terminal says yes, or APT=yes says so in advance.
#   packages.sh COMMAND:PACKAGE ...
set -euo pipefail
missing=()
for pair in "$@"; do
  # A path stands for a package that has no command.
  [ -e "${pair%%:*}" ] || command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ ${#missing[@]} = 0 ] && exit 0
install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Packages are missing. Install them first (on Debian: sudo $install)." >&2
  exit 1
fi
answer=${APT:-}
if [ -z "$answer" ] && [ -t 0 ]; then
  echo "Packages are missing: ${missing[*]}"
  read -r -p "Install them with apt-get? [y/N] " answer || true
fi
case $answer in
[yY] | [yY][eE][sS]) ;;
*)
  echo "Packages are missing: ${missing[*]}. Install them first ($install), or let this do it" \
    "with APT=yes." >&2
  exit 1
  ;;
esac
echo "Installing ${missing[*]} ..."
log=$(mktemp)
# Package lists may be old or missing: look at them only if it does not work without.
$install >"$log" 2>&1 || { apt-get update && $install; } >"$log" 2>&1 || {
  tail "$log" >&2
  exit 1
}
rm "$log"
