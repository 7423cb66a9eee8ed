#!/usr/bin/env bash
# Installs the Debian package in a clean tree of Debian 12 and tries it there: the commands, the media
# type, a thumbnail in a sandbox that sees only /usr, and its removal. As root, for debootstrap.
#   test_package.sh PACKAGE BUILD [MIRROR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
package=$(realpath "$1")
mkdir -p "$2"
build=$(cd "$2" && pwd)
tree=$build/tree
photo=$here/../../apps/assets/sample.jpg

fail() {
  echo "test_package.sh: $*" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "debootstrap needs root"
"$here/../android/packages.sh" debootstrap:debootstrap bwrap:bubblewrap

# What it depends on is Debian's; the rest looks at what desktops make of it.
needs=$(dpkg-deb -f "$package" Depends | sed 's/ *([^)]*)//g; s/, */,/g')
needs=$needs,shared-mime-info,libglib2.0-bin,desktop-file-utils,man-db
if [ "$needs" != "$(cat "$build/base/needs" 2>/dev/null)" ]; then
  rm -rf "$build/base"
  debootstrap --variant=minbase --include="$needs" bookworm "$build/base" ${3:+"$3"} \
    >"$build/debootstrap.log" || { tail "$build/debootstrap.log" >&2 && exit 1; }
  echo "$needs" >"$build/base/needs"
fi
rm -rf "$tree"
cp -a "$build/base" "$tree"
cp "$package" "$tree/tmp/package.deb"
chroot "$tree" dpkg -i /tmp/package.deb >"$build/dpkg.log" 2>&1 ||
  { cat "$build/dpkg.log" >&2 && exit 1; }
echo "installed: $(chroot "$tree" dpkg-query -W tfgan-codec)"

# As a user without rights, without a network.
inside() {
  bwrap --bind "$tree" / --proc /proc --dev /dev --unshare-all --uid 1000 --gid 1000 --clearenv \
    --setenv PATH /usr/bin --setenv HOME /tmp --setenv LANG C.UTF-8 --chdir /tmp/try "$@"
}
mkdir -m 777 "$tree/tmp/try"
cp "$photo" "$tree/tmp/try/photo.jpg"
inside tgc --version
inside tgc compress photo.jpg photo.tgc --bpp=0.1
inside tgc decompress photo.tgc photo.png
inside tgc info photo.tgc >/dev/null
inside man -P cat tgc | grep -q "tgc compress" || fail "the manual page is missing"
inside desktop-file-validate /usr/share/applications/tgc.desktop
inside mv photo.tgc photo
kind=$(inside gio info -a standard::content-type photo | sed -n 's/.*content-type: //p')
[ "$kind" = image/vnd.tfgan-codec ] || fail "the media type of a file without its name is $kind"
echo "media type by content: $kind"

# The Exec line as desktops run it: nothing but /usr, the file and a folder for the picture.
line=$(sed -n 's/^Exec=//p' "$tree/usr/share/thumbnailers/tfgan-codec.thumbnailer")
line=${line//%i//tmp/in.tgc}
line=${line//%o//tmp/out/thumbnail.png}
line=${line//%s/128}
mkdir "$build/out" 2>/dev/null || rm -f "$build/out/"*
read -r -a words <<<"$line"
bwrap --ro-bind "$tree/usr" /usr --symlink usr/bin /bin --symlink usr/lib /lib \
  --symlink usr/lib64 /lib64 --proc /proc --dev /dev --unshare-all --clearenv \
  --ro-bind "$tree/tmp/try/photo" /tmp/in.tgc --bind "$build/out" /tmp/out "${words[@]}"
cp "$build/out/thumbnail.png" "$tree/tmp/try"
head='open("thumbnail.png", "rb").read(24)'
size=$(inside python3 -c "import struct; print(*struct.unpack('>16x2I', $head))")
[ "$size" = "128 85" ] || fail "the thumbnail is $size"
echo "thumbnail in the sandbox: $size"

chroot "$tree" dpkg -r tfgan-codec >>"$build/dpkg.log" 2>&1
left=$(find "$tree/usr" -name '*tfgan*' -o -name 'tgc*')
[ -z "$left" ] || fail "left behind: $left"
echo "removed: nothing is left behind"
