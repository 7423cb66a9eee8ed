#!/usr/bin/env bash
# Builds a signed debug APK without Google's repository: resources by Debian's aapt2, D8 and
# TensorFlow Lite as fetched by fetch.sh. Android Studio does not need this (settings.gradle).
#   build_apk.sh BUILD        BUILD/tgc-demo.apk from app/, decoder/ and app/src/main/assets
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
downloads=$build/downloads
main=$here/app/src/main
package=org.tfgan.codec.demo

MIN_SDK=23
TARGET_SDK=35 # Debian's android-framework-res is of level 29: resources use no newer attributes
VERSION_CODE=1
VERSION_NAME=0.1
ABIS="arm64-v8a x86_64"
FRAMEWORK=/usr/share/android-framework-res/framework-res.apk

"$here/packages.sh" aapt2:aapt apksigner:apksigner zipalign:zipalign dexdump:dexdump \
  $FRAMEWORK:android-framework-res zip:zip unzip:unzip javac:default-jdk-headless npm:npm mvn:maven
"$here/fetch.sh" "$downloads" apk
cd "$build"
rm -rf apk && mkdir -p apk/gen apk/classes apk/dex apk/lib apk/libs

# Resources, manifest and assets. The package comes from the build, as with Gradle.
sed "s/<manifest /&package=\"$package\" /" "$main/AndroidManifest.xml" >apk/AndroidManifest.xml
aapt2 compile --dir "$main/res" -o apk/resources.zip
aapt2 link -I "$FRAMEWORK" --manifest apk/AndroidManifest.xml --java apk/gen \
  --min-sdk-version $MIN_SDK --target-sdk-version $TARGET_SDK --debug-mode \
  --version-code $VERSION_CODE --version-name $VERSION_NAME \
  -A "$main/assets" -0 tflite -0 npz -o apk/app.apk apk/resources.zip

# Classes: the decoder for Java 8 alone, the app against Android's, then all of it through D8.
for name in tensorflow-lite tensorflow-lite-api; do
  unzip -q -o "$downloads/$name.aar" -d "apk/$name"
  cp "apk/$name/classes.jar" "apk/libs/$name.jar"
done
android=$downloads/android-23.jar
libs=$(printf '%s:' apk/libs/*.jar)
find "$here/decoder/src/main/java" -name '*.java' >apk/decoder.txt
find "$main/java" apk/gen -name '*.java' >apk/app.txt
javac --release 8 -Xlint:-options -d apk/classes @apk/decoder.txt
javac --release 8 -Xlint:-options -cp "apk/classes:$libs$android" -d apk/classes @apk/app.txt
(cd apk/classes && zip -q -r ../app.jar .)
java -cp "$downloads/d8.jar" com.android.tools.r8.D8 --debug --min-api $MIN_SDK \
  --lib "$android" --lib "$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" \
  --output apk/dex apk/app.jar apk/libs/*.jar

(cd apk/dex && zip -q ../app.apk classes.dex)
for abi in $ABIS; do
  mkdir -p "apk/lib/$abi"
  cp "apk/tensorflow-lite/jni/$abi/libtensorflowlite_jni.so" "apk/lib/$abi/"
done
(cd apk && zip -q -r app.apk lib)

zipalign -f -p 4 apk/app.apk apk/aligned.apk
# The key of debug builds: made once, secret from no one.
[ -f debug.p12 ] || keytool -genkeypair -keystore debug.p12 -storetype PKCS12 -storepass android \
  -alias debug -keyalg RSA -keysize 2048 -validity 10000 -dname "CN=Android Debug" >keytool.log 2>&1
apksigner sign --ks debug.p12 --ks-pass pass:android --min-sdk-version $MIN_SDK \
  --v4-signing-enabled false --out tgc-demo.apk apk/aligned.apk
