"""Metrics of pictures and codecs. Importing this package loads neither TensorFlow nor a network.

psnr, ssim, ms_ssim need numpy only; lpips, fid and kid run networks (see `weights`).
"""

from tfgan_codec.metrics.psnr import psnr
from tfgan_codec.metrics.ssim import ms_ssim, ssim

__all__ = ["ms_ssim", "psnr", "ssim"]
