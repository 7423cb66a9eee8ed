"""The codecs, one system per file, built by name."""

import tensorflow as tf

from tfgan_codec.specs.names import make


def build(name: str, **kwargs) -> tf.keras.Model:
    """Makes the codec called `name` with fresh weights; `kwargs` go to its constructor."""
    from tfgan_codec.models.adversarial import Adversarial
    from tfgan_codec.models.hific import HiFiC, HiFiCFiveLevel
    from tfgan_codec.models.hinge_gan_gp import HingeGanGp
    from tfgan_codec.models.ls_gan import LsGan
    from tfgan_codec.models.mobile import Mobile
    from tfgan_codec.models.mobilevit_gan import MobileViTGan
    from tfgan_codec.models.msae import Msae

    registry = {
        "adversarial": Adversarial,
        "hific": HiFiC,
        "hific_five_level": HiFiCFiveLevel,
        "hinge_gan_gp": HingeGanGp,
        "ls_gan": LsGan,
        "mobile": Mobile,
        "mobilevit_gan": MobileViTGan,
        "msae": Msae,
    }
    return make("codec", name, registry, kwargs, name=name)
