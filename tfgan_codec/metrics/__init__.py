"""Metrics of pictures and codecs. Importing this package loads neither TensorFlow nor a network.

psnr, psnr_chroma, ciede2000, ssim and ms_ssim need numpy only; lpips, dists, wasserstein, fid and
kid run networks (see `weights`), and are classes that hold one.
"""

from tfgan_codec.metrics.ciede2000 import ciede2000
from tfgan_codec.metrics.dists import Dists
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.metrics.psnr import psnr, psnr_chroma
from tfgan_codec.metrics.ssim import ms_ssim, ssim
from tfgan_codec.metrics.wasserstein import Wasserstein

__all__ = [
    "Dists",
    "Lpips",
    "Wasserstein",
    "ciede2000",
    "ms_ssim",
    "psnr",
    "psnr_chroma",
    "ssim",
]
