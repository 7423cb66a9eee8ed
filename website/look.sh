#!/usr/bin/env bash
# Opens the built site in Debian's Chromium, headless, and takes pictures of its pages.
#   look.sh OUT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
web=$here/../export/web
"$here/../export/android/packages.sh" node:nodejs npm:npm chromium:chromium
"$web/fetch.sh" "$web/build" test
node "$here/look.js" "$here/build/site" "$1"
