#!/usr/bin/env bash
# Tests this project's decoders against the conformance suite and prints their table: Python's, with
# both forms of its networks, Java's, the browser's code in Node, and the minimal one in C.
#   run.sh PYTHON
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
build=conformance/build
downloads=export/android/build/downloads
java=export/android/decoder/src
export/android/packages.sh cc:gcc /usr/include/stdio.h:libc6-dev javac:default-jdk-headless \
  mvn:maven npm:npm node:nodejs
mkdir -p "$build/java"
export/android/fetch.sh "$downloads" native
cc -std=c11 -O2 -Wall -Wextra -Werror -o "$build/minimal" conformance/minimal.c -lm
tests=("$java"/test/java/org/tfgan/codec/{Conformance,Pixels,TfLiteC}.java)
javac -nowarn -d "$build/java" -cp "$downloads/jna.jar" \
  "$java"/main/java/org/tfgan/codec/*.java "${tests[@]}"
"$python" conformance/make.py >/dev/null
path="$build/java:$downloads/jna.jar"
"$python" -m apps.conformance \
  "python=$python -m tfgan_codec.conformance" \
  "python_int8=$python -m tfgan_codec.conformance --decoder=int8" \
  "java=java -cp $path -Dtgc.tflite=$downloads/libtensorflowlite_c.so org.tfgan.codec.Conformance" \
  "javascript=node export/web/tests/codec/conformance.js" \
  "minimal=$build/minimal"
