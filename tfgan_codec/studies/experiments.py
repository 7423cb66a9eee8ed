"""Names the experiments that `apps.study` can run."""

from __future__ import annotations

from tfgan_codec.studies import adversarial, mobilevit_gan, msae, realism, techniques
from tfgan_codec.studies.study import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    "adversarial": adversarial.EXPERIMENT,
    "mobilevit_gan": mobilevit_gan.EXPERIMENT,
    "msae": msae.EXPERIMENT,
    "realism": realism.EXPERIMENT,
    "techniques": techniques.EXPERIMENT,
}
