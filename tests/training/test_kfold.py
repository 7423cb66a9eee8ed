from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import folds as folds_app
from tfgan_codec.data.files import listed_files
from tfgan_codec.data.kfold import kfold


@pytest.mark.parametrize(("count", "folds"), [(10, 5), (11, 3), (7, 7)])
def test_every_picture_is_validated_on_once(count: int, folds: int):
    files = [Path(f"{i}.png") for i in range(count)]
    parts = kfold(files, folds)
    assert sorted(path for part in parts for path in part) == sorted(files)
    assert {len(part) for part in parts} <= {count // folds, -(-count // folds)}
    assert kfold(files, folds) == parts
    assert kfold(files, folds, seed=1) != parts


def test_more_folds_than_pictures_are_refused():
    with pytest.raises(tgc.UsageError, match="ask for 2 to 3"):
        kfold([Path("a"), Path("b"), Path("c")], 4)


def test_the_command_writes_lists_that_training_reads(tmp_path: Path, capsys):
    (tmp_path / "photos" / "more").mkdir(parents=True)
    for number in range(5):
        Image.new("RGB", (8, 8)).save(tmp_path / "photos" / "more" / f"{number}.png")
    command = ["folds", f"--data={tmp_path / 'photos'}", f"--out={tmp_path / 'out'}", "--folds=2"]
    assert folds_app.main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    for fold in range(2):
        lists = [tmp_path / "out" / f"fold{fold}-{name}.txt" for name in ("train", "validation")]
        train, validation = (listed_files(path) for path in lists)
        assert all(path.is_file() for path in train + validation)
        assert len({path.name for path in train} | {path.name for path in validation}) == 5
        assert not set(train) & set(validation)
    assert folds_app.main(["folds"]) == 2


def test_lists_replace_lists_alone(tmp_path: Path, capsys):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for number in range(5):
        Image.new("RGB", (8, 8)).save(photos / f"{number}.png")

    def run(*more: str) -> int:
        return folds_app.main(["folds", f"--data={photos}", f"--out={out}", *more])

    assert run() == run("--folds=2") == 0
    assert len(list(out.iterdir())) == 2 * 2  # none is left of the five folds before
    assert run(f"--out={photos}") == 1
    assert "--overwrite" in capsys.readouterr().err
    assert len(list(photos.iterdir())) == 5
    assert run(f"--out={photos}", "--overwrite") == 0
    assert len(list(photos.iterdir())) == 5 + 2 * 5
