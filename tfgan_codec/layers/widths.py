"""The `width` argument that scales networks for small machines."""


def scale_filters(filters: int, width: float) -> int:
    """Even, at least 4; unchanged at width 1."""
    return filters if width == 1.0 else max(4, 2 * round(filters * width / 2))
