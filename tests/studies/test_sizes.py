"""What `apps.info --model=NAME` says."""

import json

import pytest

pytest.importorskip("tensorflow")

from apps import info
from tfgan_codec.studies.sizes import PUBLISHED


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_are_the_published_ones(name: str, capsys):
    assert info.main(["info", f"--model={name}"]) == 0
    facts = json.loads(capsys.readouterr().out)
    published = facts["published"]
    found = facts.get("parameters_without_densities", facts["parameters"])
    assert found == published["parameters"]
    if name == "hific":
        return
    assert facts["discriminator_parameters"] == published["discriminator_parameters"]
    assert facts["gflops"] == pytest.approx(published["gflops"], rel=0.003)
    # Without attention's products, MobileViT's would be 0.60.
    expected = 1.18 if name == "mobilevit_gan" else published["discriminator_gflops"]
    assert facts["discriminator_gflops"] == pytest.approx(expected, rel=0.005)


def test_misuse_is_told_in_a_line(capsys):
    assert info.main(["info", "--model=mobilevitgan"]) == 1
    assert "did you mean mobilevit_gan" in capsys.readouterr().err
    assert info.main(["info"]) == 2
    assert info.main(["info", "a.tgc", "--model=mobile"]) == 2
