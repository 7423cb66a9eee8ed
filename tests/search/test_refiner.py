"""Tests of encoding by search: what must stay, what must get better, and that the bits are met."""

from __future__ import annotations

import functools
import sys
import types

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from apps import compress
from tfgan_codec.coding import hyperprior
from tfgan_codec.coding.contract import read_search
from tfgan_codec.commands import training
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation.classical import CodecMissingError
from tfgan_codec.evaluation.codecs import create
from tfgan_codec.format import geometry, payload

tf = pytest.importorskip("tensorflow")

from tfgan_codec.losses.distortion import ms_ssim, mse
from tfgan_codec.losses.perceptual import Lpips
from tfgan_codec.search import descent
from tfgan_codec.search import refiner as refine
from tfgan_codec.search.controller import Controller


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return sample_pictures.pixels(192, 176, seed=3)


@pytest.fixture(scope="module")
def mobile() -> tgc.Codec:
    return tgc.load("mobile")


def decoded(codec: tgc.Codec, blob: bytes, realism: float) -> tf.Tensor:
    picture = np.asarray(codec.decompress(blob, realism=realism))
    return tf.constant(picture[None], tf.float32)


def test_better_by_its_own_measure_in_no_more_bytes(mobile, photograph):
    """Lower error and higher MS-SSIM at once, in files that any decoder reads."""
    plain = mobile.compress(photograph, quality=90)
    refiner = refine.Refiner(steps=40)
    found = mobile.compress(photograph, quality=90, refiner=refiner)
    assert found == tgc.compress(photograph, quality=90, refiner=refiner)
    assert found != plain
    assert len(plain) * 0.95 < len(found) <= len(plain)
    original = tf.constant(photograph[None], tf.float32)
    before, after = (decoded(mobile, blob, 0.0) for blob in (plain, found))
    assert float(mse(original, after)[0]) < 0.98 * float(mse(original, before)[0])
    assert float(ms_ssim(original, after)[0]) > float(ms_ssim(original, before)[0])


@pytest.mark.slow
def test_realism_lowers_lpips_of_the_realistic_picture(mobile, kodak_dir, shared_dir):
    weights = str(shared_dir / "weights")
    picture = detail(kodak_dir / "kodim23.png")
    plain = mobile.compress(picture, bpp=0.1)
    found = mobile.compress(picture, bpp=0.1, refiner=refine.Refiner("realism", 40, weights))
    assert len(found) <= 0.1 * picture.shape[0] * picture.shape[1] / 8
    original, lpips = tf.constant(picture[None], tf.float32), Lpips(folder=weights)
    before, after = (
        float(lpips.distance(original, decoded(mobile, blob, 1.0))[0]) for blob in (plain, found)
    )
    assert after < 0.9 * before


@pytest.mark.slow
def test_a_fast_search_lowers_lpips_of_both_networks(mobile, kodak_dir, shared_dir):
    weights = str(shared_dir / "weights")
    picture = detail(kodak_dir / "kodim23.png")
    plain = mobile.compress(picture, bpp=0.1)
    found = mobile.compress(picture, bpp=0.1, refiner=refine.Refiner("fast", weights=weights))
    assert len(found) <= 0.1 * picture.shape[0] * picture.shape[1] / 8
    original = tf.constant(picture[None], tf.float32)
    for net, share in (("alex", 0.9), ("vgg", 0.99)):
        lpips = Lpips(net=net, folder=weights)
        before, after = (
            float(lpips.distance(original, decoded(mobile, blob, 1.0))[0])
            for blob in (plain, found)
        )
        assert after < share * before


def test_the_number_of_steps_can_be_left_out():
    assert read_search("fast") == ("fast", 24)
    assert read_search("realism") == ("realism", 100)
    assert read_search("fast12") == ("fast", 12)


def detail(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))[128:384, 128:384]


def coding_of(codec: tgc.Codec, rgb: np.ndarray, quality: int):
    bundle = codec.bundle
    y = bundle.network("analysis")(geometry.pad_edges(rgb, 16))
    return y, hyperprior.quantize(bundle, y, quality)


@pytest.mark.parametrize("share", [0.97, 1.0, 1.1])
def test_the_bits_are_met_and_nothing_else_moves(small_bundle, photograph, share):
    codec = tgc.Codec(small_bundle)
    y, coding = coding_of(codec, photograph, 128)
    tables = small_bundle.z_tables, small_bundle.y_tables
    nbits = share * payload.estimate_bits(coding, *tables)
    found = refine.Refiner(steps=30)(small_bundle, photograph, y, coding, 128, nbits)
    assert np.array_equal(found.z, coding.z)
    assert np.array_equal(found.indexes, coding.indexes)
    assert not found.r[coding.indexes == 0].any()
    assert 0.9 * nbits < payload.estimate_bits(found, *tables) <= nbits


def test_tiny_pictures_are_searched_too(small_bundle):
    """With no size asked for they take more than 0.1 bits per pixel: as many as unrefined."""
    codec, picture = tgc.Codec(small_bundle), sample_pictures.pixels(33, 17)
    plain = codec.compress(picture)
    assert 8 * len(plain) > 0.1 * picture.shape[0] * picture.shape[1]
    asked = []

    def refiner(bundle, rgb, y, coding, quality, nbits):
        asked.append(nbits)
        return refine.Refiner(steps=5)(bundle, rgb, y, coding, quality, nbits)

    assert len(codec.compress(picture, refiner=refiner)) <= len(plain)
    assert asked == [8 * (len(plain) - 14)]  # header and checksum of a picture so small
    assert codec.compress(picture[:1, :1], refiner=refine.Refiner(steps=5))


@pytest.mark.parametrize("tune", ["realism", "fast"])
def test_realism_of_tiny_pictures(small_bundle, shared_dir, tune):
    """AlexNet needs 31 pixels a side, VGG16 twice 16: what is smaller is searched without."""
    refiner = refine.Refiner(tune, 3, str(shared_dir / "weights"))
    for side in (16, 33):
        picture = sample_pictures.pixels(side, side)
        assert tgc.Codec(small_bundle).compress(picture, quality=200, refiner=refiner)


def test_where_there_is_nothing_to_search(small_bundle, photograph):
    y, coding = coding_of(tgc.Codec(small_bundle), photograph, 128)
    refiner = refine.Refiner(steps=2)
    nothing = coding._replace(indexes=0 * coding.indexes, r=0 * coding.r)
    assert not refiner(small_bundle, photograph, y, nothing, 128, 1e9).r.any()
    assert np.mean(refiner(small_bundle, photograph, y, coding, 128, 8.0).r != coding.r) < 0.05


def test_large_pictures_go_in_windows(small_bundle, photograph, monkeypatch):
    """Windows of 8x8 latents with a halo of 2: every latent is kept from exactly one."""
    monkeypatch.setattr(refine, "_MAX_CELLS", 64)
    monkeypatch.setattr(refine, "_HALO", 2)
    y, coding = coding_of(tgc.Codec(small_bundle), photograph, 128)
    shares: list[float] = []
    refiner = refine.Refiner(steps=2, progress=shares.append)
    found = refiner(small_bundle, photograph, y, coding, 128, 1e9)
    # 12 x 11 latents: two windows of 8 cover 8 + 8 - 2 * 2 = 12 of them.
    assert shares == [step / 8 for step in range(1, 9)]
    # Without a limit and nearly without steps, this is rounding.
    assert np.mean(found.r != coding.r) < 0.05
    assert refiner._descent.cache_info().currsize == 1


def test_mixtures_lie_between_neighbours_and_end_at_one_of_them():
    r = tf.constant(np.random.default_rng(0).uniform(-3, 3, 10_000).astype(np.float32))
    for temperature in (0.5, 0.025):
        mixed = descent.mixture(r, tf.constant(temperature), tf.constant(1)).numpy()
        assert (mixed >= np.floor(r)).all()
        assert (mixed <= np.floor(r) + 1).all()
    assert np.mean(np.abs(mixed - np.round(mixed)) < 0.01) > 0.97
    far = np.abs(r - np.floor(r) - 0.5) > 0.2
    assert np.mean(np.round(mixed) == np.round(r), where=far) > 0.99


def test_the_price_of_a_bit_follows_the_bits():
    controller = Controller(1000.0, steps=100)
    start = controller.price
    for _ in range(5):
        controller.see(1020.0)
    dear = controller.price
    for _ in range(20):
        controller.see(980.0)
    assert controller.price < start < dear


def test_blocks_are_pictures_in_another_order(photograph):
    blocks = refine._blocks(photograph)
    assert blocks.shape == (11, 12, 768)
    assert np.array_equal(blocks[2, 3].reshape(16, 16, 3), photograph[32:48, 48:64])
    assert np.array_equal(refine._picture(blocks), photograph)


def test_one_refiner_serves_several_bundles(mobile, small_bundle, photograph):
    small, refiner = tgc.Codec(small_bundle), refine.Refiner(steps=2)
    for codec in (mobile, small, mobile):
        own = codec.compress(photograph, quality=90, refiner=refine.Refiner(steps=2))
        assert codec.compress(photograph, quality=90, refiner=refiner) == own


def run(folder, photograph, *flags: str) -> int:
    Image.fromarray(photograph).save(folder / "photo.png")
    return compress.main(["c", str(folder / "photo.png"), str(folder / "photo.tgc"), *flags])


def test_the_command_searches(small_bundle, photograph, tmp_path):
    model = f"--model={small_bundle.folder}"
    assert run(tmp_path, photograph, model, "--quality=128", "--search=fidelity10") == 0
    refiner = refine.Refiner("fidelity", 10)
    expected = tgc.Codec(small_bundle).compress(photograph, quality=128, refiner=refiner)
    assert (tmp_path / "photo.tgc").read_bytes() == expected


def test_what_cannot_be_searched(photograph, tmp_path, monkeypatch, capsys):
    for search in ("speed10", "realism-1", "fidelity1e3", "fast0"):
        assert run(tmp_path, photograph, f"--search={search}") == 1
        assert f"steps such as realism100, not '{search}'" in capsys.readouterr().err
    for arguments in (("speed",), ("fidelity", 0)):
        with pytest.raises(UsageError, match="one of fast, fidelity, realism"):
            refine.Refiner(*arguments)
    monkeypatch.setenv("TGC_WEIGHTS", str(tmp_path))
    with pytest.raises(UsageError, match=r"python -m apps\.weights"):
        refine.Refiner("realism")
    with pytest.raises(UsageError, match=r"lpips_alex.*python -m apps\.weights"):
        training.refiner("fast")


def test_what_would_fail_after_the_search_fails_before(photograph, tmp_path, monkeypatch, capsys):
    """Weights that are missing are told before TensorFlow is imported, and targets that cannot be
    written before anything is searched."""
    never = types.SimpleNamespace(Refiner=lambda *_: pytest.fail("TensorFlow was imported"))
    monkeypatch.setitem(sys.modules, "tfgan_codec.search.refiner", never)
    picture = str(tmp_path / "photo.png")
    Image.fromarray(photograph).save(picture)
    missing = f"--weights={tmp_path / 'mine'}"
    assert compress.main(["c", picture, "--search=realism10", missing]) == 1
    assert "mine/lpips_alex.npz is not there" in capsys.readouterr().err
    for target, problem in (("no/a.tgc", "there is no folder"), ("a.jpg", "--overwrite")):
        assert compress.main(["c", picture, str(tmp_path / target), "--search=fidelity10"]) == 1
        assert problem in capsys.readouterr().err
    assert compress.main(["c", str(tmp_path / "none.png"), "--search=fidelity10"]) == 1
    assert "cannot read" in capsys.readouterr().err


def test_the_command_uses_the_weights_it_is_given(small_bundle, shared_dir, tmp_path):
    flags = f"--model={small_bundle.folder}", "--quality=128", "--search=realism2"
    picture = sample_pictures.pixels(48, 48)
    assert run(tmp_path, picture, *flags, f"--weights={shared_dir / 'weights'}") == 0


def test_measurements_say_where_a_search_finds_its_weights(small_bundle, tmp_path):
    with pytest.raises(CodecMissingError, match="realism10 is left out.*mine"):
        create(
            f"{small_bundle.folder}+realism10",
            functools.partial(training.refiner, weights=str(tmp_path / "mine")),
        )


def test_without_tensorflow_only_the_search_is_missing(
    tiny_dir, photograph, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    assert run(tmp_path, photograph, f"--model={tiny_dir}", "--search=fidelity10") == 1
    told = 'a search needs tensorflow: in a checkout of tfgan_codec, pip install ".[train]"'
    assert capsys.readouterr().err == f"tfgan_codec: {told}\n"
    for version in ((3, 14), (3, 15)):
        monkeypatch.setattr(sys, "version_info", (*version, 0))
        assert run(tmp_path, photograph, f"--model={tiny_dir}", "--search=fidelity10") == 1
        dead_end = f"which Python 3.{version[1]} cannot have: take Python 3.9 to 3.13"
        assert f"a search needs tensorflow, {dead_end}\n" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(CodecMissingError, match="left out: a search needs "):
        create(f"{tiny_dir}+fidelity10", training.refiner)
    assert run(tmp_path, photograph, f"--model={tiny_dir}", "--quality=9") == 0
