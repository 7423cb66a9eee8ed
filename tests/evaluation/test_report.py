import base64
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image
from sample_pictures import pixels

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import choice, curves, details, report, runner, sheets
from tfgan_codec.evaluation.codecs import create
from tfgan_codec.evaluation.measure import Meter


@pytest.fixture(scope="module")
def pictures(results, pictures_dir):
    paths = runner.find_pictures(pictures_dir)
    codecs = [create("jpeg"), create("webp"), create("jpeg2000")]
    meter = Meter(("psnr", "ms_ssim"))
    return list(sheets.make(paths, codecs, 0.4, meter, results.records))


@pytest.fixture(scope="module")
def page(results, pictures):
    return report.html(results, curves.differences(results.sets, "webp"), "webp", pictures, 0.4)


def data_of(page):
    content = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(content.group(1))


def test_sheets_are_at_matched_bytes(pictures):
    assert [sheet.name for sheet in pictures] == ["picture0.png", "picture1.png", "picture2.png"]
    for sheet in pictures:
        assert sheet.target == round(0.4 * 176 * 208 / 8)
        assert [version.codec for version in sheet.versions] == ["jpeg", "webp", "jpeg2000"]
        for version in sheet.versions:
            assert version.nbytes == pytest.approx(sheet.target, rel=0.25)
            assert version.values["psnr"] > 15


def test_files_that_fit_are_not_made_again(pictures_dir, tmp_path):
    """A file within 3 % below the target is taken; one that is larger or much smaller is not."""
    (path, *_) = runner.find_pictures(pictures_dir)
    codec = create("jpeg=5/20/60")
    plan = runner.Plan([codec], [path], ("psnr",), files=tmp_path)
    records = runner.run(plan).records
    size = records[1]["bytes"]
    asked = []
    codec.match = lambda picture, nbytes, known: asked.append(nbytes) or codec.encode(picture, "1")
    for target in (size, size + 1, size - 1, 2 * size):
        bpp = 8 * target / (records[1]["width"] * records[1]["height"])
        (made,) = sheets.make([path], [codec], bpp, Meter(("psnr",)), records, tmp_path)
        assert (made.versions[0].nbytes == size) == (target in (size, size + 1))
    assert asked == [size - 1, 2 * size]


def test_the_busiest_regions_do_not_overlap():
    picture = np.full((300, 500, 3), 90, np.uint8)
    rng = np.random.default_rng(1)
    picture[150:278, 330:458] = rng.integers(0, 256, (128, 128, 1))
    corners = sheets.busiest(picture)
    assert max(abs(corners[0][0] - 330), abs(corners[0][1] - 150)) <= 1
    for i, (x, y) in enumerate(corners):
        assert all(max(abs(x - p), abs(y - q)) >= 128 for p, q in corners[:i])
    assert sheets.busiest(picture[:100]) == []


def test_details_are_cut_from_the_same_place_unscaled(pictures):
    drawn = np.asarray(details.draw(pictures))
    step, line = details.SIDE + 12, 32  # a gap of 12, two lines of text
    for y, row in enumerate(pictures):  # three, fewer than there are rows for
        top = 12 + y * (step + line) + line
        left, upper = sheets.busiest(row.original, details.SIDE, 1)[0]
        shown = [row.original, *(version.pixels for version in row.versions)]
        for x, version in enumerate(shown):
            cell = drawn[top : top + details.SIDE, 12 + x * step :][:, : details.SIDE]
            want = version[upper : upper + details.SIDE, left : left + details.SIDE]
            np.testing.assert_array_equal(cell, want)


def test_the_report_holds_everything_itself(page):
    assert not re.findall(r'(?:src|href)="(?!data:)[^"]*"', page)
    data = data_of(page)
    assert len(data["images"]) == 3 * (1 + 3)
    assert data["sides"] == ["webp", "original"]
    assert data["metrics"] == ["psnr", "ms_ssim"]
    assert {d["codec"] for d in data["bd"]} == {"jpeg", "webp"}


def test_texts_cannot_end_the_script(results):
    hostile = results._replace(problems=["</script><b>"])
    page = report.html(hostile, [], "webp", [], 0.1)
    assert page.count("</script>") == 2
    assert data_of(page)["problems"] == ["</script><b>"]


_LOOK_AT_ALL = """
<script>
addEventListener("load", async () => {
  let loaded = 0;
  for (let i = 0; i < data.sheets.length; i++) {
    drawSheet(i);
    for (const codec of versions().map((v) => v.codec)) {
      $("left").value = codec;
      drawPair();
      await Promise.all([...document.images].map((image) => image.complete
        || new Promise((done) => { image.onload = image.onerror = done; })));
      loaded += [...document.images].filter((image) => image.naturalWidth > 0).length;
    }
  }
  for (const tab of $("tabs").children) tab.click();
  document.body.dataset.loaded = loaded;
});
</script>
"""


def browse(path, *flags):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("needs Chromium")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", *flags]
    command += [f"--user-data-dir={path.parent / 'profile'}", "--enable-logging=stderr"]
    command += ["--virtual-time-budget=200000", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in done.stderr, done.stderr
    return done.stdout


def test_chromium_shows_the_report_without_errors(page, tmp_path):
    (tmp_path / "report.html").write_text(page + _LOOK_AT_ALL, encoding="utf-8")
    shown = browse(tmp_path / "report.html")
    # Per sheet and codec: two pictures of the slider, three thumbnails, four crops.
    assert f'data-loaded="{3 * 4 * (2 + 3 + 4)}"' in shown
    assert shown.count("<polyline") == 2
    assert "0.0 %" not in shown  # the anchor is named, not compared


def test_chromium_shows_the_choice_page(pictures, tmp_path):
    page, left_out = choice.html(pictures, ["webp", "jpeg2000"], "tests")
    assert left_out == []
    answer_all = "<script>data.pairs.forEach(() => answer('left'));</script>"
    (tmp_path / "choice.html").write_text(page + answer_all, encoding="utf-8")
    shown = browse(tmp_path / "choice.html")
    assert "3 of 3" in shown
    assert 'id="end" style="display: block;"' in shown


def test_choice_pairs_are_at_equal_bytes(pictures):
    page, _ = choice.html(pictures, ["webp", "jpeg2000"], "tests")
    pairs = data_of(page)["pairs"]
    assert len(pairs) == 3
    for pair in pairs:
        a, b = (version["bytes"] for version in pair["versions"])
        assert a == pytest.approx(b, rel=0.1)


def test_unfair_choice_pairs_are_left_out_and_said(pictures):
    large = [
        sheet._replace(
            versions=[
                v._replace(nbytes=v.nbytes * (2 if v.codec == "jpeg" else 1)) for v in versions
            ]
        )
        for sheet in pictures[:1]
        for versions in [sheet.versions]
    ]
    page, left_out = choice.html([*large, *pictures[1:]], ["webp", "jpeg2000", "jpeg"], "tests")
    assert len(data_of(page)["pairs"]) + len(left_out) == 9
    assert any("picture0.png by jpeg and webp left out" in text for text in left_out)
    with pytest.raises(UsageError, match="at equal bytes by webp, mobile"):
        choice.html(pictures, ["webp", "mobile"], "tests")


def test_pictures_are_near_lossless():
    picture = pixels(208, 176, 7)
    shown = Image.open(io.BytesIO(base64.b64decode(report.webp(picture))))
    assert np.abs(np.asarray(shown, float) - picture).mean() < 5
