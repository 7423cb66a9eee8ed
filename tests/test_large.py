"""What large pictures take, with the shipped model: memory, time, and regions of them.

Times are of processor, as the machine may be busy. `benchmarks.large` has pictures of 100
megapixels; here they are little larger than the smallest that are in tiles by default.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.format import container
from tfgan_codec.pictures import reading

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the memory"),
]

ROOT = Path(__file__).resolve().parents[1]
_RUN = """
import json, os, re, sys
from tfgan_codec.commands import tgc
status = tgc.main(["tgc", *sys.argv[1:]])
used = os.times()
# Not getrusage's, which counts the parent's memory before this program began.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps([status, used.user + used.system, 1024 * int(peak[1])]))
"""


class Cost(NamedTuple):
    """What a command took."""

    status: int
    seconds: float  # of processor
    memory: float  # bytes, the most at a time


def cost(*arguments: object) -> Cost:
    command = [sys.executable, "-c", _RUN, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def write_mosaic(kodak: Path, path: Path, width: int, height: int) -> Path:
    """Writes a PPM file of that size, of photographs that are mirrored and lit at random."""
    random = np.random.default_rng(0)
    photographs = [reading.read(each).rgb for each in sorted(kodak.glob("*.png"))]
    photographs = [x if x.shape[1] > x.shape[0] else np.rot90(x) for x in photographs]
    with path.open("wb") as stream:
        stream.write(b"P6\n%d %d\n255\n" % (width, height))
        for top in range(0, height, 512):
            band = []
            for _ in range(0, width, 768):
                x = photographs[random.integers(len(photographs))][:, :: random.choice([-1, 1])]
                x = np.clip(x * random.uniform(0.7, 1.15) + random.uniform(-10, 10), 0, 255)
                band.append(x.astype(np.uint8))
            stream.write(np.hstack(band)[: height - top, :width].tobytes())
    return path


def test_a_picture_in_tiles(kodak_dir: Path, tmp_path: Path) -> None:
    """Memory hardly grows from these 40 megapixels on, and time as the pixels do, so that a region
    takes 5 % of what 100 megapixels take if it takes 12 % here."""
    width, height = 7500, 5400
    small = write_mosaic(kodak_dir, tmp_path / "small.ppm", 1632, 1224)
    large = write_mosaic(kodak_dir, tmp_path / "large.ppm", width, height)
    more = (width * height) / (1632 * 1224)
    coded = [
        cost("compress", path, path.with_suffix(".tgc"), "--bpp=0.1") for path in (small, large)
    ]
    decoded = [
        cost("decompress", path.with_suffix(".tgc"), path.with_suffix(".out.ppm"))
        for path in (small, large)
    ]
    part = tmp_path / "part.png"
    region = cost("decompress", tmp_path / "large.tgc", part, "--region=3000,2000,512,512")
    for before, after in (coded, decoded):
        assert before.status == after.status == 0
        assert after.memory < 1.0e9
        assert after.seconds < 1.25 * more * before.seconds
    assert (tmp_path / "large.tgc").stat().st_size * 8 <= 0.1 * width * height
    assert region.status == 0
    assert region.memory < 300e6
    assert region.seconds < 0.12 * decoded[1].seconds
    pixels = np.memmap(tmp_path / "large.out.ppm", np.uint8, "r", offset=17)
    pixels = pixels.reshape(height, width, 3)
    with Image.open(part) as image:
        assert np.array_equal(np.asarray(image), pixels[2000:2512, 3000:3512])


def test_tiles_cost_at_most_1_percent(kodak_dir: Path, tmp_path: Path) -> None:
    """And without them memory is bounded as well, by what the file's symbols take."""
    picture = write_mosaic(kodak_dir, tmp_path / "a.ppm", 6000, 4000)
    codec = tgc.load("mobile")
    tiled, whole = (codec.compress(picture, quality=80, tiles=tiles) for tiles in (True, False))
    assert len(tiled) <= 1.01 * len(whole)
    (tmp_path / "whole.tgc").write_bytes(whole)
    decoded = cost("decompress", tmp_path / "whole.tgc", tmp_path / "whole.ppm")
    assert decoded.status == 0
    assert decoded.memory < 1.5e9


def test_the_entropy_part_knows_no_borders(kodak_dir: Path, tmp_path: Path) -> None:
    """Tiles of a picture say, parsed alone, what they say beside others; pixels of the decoder in
    integers are the same in whatever windows."""
    picture = write_mosaic(kodak_dir, tmp_path / "a.ppm", 2300, 1500)
    codec = tgc.load("mobile")
    blob = codec.compress(picture, quality=80, tiles=True)
    assert len(container.parse(blob).file.streams) == 6
    whole = np.asarray(codec.decompress(blob)).astype(int)
    for x, y in [(900, 900), (1024, 1024), (1016, 3), (2000, 1100)]:
        part = np.asarray(codec.decompress(blob, region=(x, y, 256, 256)))
        assert np.abs(part - whole[y : y + 256, x : x + 256]).max() == 0
