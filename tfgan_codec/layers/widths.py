"""The `width` argument, by which networks are made smaller or larger than the published ones."""


def scale_filters(filters: int, width: float) -> int:
    """Returns `filters` times `width`, made even and at least 4; unchanged at width 1."""
    return filters if width == 1.0 else max(4, 2 * round(filters * width / 2))
