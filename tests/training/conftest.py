"""Pictures to train on, of which a run needs a few seconds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three smooth random pictures."""
    folder = tmp_path_factory.mktemp("photographs")
    random = np.random.default_rng(0)
    for number in range(3):
        coarse = random.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((200, 200)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """GAN codecs have one residual block in place of nine, which take most of a step's tracing, for
    tests of what holds for any depth and runs in this process."""
    pytest.importorskip("tensorflow")
    from tfgan_codec.models.blocks import encoder_decoder

    monkeypatch.setattr(encoder_decoder, "_BLOCKS", 1)
