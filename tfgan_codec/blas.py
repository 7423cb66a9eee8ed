"""Keeps NumPy's matrix products on one thread.

OpenBLAS, which NumPy comes with, starts a thread for each core. The products of this codec are too
small for them, and between two products they spin: that takes the cores from the networks, and from
other processes that code pictures.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Meanwhile NumPy gets one thread for its products, where it is imported for the first time: in
    this process, and in those that are started. Where the environment has a number, that stands."""
    chosen = [name for name in VARIABLES if name not in os.environ]
    os.environ.update(dict.fromkeys(chosen, "1"))
    try:
        yield
    finally:
        for name in chosen:
            os.environ.pop(name, None)
