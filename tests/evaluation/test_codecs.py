import json
import shutil
import sys
from types import SimpleNamespace

import pytest
from sample_pictures import pixels

from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.evaluation.codecs import create, create_all, file_of
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
    assert create(f"{tiny_dir}+fast=0.2", lambda search: None).name == "tiny+fast"
    codec = create(f"{tiny_dir}+fidelity100@0=0.2", lambda search: None)
    assert (codec.name, codec.typed) == ("tiny+fidelity100@0", f"{tiny_dir}+fidelity100@0")
    assert create(f"{tiny_dir}@0").encoder == create(str(tiny_dir)).encoder != codec.encoder


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


@pytest.fixture
def places(tiny_dir, tmp_path, monkeypatch):
    """Bundles of one name: two copies, and one of other content under what the name could be."""
    monkeypatch.chdir(tmp_path)
    for place in ("a", "b", "tiny"):
        shutil.copytree(tiny_dir, place)
    manifest = json.loads((tmp_path / "tiny" / "manifest.json").read_text())
    (tmp_path / "tiny" / "manifest.json").write_text(json.dumps({**manifest, "info": {"a": 1}}))


@pytest.mark.parametrize(
    ("specs", "names"),
    [
        (["a"], ["tiny"]),
        (["a=0.2", "avif", "b"], ["a", "avif", "b"]),
        (["a@0", "a", "b@0"], ["a@0", "tiny", "b@0"]),
        (["a", "tiny"], ["a", "tiny"]),
        (["a@0", "./b"], ["tiny@0", "tiny"]),
    ],
)
def test_bundles_of_one_name_are_called_by_their_paths(places, specs, names):
    codecs, problems = create_all(specs)
    assert [codec.name for codec in codecs] == names
    assert problems == []


def test_one_codec_twice_has_the_settings_of_both(places):
    """However its path is written."""
    (codec,), _ = create_all(["a=0.1/0.2", "./a=q9/0.2", "", "./b/../a=q8"])
    assert (codec.name, codec.settings) == ("tiny", ("0.1", "0.2", "q9", "q8"))
    assert create("a").encoder != create("b").encoder  # where a bundle is counts
    assert create("a").version == create("b").version
    assert create("a").version != create("./tiny").version


def test_what_cannot_be_had_is_said(places, monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    codecs, problems = create_all(["jxl", "nothing", "a"])
    assert [codec.name for codec in codecs] == ["tiny"]
    assert [problem.split(";")[0][:16] for problem in problems] == [
        "jxl is left out:",
        "no model 'nothin",
    ]


def test_files_are_kept_inside_the_folder(tmp_path):
    codec = SimpleNamespace(name="../../x/y@0", extension="tgc")
    file = file_of(tmp_path, codec, "0.1", "photos/a.b.png")
    assert file.parent.parent == tmp_path
    assert file.name == "a.b.tgc"


def test_complexity_of_a_model(tiny_dir):
    complexity = create(str(tiny_dir)).complexity
    assert complexity.params > 0
    assert complexity.kmac_per_pixel > 0
    assert complexity.encode_kmac_per_pixel > 0


def test_unknown_names_are_refused():
    with pytest.raises(BundleError, match="no model 'nothing'"):
        create("nothing")
