import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import curves, plots, summary


def test_differences_to_the_anchor(results):
    pytest.importorskip("scipy")
    found = curves.differences(results.sets, "jpeg")
    assert [(d.codec, d.metric) for d in found] == [
        ("jpeg", "psnr"),
        ("jpeg", "ms_ssim"),
        ("webp", "psnr"),
        ("webp", "ms_ssim"),
    ]
    assert found[0].rate == pytest.approx(0.0)
    assert found[3].rate < -10
    assert found[3].value > 0
    with pytest.raises(UsageError, match="anchor avif was not measured, only jpeg, webp"):
        curves.differences(results.sets, "avif")


def test_undefined_differences_have_a_reason(results):
    sets = [row for row in results.sets if (row["codec"], row["setting"]) != ("webp", "20")]
    sets = [row for row in sets if (row["codec"], row["setting"]) != ("webp", "60")]
    (found,) = [d for d in curves.differences(sets, "jpeg") if d[:2] == ("webp", "psnr")]
    assert found.rate is None
    assert "at least two points" in found.reason
    assert "-" in summary.bd_table(curves.differences(sets, "jpeg"))[2]


def test_plots_are_written_and_repeatable(results, tmp_path):
    pytest.importorskip("matplotlib")
    assert plots.save(results.sets, tmp_path, "tests") == ["psnr", "ms_ssim"]
    first = (tmp_path / "ms_ssim.svg").read_bytes()
    assert (tmp_path / "psnr.png").read_bytes().startswith(b"\x89PNG")
    plots.save(results.sets, tmp_path, "tests")
    assert (tmp_path / "ms_ssim.svg").read_bytes() == first


def test_codecs_keep_their_colours():
    assert plots.colors(["avif"])["avif"] == plots.colors(["mobile", "avif"])["avif"]
    palette = plots.colors(["a", "b", "avif"])
    assert len({palette["a"], palette["b"], palette["avif"]}) == 3


def test_texts(results):
    rows = summary.table(results.sets)
    assert rows[0] == ["codec", "setting", "bpp", "psnr", "ms_ssim", "encode_s", "decode_s"]
    assert rows[1][:3] == ["jpeg", "5", f"{results.sets[0]['bpp']:.4f}"]
    assert summary.plain([["a", "b"], ["long", "1"]]) == "a     b\nlong  1"
    differences = curves.differences(results.sets, "jpeg")
    results.problems.append("a problem")
    text = summary.markdown(results, differences, "jpeg", ["psnr"])
    results.problems.pop()
    assert "trained on" not in text
    for part in ("    a command", "- a problem", "![PSNR (dB)](psnr.svg)", "| webp |", "libwebp"):
        assert part in text


def test_the_table_names_what_a_codec_was_trained_on(results):
    rows = [{**row, "dists": 0.25, "wasserstein": 5.125} for row in results.sets[:2]]
    rows[1]["trained_on"] = ["psnr", "lpips"]
    head, first, second = summary.table(rows)
    assert head[-1] == "trained on"
    assert (first[-1], second[-1]) == ("-", "psnr, lpips")
    assert first[head.index("dists")] == "0.2500"
    assert first[head.index("wasserstein")] == "5.12"
