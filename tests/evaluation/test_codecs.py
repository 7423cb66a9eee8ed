import json
import shutil

import pytest
from sample_pictures import pixels

from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.evaluation.codecs import create
from tfgan_codec.evaluation.neural import DEFAULT_SETTINGS


def test_classical_codecs_with_and_without_settings():
    assert create("jpeg").settings == ("1", "3", "5", "10", "20")
    codec = create(" webp=3/40 ")
    assert (codec.name, codec.settings) == ("webp", ("3", "40"))


def test_models(tiny_dir):
    codec = create(f"{tiny_dir}=0.2/q200")
    assert (codec.name, codec.settings) == ("tiny", ("0.2", "q200"))
    picture = pixels(208, 176, 1)
    assert 8 * len(codec.encode(picture, "0.2")) <= 0.2 * 208 * 176
    data = codec.encode(picture, "q200")
    assert codec.decode(data).shape == picture.shape
    assert len(codec.match(picture, len(data) - 1)) < len(data)
    assert codec.match(picture, 1) == codec.encode(picture, "q0")
    with pytest.raises(UsageError, match=r"quality levels \(q100\) as settings, not 'best'"):
        codec.encode(picture, "best")


def test_realism_is_part_of_the_name(tiny_dir):
    assert create(f"{tiny_dir}@0").name == "tiny@0"
    with pytest.raises(UsageError, match="no decoder of realism"):
        create(f"{tiny_dir}@0.123")
    with pytest.raises(UsageError, match="after @ comes the realism"):
        create(f"{tiny_dir}@real")


def test_searches_are_part_of_the_name(tiny_dir):
    codec = create(f"{tiny_dir}+fidelity100@0=0.2", lambda search: None)
    assert (codec.name, codec.encoder) == ("tiny+fidelity100@0", "tiny+fidelity100")
    assert create(f"{tiny_dir}@0").encoder == create(str(tiny_dir)).encoder == "tiny"


@pytest.mark.parametrize(
    "place", ["a+b1", "a=0.1/bundle", "a@2", "a@0=0.2", "a+fidelity9", "mobile+b1@0=q9/c"]
)
@pytest.mark.parametrize(
    ("rest", "name", "settings"),
    [("", "tiny", DEFAULT_SETTINGS), ("@0=q9", "tiny@0", ("q9",))],
)
def test_paths_with_the_signs_of_the_grammar(
    tiny_dir, tmp_path, monkeypatch, place, rest, name, settings
):
    """A path that exists is one, relative or not, whatever its name means otherwise."""
    shutil.copytree(tiny_dir, tmp_path / place)
    monkeypatch.chdir(tmp_path)
    for path in (place, tmp_path / place):
        codec = create(f"{path}{rest}")
        assert (codec.name, codec.settings) == (name, settings)


def test_the_longest_path_that_exists_is_the_name(tiny_dir, tmp_path):
    for place in ("a", "a@0", "a@0=q1"):
        folder = shutil.copytree(tiny_dir, tmp_path / place)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["name"] = place.translate(str.maketrans("@=", "--"))
        (folder / "manifest.json").write_text(json.dumps(manifest))
    for spec, name in (
        ("a", "a"),
        ("a@1", "a@1"),
        ("a@0", "a-0"),
        ("a@0@1", "a-0@1"),
        ("a@0=q1", "a-0-q1"),
        ("a@0=q2", "a-0"),
        ("a@1=q1", "a@1"),
    ):
        assert create(f"{tmp_path}/{spec}").name == name


def test_complexity_of_a_model(tiny_dir):
    complexity = create(str(tiny_dir)).complexity
    assert complexity.params > 0
    assert complexity.kmac_per_pixel > 0
    assert complexity.encode_kmac_per_pixel > 0


def test_unknown_names_are_refused():
    with pytest.raises(BundleError, match="no model 'nothing'"):
        create("nothing")
