#!/usr/bin/env bash
# Fetches from npm what the browser's codec runs on, and with "test" what its tests do, each package
# pinned by the hash in package-lock.json. None of their scripts is run.
#   fetch.sh BUILD [test]      BUILD/node_modules then holds them; what is there already stays
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
omit=(--omit=dev)
[ "${2:-}" = test ] && omit=()
command -v npm >/dev/null || {
  echo "fetch.sh: npm is needed; install the package npm" >&2
  exit 1
}
mkdir -p "$build"
cd "$build"
# Installed whole is what is marked so, by the lock and the set of packages.
mark=$({ cat "$here/package-lock.json"; echo "${2:-}"; } | sha256sum)
for done in "$mark" "$({ cat "$here/package-lock.json"; echo test; } | sha256sum)"; do
  [ "$(cat node_modules/.fetched 2>/dev/null)" != "$done" ] || exit 0
done
cp "$here/package.json" "$here/package-lock.json" .
npm ci --ignore-scripts --no-audit --no-fund --silent "${omit[@]}" || {
  echo "fetch.sh: npm cannot fetch the packages of package-lock.json" >&2
  exit 1
}
echo "$mark" >node_modules/.fetched
