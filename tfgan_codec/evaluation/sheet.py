"""Draws labelled pictures side by side on a sheet, because people judge with their eyes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from tfgan_codec.errors import UsageError

GAP = 12  # pixels between panels
BACKGROUND, FOREGROUND = (24, 24, 24), (240, 240, 240)
_LARGEST_CROP = 960  # pixels, a panel's longest side: artefacts are judged at 1:1, never scaled
_SMALLEST_PANEL = 320  # pixels; narrower panels could not hold their labels
_ASPECT = 1.6  # width over height of the screens that sheets are looked at on


class Panel(NamedTuple):
    """Holds a picture of a sheet and the two lines of text above it."""

    title: str
    subtitle: str
    picture: Image.Image


def sheet(panels: Sequence[Panel]) -> Image.Image:
    """Returns a sheet with the panels in a grid, unscaled; of large pictures it shows the centre.

    The number of columns is the one that brings the sheet nearest to a screen's shape.
    """
    if not panels:
        raise UsageError("a sheet needs at least one picture")
    pictures = [_center(panel.picture) for panel in panels]
    width = max(_SMALLEST_PANEL, max(picture.width for picture in pictures))
    title, text = (ImageFont.load_default(size) for size in _font_sizes(width))
    line = _line_height(title) + _line_height(text) + GAP
    height = max(picture.height for picture in pictures) + line
    columns = _columns(len(panels), width + GAP, height + GAP)
    rows = math.ceil(len(panels) / columns)
    size = (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP)
    canvas = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(canvas)
    for i, (panel, picture) in enumerate(zip(panels, pictures)):
        left = GAP + (i % columns) * (width + GAP)
        top = GAP + (i // columns) * (height + GAP)
        draw.text((left, top), panel.title, FOREGROUND, font=title)
        draw.text((left, top + _line_height(title)), panel.subtitle, FOREGROUND, font=text)
        canvas.paste(picture, (left, top + line))
    return canvas


def _center(picture: Image.Image) -> Image.Image:
    """Returns the middle of a picture, at most _LARGEST_CROP pixels a side."""
    picture = picture.convert("RGB")
    width, height = (min(side, _LARGEST_CROP) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _columns(count: int, width: int, height: int) -> int:
    def distance(columns: int) -> float:
        rows = math.ceil(count / columns)
        return abs(math.log(columns * width / (rows * height) / _ASPECT))

    return min((n for n in range(1, count + 1) if count % n == 0 or count > 6), key=distance)


def _font_sizes(width: int) -> tuple[int, int]:
    title = max(12, min(28, width // 24))
    return title, max(10, round(title * 0.75))


def _line_height(font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> int:
    _, top, _, bottom = font.getbbox("Mg|")
    return math.ceil(bottom - min(top, 0)) + 2
