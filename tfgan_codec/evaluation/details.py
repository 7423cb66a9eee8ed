"""Draws the busiest detail of some pictures, by every codec at matched bytes, on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tfgan_codec.evaluation.sheet import BACKGROUND, FOREGROUND, GAP
from tfgan_codec.evaluation.sheets import Sheet, busiest

ROWS = 4
SIDE = 168  # pixels; small enough for a file that fits beside tables of results
_Item = TypeVar("_Item")
_LINES = 32  # pixels for two lines of text above a detail


def spread(items: Sequence[_Item]) -> list[_Item]:
    """Returns `ROWS` of the items, or all if they are fewer, evenly spread over them."""
    return [items[int(i)] for i in np.linspace(0, len(items) - 1, min(ROWS, len(items)))]


def draw(pictures: Sequence[Sheet]) -> Image.Image:
    """Returns a sheet of `ROWS` pictures, evenly spread over the set, a row each, original first.

    Nobody chose the details: each is the square of its picture in which neighbouring pixels change
    most, unscaled. Codecs that lack one of these pictures are left out.
    """
    rows = spread(pictures)
    common = set.intersection(*({v.codec for v in row.versions} for row in rows))
    names = [v.codec for v in rows[0].versions if v.codec in common]
    step, font = SIDE + GAP, ImageFont.load_default(13)
    size = (len(names) + 1) * step + GAP, len(rows) * (step + _LINES) + GAP
    canvas = Image.new("RGB", size, BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    for y, row in enumerate(rows):
        shown = {v.codec: v for v in row.versions}
        places = busiest(row.original, min(SIDE, *row.original.shape[:2]), 1)
        left, top = places[0] if places else (0, 0)
        cells = [(row.name, row.original)]
        cells += [(f"{name}\n{shown[name].nbytes} bytes", shown[name].pixels) for name in names]
        for x, (text, pixels) in enumerate(cells):
            corner = GAP + x * step, GAP + y * (step + _LINES)
            pen.text(corner, text, FOREGROUND, font=font)
            detail = Image.fromarray(pixels[top : top + SIDE, left : left + SIDE])
            canvas.paste(detail, (corner[0], corner[1] + _LINES))
    return canvas
