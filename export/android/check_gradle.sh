#!/usr/bin/env bash
# What can be checked of the Gradle project without Android's plugin, which only Google's repository
# has: the settings, the library's build, and that the app's build file is valid Groovy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/packages.sh" gradle:gradle javac:default-jdk-headless
gradle -p "$here" -PdecoderOnly --offline --no-daemon --quiet \
  --project-cache-dir "$here/build/gradle" :decoder:jar parseAppBuild
echo "Gradle: settings.gradle, decoder/build.gradle and app/build.gradle read; the library is built"
