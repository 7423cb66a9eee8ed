#!/usr/bin/env bash
# Runs the tests of the browser's codec: the codec itself under Node, then the page, the service
# worker and pixels in Debian's Chromium and Firefox, headless.
#   test.sh PYTHON
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=$1
"$here/../android/packages.sh" node:nodejs npm:npm chromium:chromium firefox-esr:firefox-esr
"$here/fetch.sh" "$here/build" test
"$python" "$here/../../tests/web/make_sites.py" "$here/build/sites"
node --test "$here"/tests/codec/*.test.js
# One after the other: each starts browsers, which take all of a small machine.
for file in "$here"/tests/browser/*.test.js; do
  node --test "$file"
done
