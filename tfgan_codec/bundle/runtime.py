"""Runs one ``.tflite`` network with LiteRT on pictures and latents of any size.

The networks of a bundle are exported at a static shape from operators that can all be resized, so
one file serves every size. LiteRT is imported when the first network is made: it costs start-up
time that ``import tfgan_codec`` and ``apps.info`` need not pay.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.bundle.network_check import check
from tfgan_codec.errors import BundleError, shown

THREADS = 2  # of a network, unless somebody asks for another number
MAX_THREADS = 256  # LiteRT dies of many more
_stderr_lock = threading.Lock()


class Network:
    """Runs a LiteRT interpreter as a function: float32 [h, w, c] to float32 [h', w', c'].

    Calls may come from several threads; they run one after another.

    Attributes:
      channels: how many channels the input and the output have, c and c'.
      stored: height and width of the input that the file was made with.
    """

    def __init__(self, tflite: bytes, name: str, threads: int = THREADS) -> None:
        """Starts the network in the bytes `tflite`, which error messages call `name`."""
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise BundleError(
                f"LiteRT cannot be imported ({error}); install it with: pip install ai-edge-litert"
            ) from error
        self._name = name
        self._lock = threading.Lock()
        self._shape: tuple[int, ...] | None = None
        try:
            check(tflite)
            with _without_greetings():
                self._interpreter: Any = Interpreter(model_content=tflite, num_threads=threads)
            (self._input,) = self._interpreter.get_input_details()
            (self._output,) = self._interpreter.get_output_details()
            if not self._input["dtype"] == self._output["dtype"] == np.float32:
                raise ValueError("it does not take and give float32")
            _, height, width, channels = map(int, self._input["shape"])
            # LiteRT does not check the channels at each call.
            self.channels = channels, int(self._output["shape"][-1])
            self.stored = height, width
        except Exception as error:  # LiteRT raises many kinds for what is no such network
            raise self._error(error) from error

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        """Runs the network on one array [h, w, c], a picture or latents; raises `BundleError`."""
        batch = np.ascontiguousarray(x, np.float32)[np.newaxis]
        with self._lock:
            try:
                self._resize(batch.shape)
                self._interpreter.set_tensor(self._input["index"], batch)
                self._interpreter.invoke()
                result: NDArray[Any] = self._interpreter.get_tensor(self._output["index"])[0]
                if result.ndim != 3 or result.shape[2] != self.channels[1]:
                    raise ValueError(f"it gives an array of shape {result.shape}")
            except Exception as error:  # likewise
                raise self._error(error) from error
        return result

    def _resize(self, shape: tuple[int, ...]) -> None:
        if shape == self._shape:
            return
        self._shape = None  # stays so when a shape is refused
        with _without_greetings():
            self._interpreter.resize_tensor_input(self._input["index"], shape)
            self._interpreter.allocate_tensors()
        self._shape = shape

    def _error(self, error: Exception) -> BundleError:
        reason = shown(" ".join(str(error).split()), 200)
        return BundleError(f"the network {self._name} cannot be run: {reason}")


@contextlib.contextmanager
def _without_greetings() -> Iterator[None]:
    """Drops the INFO lines that LiteRT's native code writes to file descriptor 2.

    LiteRT for Python has no switch for them ("Created TensorFlow Lite XNNPACK delegate for CPU").
    Everything else that is written meanwhile is passed on afterwards.
    """
    with _stderr_lock, contextlib.ExitStack() as stack:
        try:
            sys.stderr.flush()
            captured = stack.enter_context(tempfile.TemporaryFile())
            stderr = os.dup(2)
        except (AttributeError, OSError, ValueError):  # no standard error to keep clean
            yield
            return
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            captured.seek(0)
            for line in captured:
                if not line.startswith(b"INFO:"):
                    os.write(2, line)
