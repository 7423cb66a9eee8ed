"""Asks what a discriminator is worth to the realistic decoder, where everything else is the same.

Every run trains the decoder of the shipped `mobile` for its files, from the realistic one on, for
as many steps of the same losses: squared error, LPIPS of both networks, Wasserstein distortion.
They differ in the discriminator alone.
"""

from __future__ import annotations

from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import Experiment, System

_COMMON = (
    "--model=mobile",
    "--init_from=mobile@1",
    "--steps=1500",
    "--learning_rate=2e-4",
    "--schedule=cosine:floor=0.02",
    "--ema=0.995",
    "--loss=mse:weight=0.001",
    "--loss=lpips:weight=0.5:shift=true",
    "--loss=lpips:weight=0.5:net=vgg:bfloat16=true",
    "--loss=wasserstein:weight=0.03:sigma=4:bfloat16=true",
)
_PHASE = "--phase=1.0:128:4:0:0{gan}:freeze=analysis+entropy+gains"
# The discriminator begins alone; then it pulls the picture half as hard as all other losses.
_AGAINST = (
    "--adversarial=hinge",
    "--adversarial_weight=0@0.1,0.5@0.3",
    "--technique=adaptive_weight",
    "--d_learning_rate=5e-4",
    "--d_optimizer=adam:beta_1=0:beta_2=0.99",
)
_MEASURES = ("lpips", "lpips_vgg", "dists", "fid", "fid_256", "kid_256")


def _system(name: str, title: str, *discriminator: str) -> System:
    gan = ":gan" if discriminator else ""
    against = (*discriminator, *_AGAINST) if discriminator else ()
    return System(name, title, (*_COMMON, _PHASE.format(gan=gan), *against), decodes="mobile")


EXPERIMENT = Experiment(
    title="What a discriminator is worth to the realistic decoder",
    about="All rows decode the same files, and were trained for 1,500 steps of four crops of "
    "128x128 from the shipped realistic decoder on.",
    setting="0.0883",
    systems=(
        _system("none", "losses of features alone"),
        _system("projected", "and heads on frozen features", "--discriminator=projected:width=0.5"),
        _system(
            "mobilevit", "and the MobileViT discriminator", "--discriminator=mobilevit:width=0.25"
        ),
        _system(
            "conditional",
            "and HiFiC's discriminator",
            "--discriminator=conditional:width=0.5:official=true",
        ),
    ),
    claims=tuple(
        Claim(f"{title} makes pictures more realistic.", name, "none", _MEASURES, same_rate=False)
        for name, title in (
            ("projected", "A discriminator on frozen features"),
            ("mobilevit", "The MobileViT discriminator"),
            ("conditional", "HiFiC's discriminator"),
        )
    ),
)
