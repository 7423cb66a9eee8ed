"""Whole runs with either implementation behind the door, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tensorflow")
pytest.importorskip("tensorflow_compression", reason="the reference, TFC, is not installed")

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# One thread, and graphs as they are written, for sums in one order: what TensorFlow rewrites of
# them depends on the names of their nodes.
_PRELUDE = """
import json, sys
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
from tfgan_codec import compression, models
assert compression.RUNS == sys.argv[1]
"""
_FIFTY_STEPS = (
    _PRELUDE
    + """
from tfgan_codec.data.crops import crops
from tfgan_codec.losses.rate_distortion import RateDistortion
tf.keras.utils.set_random_seed(0)
model = models.build("mobile")
optimizer = tf.keras.optimizers.Adam(6e-4, global_clipnorm=1.0)
model.compile(optimizer, [RateDistortion(1.0, 1.0, 2.0, 0.0)])
step = model.make_train_function()
batches = iter(crops(sys.argv[2], crop=128, batch=1, seed=0).take(50))
losses = []
for _ in range(50):
    losses.append(float(step(batches)["loss"]))
    model.reset_metrics()
print(json.dumps(losses))
"""
)
_RUN = (
    _PRELUDE
    + """
import numpy as np
from apps import train
from tfgan_codec.training.trained import load_run
out, flags = sys.argv[2], sys.argv[3:]
assert train.main(["train", f"--out={out}", *flags]) == 0
np.savez(out + "/weights", *[v.numpy() for v in load_run(out).trainable_variables])
"""
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for number in range(3):
        coarse = random.integers(0, 256, (19, 19, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((240, 240)).save(folder / f"{number}.png")
    return folder


def python(code: str, runs: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, runs, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "TFGAN_COMPRESSION": runs, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def weights(run: Path) -> list[np.ndarray]:
    with np.load(run / "weights.npz") as arrays:
        return list(arrays.values())


def test_fifty_steps_of_mobile(pictures: Path) -> None:
    """A last bit of a gradient would be enough: it turns a rounding of latents before step 20, and
    then the runs part as any two do."""
    own, reference = (json.loads(python(_FIFTY_STEPS, runs, pictures)) for runs in ("own", "tfc"))
    assert len(own) == 50
    assert np.ptp(reference) > 0.1
    np.testing.assert_allclose(own, reference, rtol=1e-6)


@pytest.mark.parametrize(("first", "second"), [("tfc", "own"), ("own", "tfc")])
def test_a_checkpoint_of_one_goes_on_with_the_other(
    first: str, second: str, pictures: Path, tmp_path: Path
) -> None:
    """Steps after a checkpoint end with either in the same weights: optimizer and averages are read
    as well. `mobile` has GDN, IGDN and both densities."""
    common = [f"--data={pictures}", "--phase=1.0:64:2:2:0", "--learning_rate=1e-3"]
    common += ["--schedule=constant", "--seed=3", "--ema=0.5"]
    one, other = tmp_path / "one", tmp_path / "other"
    python(_RUN, first, one, "--steps=4", *common)
    shutil.copytree(one, other)
    start = weights(one)
    python(_RUN, first, one, "--steps=8", "--resume", *common)
    python(_RUN, second, other, "--steps=8", "--resume", *common)
    want, found = weights(one), weights(other)
    assert len(want) == len(found) > 40
    for a, b in zip(found, want):
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-5)
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(want, start))
