#!/usr/bin/env bash
# Runs the decoder's tests on this machine's Java: vectors, golden files to symbols and to pixels
# (through TensorFlow Lite's C library), malformed files, FUZZ mutated ones.
#   test_jvm.sh BUILD [FUZZ]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/packages.sh" javac:default-jdk-headless mvn:maven npm:npm
"$here/fetch.sh" "$1" native
native=$(cd "$1" && pwd)/libtensorflowlite_c.so
mvn -B -ntp -f "$here/decoder/pom.xml" test "-Dtgc.tflite=$native" "-Dtgc.fuzz=${2:-20000}" |
  grep -E 'mutated files|golden files|Tests run: [0-9]+, .*Skipped: [0-9]+$|ERROR'
