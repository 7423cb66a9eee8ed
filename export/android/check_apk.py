"""Checks the APK of `make android` without a device: signature, contents, classes.

    python -m export.android.check_apk export/android/build [--small_pages]

Native libraries for arm64-v8a must load on pages of 16 KB, which devices of today have; with
--small_pages those of 4 KB are let pass, for a class path that has no others.

Every class that the code names must be in the APK, in Android 6 (the stand-in for its android.jar
that the build compiles against) or in Java's own library.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from export.android import elf

ABIS = ("arm64-v8a", "x86_64")
LARGE_PAGE = 0x4000  # bytes, of devices with arm64-v8a from Android 15 on
ENTRY_POINTS = ("org.tensorflow.lite.Interpreter", "org.tfgan.codec.demo.MainActivity")
SMALL_PAGES = "--small_pages"
# Dex's own notes on classes (inner classes, generics), which the runtime reads by itself.
_NOTES = "dalvik.annotation."
_DEX_MAGIC = re.compile(rb"dex\n0\d\d\0")


class Dex(NamedTuple):
    """Holds the classes that a .dex file defines and names, written ``java.lang.String``."""

    defined: set[str]
    named: set[str]


def read_dex(data: bytes) -> Dex:
    """Reads the string, type and class tables (Android's "Dalvik executable format")."""
    if not _DEX_MAGIC.match(data):
        raise ValueError("not a .dex file")
    strings_at, types, types_at = struct.unpack_from("<III", data, 0x3C)
    classes, classes_at = struct.unpack_from("<II", data, 0x60)

    def descriptor(index: int) -> str:
        (string,) = struct.unpack_from("<I", data, types_at + 4 * index)
        (at,) = struct.unpack_from("<I", data, strings_at + 4 * string)
        while data[at] & 0x80:  # the length, LEB128
            at += 1
        return data[at + 1 : data.index(b"\0", at + 1)].decode()

    names = [class_name(descriptor(i)) for i in range(types)]
    defined = {
        names[struct.unpack_from("<I", data, classes_at + 32 * i)[0]] for i in range(classes)
    }
    return Dex({name for name in defined if name}, {name for name in names if name})


def class_name(descriptor: str) -> str:
    """Returns ``java.lang.String`` for ``Ljava/lang/String;`` or its arrays, "" for numbers."""
    element = descriptor.lstrip("[")
    return element[1:-1].replace("/", ".") if element.startswith("L") else ""


def classes_of_jar(path: Path) -> set[str]:
    """Returns the names of the classes in a jar."""
    with zipfile.ZipFile(path) as jar:
        names = [name for name in jar.namelist() if name.endswith(".class")]
    return {name[: -len(".class")].replace("/", ".") for name in names}


def missing_from_java(names: Iterable[str]) -> set[str]:
    """Returns those of the named ``java.`` and ``javax.`` classes that Java does not have."""
    wanted = sorted(names)
    listing = subprocess.run(["javap", *wanted], capture_output=True, check=False, text=True)
    return set(re.findall(r"class not found: (\S+)", listing.stdout + listing.stderr))


def small_pages(libraries: Mapping[str, bytes]) -> list[str]:
    """Returns which native libraries for arm64-v8a do not load on large pages; prints `p_align` of
    all. The names are those in the APK, such as ``lib/x86_64/liba.so``."""
    found = []
    for name, data in sorted(libraries.items()):
        alignment = elf.page_alignment(data)
        print(f"{name}: p_align {alignment:#x}")
        if name.startswith("lib/arm64-v8a/") and alignment < LARGE_PAGE:
            found.append(
                f"{name} has p_align {alignment:#x}, below {LARGE_PAGE:#x}: it does not load on "
                "devices with pages of 16 KB (--small_pages lets it pass)"
            )
    return found


def problems(build: Path, allow_small_pages: bool) -> list[str]:
    """Returns all that is wrong with the APK; prints what is right."""
    apk = build / "tgc-demo.apk"
    found = []
    with zipfile.ZipFile(apk) as archive:
        small = small_pages({n: archive.read(n) for n in archive.namelist() if n.endswith(".so")})
        found += [] if allow_small_pages else small
        if archive.getinfo("resources.arsc").compress_type != zipfile.ZIP_STORED:
            found.append("resources.arsc is compressed, which Android 11 and later refuse")
        names = set(archive.namelist())
        found += [
            f"no native library for {abi}"
            for abi in ABIS
            if f"lib/{abi}/libtensorflowlite_jni.so" not in names
        ]
        manifest = json.loads(archive.read("assets/bundle/manifest.json"))
        for name, digest in manifest["files"].items():
            if hashlib.sha256(archive.read(f"assets/bundle/{name}")).hexdigest() != digest:
                found.append(f"{name} of the bundle is damaged")
        dex = read_dex(archive.read("classes.dex"))
    print(f"{apk.name}: {apk.stat().st_size} bytes, native libraries for {', '.join(ABIS)}")
    print(f"bundle: {manifest['name']}, model {manifest['model_id']}, every hash right")

    listed = _run("dexdump", build / "apk/dex/classes.dex")
    for name in ENTRY_POINTS:
        if f"'L{name.replace('.', '/')};'" not in listed or name not in dex.defined:
            found.append(f"the class {name} is missing")
    outside = {name for name in dex.named - dex.defined if not name.startswith(_NOTES)}
    java = {name for name in outside if name.startswith(("java.", "javax."))}
    android = outside & classes_of_jar(build / "downloads/android-23.jar")
    unresolved = (outside - java - android) | missing_from_java(java - android)
    found += [f"unresolved class {name}" for name in sorted(unresolved)]
    print(
        f"classes: {len(dex.defined)} in the APK, {len(android)} of Android, "
        f"{len(java - android)} of Java, {len(unresolved)} unresolved"
    )

    signature = _run("apksigner", "verify", "--verbose", apk)
    for scheme in ("v2", "v3"):
        if not re.search(rf"using {scheme} scheme.*: true", signature):
            found.append(f"no valid {scheme} signature")
    _run("zipalign", "-c", "-p", "4", apk)
    print("signature: v2 and v3 verify; aligned")
    return found


def _run(*command: object) -> str:
    return subprocess.run(
        list(map(str, command)), capture_output=True, check=True, text=True, errors="replace"
    ).stdout


def main() -> int:
    """Prints facts and problems; the exit status says whether there are problems."""
    folders = [argument for argument in sys.argv[1:] if argument != SMALL_PAGES]
    if len(folders) != 1:
        print(__doc__)
        return 2
    found = problems(Path(folders[0]), allow_small_pages=SMALL_PAGES in sys.argv)
    for problem in found:
        print(f"check_apk: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
