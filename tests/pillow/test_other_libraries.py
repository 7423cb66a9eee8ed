"""Libraries that read pictures with Pillow read .tgc files after `import tfgan_codec.pillow`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sample_pictures

import tfgan_codec as tgc


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "picture.tgc"
    path.write_bytes(tgc.compress(sample_pictures.image(60, 40), quality=100))
    return path


# imageio tries once more to write the pictures that were refused when its writer is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_imageio(path: Path) -> None:
    iio = pytest.importorskip("imageio.v3", reason="imageio is not installed")
    expected = np.asarray(tgc.decompress(path))
    for source in (path, path.read_bytes()):
        assert np.array_equal(iio.imread(source), expected)
    properties = iio.improps(path)
    assert (properties.shape, properties.dtype) == ((40, 60, 3), np.uint8)
    assert iio.immeta(path)["mode"] == "RGB"
    written = path.with_name("written.tgc")
    iio.imwrite(written, expected, plugin="pillow", quality=20)
    assert written.read_bytes() == tgc.compress(expected, quality=20)
    with pytest.raises(ValueError, match="holds one picture"):
        iio.imwrite(written, np.stack([expected] * 2), plugin="pillow")


def test_scikit_image(path: Path) -> None:
    io = pytest.importorskip("skimage.io", reason="scikit-image is not installed")
    assert np.array_equal(io.imread(path), np.asarray(tgc.decompress(path)))


def test_matplotlib(path: Path) -> None:
    image = pytest.importorskip("matplotlib.image", reason="matplotlib is not installed")
    assert np.array_equal(image.imread(path), np.asarray(tgc.decompress(path)))
