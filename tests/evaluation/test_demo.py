from __future__ import annotations

import functools
import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tfgan_codec as tgc
from apps import demo as app
from tfgan_codec.evaluation import demo

TINY = Path(__file__).parents[1] / "data" / "tiny"


@functools.cache
def photograph(width: int = 320, height: int = 240) -> Image.Image:
    """Smooth waves with a little noise: codecs see something photograph-like."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / (9 + 4 * c)) + np.cos(y / (7 + 3 * c)) for c in range(3)]
    noise = np.random.default_rng(0).normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(127 + 50 * np.stack(waves, 2) + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("fmt", [demo.AVIF, demo.JPEG], ids=lambda f: f.name)
@pytest.mark.parametrize("bpp", [0.3, 1.0])
def test_nearest_quality_is_the_nearest(fmt: demo.Format, bpp: float) -> None:
    picture = photograph()
    target = int(bpp * picture.width * picture.height / 8)
    quality = demo.nearest_quality(picture, fmt, target)

    def miss(q: int) -> int:
        return abs(len(demo.encode_as(picture, fmt, q)) - target)

    assert fmt.qualities[0] < quality < fmt.qualities[-1]
    assert miss(quality) <= min(miss(quality - 1), miss(quality + 1))


@pytest.mark.parametrize("fmt", [demo.AVIF, demo.JPEG], ids=lambda f: f.name)
def test_nearest_quality_ends_at_the_ends(fmt: demo.Format) -> None:
    assert demo.nearest_quality(photograph(), fmt, 1) == fmt.qualities[0]
    assert demo.nearest_quality(photograph(), fmt, 10**8) == fmt.qualities[-1]


def test_measure_a_lossless_codec() -> None:
    def encode() -> bytes:
        stream = io.BytesIO()
        photograph().save(stream, "PNG")
        return stream.getvalue()

    result = demo.measure("PNG", photograph(), encode, demo.decode_any)
    assert result.nbytes == len(encode())
    assert result.bpp == pytest.approx(8 * result.nbytes / (320 * 240))
    assert math.isinf(result.psnr)
    assert result.ms_ssim == pytest.approx(1.0)
    assert result.encode_s > 0
    assert result.decode_s > 0


def test_small_pictures_have_no_ms_ssim() -> None:
    small = photograph(40, 30)
    encode = functools.partial(demo.encode_as, small, demo.JPEG, 50)
    result = demo.measure("JPEG q50", small, encode, demo.decode_any)
    assert result.ms_ssim is None
    line = demo.table([result]).splitlines()[1]
    assert line.split()[:3] == ["JPEG", "q50", f"{result.nbytes:,}"]
    assert " - " in line
    assert demo.side_by_side(small, [result]).mode == "RGB"


def test_table_is_aligned() -> None:
    rows = [
        demo.Result("tgc mobile", 4900, 0.0997, 30.123, 0.95432, 0.51, 0.25, photograph()),
        demo.Result("JPEG q100", 12_345_678, 12.5, math.inf, None, 10.0, 10.0, photograph()),
    ]
    heading, first, second = demo.table(rows).splitlines()[:3]
    assert len(first) == len(second)
    for column in ("bytes", "bpp", "PSNR", "MS-SSIM"):
        end = heading.index(column) + len(column)
        assert first[end - 1] != " "
        assert second[end : end + 1] in (" ", "")


def test_command_prints_a_table_and_writes_a_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "photo.png", tmp_path / "demo.png"
    photograph().save(source)
    arguments = [str(source), f"--out={out}", f"--model={TINY}", "--bpp=0.5"]
    assert app.main(["demo", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    ours, avif, jpeg = lines[3:6]
    assert ours.startswith("tgc tiny ")
    assert avif.startswith("AVIF q")
    assert jpeg.startswith("JPEG q")
    assert float(ours.split()[3]) <= 0.5
    assert Image.open(out).width > 2 * photograph().width


def test_command_refuses_a_size_that_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "photo.png", tmp_path / "demo.png"
    photograph().save(source)
    arguments = [str(source), f"--out={out}", f"--model={TINY}", "--bpp=0.0001"]
    assert app.main(["demo", *arguments]) == 1
    assert "too few" in capsys.readouterr().err
    assert not out.exists()


def test_a_model_of_one_rate_is_shown_at_that(monkeypatch: pytest.MonkeyPatch) -> None:
    codec, picture = tgc.load(TINY), photograph()
    at_default = demo.run(codec, picture)[0].nbytes
    assert at_default <= demo.BPP * picture.width * picture.height / 8
    with monkeypatch.context() as patch:
        patch.setattr(codec.bundle, "gain", codec.bundle.gain[-1:].repeat(256, axis=0))
        assert demo.run(codec, picture)[0].nbytes == len(codec.compress(picture, quality=0))
