import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import models
from tfgan_codec.format import container
from tfgan_codec.models.mobile import Mobile
from tfgan_codec.training.checkpoints import Checkpoints


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0, 255, (4, 5, 3))
    return tf.cast(tf.image.resize(coarse, [height, width], "bicubic"), tf.uint8).numpy()


def test_parameter_counts():
    model = models.build("mobile")
    model.build_weights()
    counts = {part.name: part.count_params() for part in (model.analysis, model.synthesis)}
    # The layer lists of docs/mobile.md.
    assert counts == {"analysis": 1_342_576, "synthesis": 1_881_644}


def test_unknown_names_are_refused():
    with pytest.raises(tgc.UsageError, match="mobile"):
        models.build("nonesuch")


@pytest.mark.parametrize(("height", "width"), [(64, 64), (1, 1), (17, 33), (5, 130)])
def test_any_size_comes_back_through_a_file(small_mobile: Mobile, height: int, width: int):
    original = picture(height, width)
    blob = small_mobile.compress(original, quality=120)
    decoded = small_mobile.decompress(blob)
    assert decoded.shape == original.shape
    symbols = small_mobile.symbols(original, 120)
    want = small_mobile.reconstruct(symbols, 120)[0, :height, :width]
    np.testing.assert_allclose(decoded, np.clip(want, 0, 255), atol=0.51)


def test_files_of_other_models_are_refused(small_mobile: Mobile):
    blob = bytearray(small_mobile.compress(picture(16, 16), quality=9))
    parsed = container.parse(bytes(blob)).file
    other = container.pack(parsed._replace(model_id=b"abc"))
    with pytest.raises(tgc.BitstreamError, match="616263"):
        small_mobile.decompress(other)


def test_call_estimates_what_a_file_holds(small_mobile: Mobile):
    original = picture(128, 192)
    output = small_mobile(original[None], quality=tf.constant([80.0]))
    blob = small_mobile.compress(original, quality=80)
    bits = sum(float(b[0]) for b in output.bits.values())
    assert abs(8 * len(blob) - bits) <= 0.005 * bits + 8 * 16 + 8 * 16  # payload, header
    decoded = small_mobile.decompress(blob)
    np.testing.assert_allclose(decoded, np.clip(output.reconstruction[0], 0, 255), atol=0.51)


def test_bits_survive_a_reload(small_mobile: Mobile, tmp_path):
    """Keras' own formats leave the prior's variables out: the rate would change, the pixels not."""
    Checkpoints(tmp_path, small_mobile, None).save(1)
    other = Mobile(small_mobile.config)
    other.build_weights()
    assert Checkpoints(tmp_path, other, None).restore()
    original = picture(64, 96)
    assert other.compress(original, 100) == small_mobile.compress(original, 100)
    for name, bits in small_mobile(original[None]).bits.items():
        np.testing.assert_array_equal(bits, other(original[None]).bits[name])
