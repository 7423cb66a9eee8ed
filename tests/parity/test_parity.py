"""The same files, decoded by every runtime at hand: equal symbols, and pictures a level apart.

Latents are those of the golden files (model `tiny`), and of a small untrained `mobile` for the
forms that `tiny` has not: Keras, and int8. The shipped model is compared too (slow).
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.errors import BundleError
from tfgan_codec.format import container, payload
from tfgan_codec.pictures import reading

tf = pytest.importorskip("tensorflow")

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "data" / "golden"
CASES = json.loads((GOLDEN / "golden.json").read_text())
REFERENCE = "litert-builtin-1"
INTERPRETERS = [
    "litert-xnnpack-1",
    "litert-xnnpack-2",
    "litert-builtin-2",
    "tensorflow-xnnpack-2",
    "tensorflow-builtin-2",
    "arm64",
]
# LiteRT's reference kernels know no depth-to-space in int8.
FLOAT_RUNTIMES = ["keras-1", "keras-2", "litert-reference-1", *INTERPRETERS]
# Levels of 255 by which pictures of two runtimes may differ. Rounding to 8 bits turns the last bit
# of a product into a whole step, and every layer passes on what it gets. (Measured in int8: up to 4
# levels, 0.3 to 0.7 in the mean, the trained decoder included.)
FLOAT_LEVELS, INT8_LEVELS, INT8_MEAN = 1.0, 8.0, 1.0


def read(path: Path, bundle: Bundle) -> tuple[container.TgcFile, payload.Symbols]:
    file = container.parse(path.read_bytes()).file
    height, width = -(-file.height // 16), -(-file.width // 16)
    tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
    return file, payload.decode_symbols(file.streams[0], height, width, *tables)


@pytest.fixture(scope="module")
def tiny_bundle(tiny_dir: Path) -> Bundle:
    return Bundle.load(tiny_dir)


@pytest.fixture(scope="module")
def work(small_mobile, tiny_bundle: Bundle, tmp_path_factory) -> Path:
    """Networks and latents, in the folders `float` and `int8`."""
    from tfgan_codec.deploy import bundling, convert
    from tfgan_codec.deploy.int8 import chain
    from tfgan_codec.deploy.int8.calibrate import calibrate
    from tfgan_codec.deploy.int8.equalise import equalise

    folder = tmp_path_factory.mktemp("parity") / "float"
    folder.mkdir()
    for case in CASES:
        file, coding = read(GOLDEN / f"{case['name']}.tgc", tiny_bundle)
        np.save(folder / case["name"], hyperprior.dequantize(tiny_bundle, coding, file.quality))
        part = tiny_bundle.part("synthesis", tiny_bundle.realisms[-1])
        (folder / f"{case['name']}.tflite").write_bytes(part.tflite)
    y = np.random.default_rng(0).normal(0, 1, (4, 12, 12, 16)).astype(np.float32)
    bundling.write(small_mobile, str(folder / "mobile"), "small", {})
    shutil.copy(folder / "mobile" / "synthesis-0.tflite", folder / "mobile.tflite")
    np.save(folder / "mobile", y[0])

    folder = folder.with_name("int8")
    folder.mkdir()
    convs = chain.from_keras(small_mobile.synthesis)
    contrast = 40.0 / np.std(chain.run(convs, y))  # like a picture's: untrained, it is far too high
    convs[-1] = convs[-1]._replace(kernel=convs[-1].kernel * contrast)
    equal, scale = equalise(convs, y)
    network = calibrate(equal, y * scale)
    int8 = convert.convert_chain(network, chain.run, (1, 12, 12, 16), integer_edges=False)
    (folder / "mobile.tflite").write_bytes(int8)
    np.save(folder / "mobile", y[0] * scale)
    return folder.parent


@pytest.fixture(scope="module")
def decoded(work: Path):
    """What a runtime makes of the networks in a folder: pixels 0..255 by name."""
    return functools.lru_cache(None)(lambda runtime, kind: decode(runtime, work / kind))


def decode(runtime: str, folder: Path) -> dict[str, np.ndarray]:
    if runtime == "arm64":
        _run_on_arm(folder)
    else:
        script = [sys.executable, str(HERE / "run_decoders.py"), runtime, str(folder)]
        subprocess.run(script, check=True, capture_output=True)
    files = (folder / runtime).glob("*.npy")
    return {path.stem: np.clip(np.load(path), 0, 255) for path in files}


def _run_on_arm(folder: Path) -> None:
    """64-bit ARM in user-mode emulation.

    Needs qemu-aarch64, aarch64-linux-gnu-gcc and, named by TGC_ARM64_TFLITE, the arm64
    libtensorflowlite_c.so (the npm package tfjs-tflite-node 0.0.2 has one, of version 2.9).
    """
    library = os.environ.get("TGC_ARM64_TFLITE")
    if not library or not Path(library).is_file():
        pytest.skip("TGC_ARM64_TFLITE names no libtensorflowlite_c.so for arm64")
    for tool in ("qemu-aarch64", "aarch64-linux-gnu-gcc"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    out = folder / "arm64"
    out.mkdir()
    program = out / "run_decoder"
    subprocess.run(
        ["aarch64-linux-gnu-gcc", "-O1", HERE / "run_decoder.c", library, "-o", program], check=True
    )
    emulator = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
    emulator += ["-E", f"LD_LIBRARY_PATH={Path(library).parent}"]
    for path in sorted(folder.glob("*.npy")):
        y = np.load(path)
        y.tofile(out / "y")
        arguments = [path.with_suffix(".tflite"), *map(str, y.shape), out / "y", out / "pixels"]
        subprocess.run([*emulator, program, *arguments], check=True, capture_output=True)
        pixels = np.fromfile(out / "pixels", np.float32)
        np.save(out / path.name, pixels.reshape(16 * y.shape[0], 16 * y.shape[1], 3))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_symbols_are_identical(case: dict[str, str], tiny_bundle: Bundle):
    """The portable coder and that of the training library, which is TFC where that is installed,
    read the golden symbols from the file."""
    file, coding = read(GOLDEN / f"{case['name']}.tgc", tiny_bundle)
    for key, array, kind in (
        ("z", coding.z, "<i4"),
        ("r", coding.r, "<i4"),
        ("indexes", coding.indexes, "u1"),
    ):
        assert hashlib.sha256(array.astype(kind).tobytes()).hexdigest() == case[key]

    pytest.importorskip("tensorflow")
    from tfgan_codec.compression import StreamDecoder
    from tfgan_codec.format.tables import uniform_tables

    tables = [tiny_bundle.z_tables, uniform_tables(256), tiny_bundle.y_tables]
    decoder = StreamDecoder(file.streams[0], tables)
    rows = np.broadcast_to(np.arange(coding.z.shape[-1], dtype=np.int32), coding.z.shape)
    np.testing.assert_array_equal(decoder.decode(0, rows), coding.z)
    decoder.decode(1, np.zeros(2, np.int32))
    coded = coding.indexes > 0
    index = coding.indexes[coded].astype(np.int32)
    np.testing.assert_array_equal(decoder.decode(2, index), coding.r[coded])
    decoder.finish()


@pytest.mark.parametrize("runtime", [REFERENCE, "litert-reference-1", *INTERPRETERS])
def test_golden_pictures(runtime: str, decoded):
    """Within a level of the pictures beside the golden files."""
    pixels = decoded(runtime, "float")
    for case in CASES:
        want = np.asarray(Image.open(GOLDEN / f"{case['name']}.png"))
        if want.shape[2:] not in ((3,), (4,)):
            continue  # grey: only the luma of what is decoded is kept
        got = np.floor(pixels[case["name"]][: want.shape[0], : want.shape[1]] + 0.5)
        assert np.abs(got - want[..., :3]).max() <= FLOAT_LEVELS, case["name"]


@pytest.mark.parametrize("runtime", FLOAT_RUNTIMES)
def test_float_decoders_agree(runtime: str, decoded):
    want = decoded(REFERENCE, "float")["mobile"]
    assert np.abs(decoded(runtime, "float")["mobile"] - want).max() <= FLOAT_LEVELS


@pytest.mark.parametrize("runtime", INTERPRETERS)
def test_int8_decoders_agree(runtime: str, decoded):
    want = decoded(REFERENCE, "int8")["mobile"]
    difference = np.abs(decoded(runtime, "int8")["mobile"] - want)
    assert difference.max() <= INT8_LEVELS
    assert difference.mean() <= INT8_MEAN


@pytest.mark.slow
@pytest.mark.parametrize("runtime", INTERPRETERS)
def test_the_shipped_decoder(runtime: str, kodak_dir: Path, tmp_path: Path):
    try:
        bundle = Bundle.load("mobile")
    except BundleError as error:
        pytest.skip(str(error))
    picture = reading.read(kodak_dir / "kodim05.png").rgb[:256, :384]
    y = bundle.network("analysis")(picture)
    np.save(
        tmp_path / "mobile", hyperprior.dequantize(bundle, hyperprior.quantize(bundle, y, 100), 100)
    )
    (tmp_path / "mobile.tflite").write_bytes(bundle.part("synthesis").tflite)
    want, got = (decode(each, tmp_path)["mobile"] for each in (REFERENCE, runtime))
    assert np.abs(got - want).max() <= FLOAT_LEVELS
