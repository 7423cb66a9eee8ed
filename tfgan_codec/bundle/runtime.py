"""Runs one ``.tflite`` network with LiteRT on pictures and latents of any size.

The networks of a bundle are exported at a static shape from operators that can all be resized, so
one file serves every size. LiteRT is imported when the first network is made: it costs start-up
time that ``import tfgan_codec`` and ``apps.info`` need not pay.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError, shown

MAX_THREADS = 256  # LiteRT dies of many more
# Of a network, unless somebody asks for another number: one for each core that this process has.
THREADS = min(
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    MAX_THREADS,
)
_stderr_lock = threading.Lock()


class Network:
    """Runs a LiteRT interpreter as a function: float32 [h, w, c] to float32 [h', w', c'].

    Calls may come from several threads; they run one after another. After a fork, the new process
    starts the network anew when it is called. (Nothing helps where another thread was in the middle
    of a call, which then holds locks of LiteRT for ever: fork before threads code, or spawn.)

    Attributes:
      channels: how many channels the input and the output have, c and c'.
      stored: height and width of the input that the file was made with.
    """

    def __init__(
        self, tflite: bytes, name: str, threads: int = THREADS, trusted: bool = False
    ) -> None:
        """Starts the network in the bytes `tflite`, which error messages call `name`; it is checked
        first for what LiteRT might not survive, unless it is `trusted`."""
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise BundleError(
                f"LiteRT cannot be imported ({error}); install it with: pip install ai-edge-litert"
            ) from error
        self._name = name
        self._make = functools.partial(Interpreter, model_content=tflite, num_threads=threads)
        self._lock = threading.Lock()
        self._shape: tuple[int, ...] | None = None
        try:
            if not trusted:
                from tfgan_codec.bundle.network_check import check  # many modules, not needed else

                check(tflite)
            self._interpreter: Any = self._started()
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
        _networks.add(self)

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        """Runs the network on one array [h, w, c], a picture or latents; raises `BundleError`."""
        batch = np.ascontiguousarray(x, np.float32)[np.newaxis]
        with self._lock:
            try:
                self._interpreter = self._interpreter or self._started()
                self._resize(batch.shape)
                self._interpreter.set_tensor(self._input["index"], batch)
                self._interpreter.invoke()
                result: NDArray[Any] = self._interpreter.get_tensor(self._output["index"])[0]
                if result.ndim != 3 or result.shape[2] != self.channels[1]:
                    raise ValueError(f"it gives an array of shape {result.shape}")
            except Exception as error:  # likewise
                raise self._error(error) from error
        return result

    def forget(self) -> None:
        """Lets go of the interpreter, in a process that has just been forked: the threads it runs
        on were not copied, and it would wait for them. For the same reason it is never ended."""
        self._lock, self._shape = threading.Lock(), None
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._interpreter))
        self._interpreter = None

    def _started(self) -> Any:
        """Returns a new interpreter of the network."""
        with _without_greetings():
            return self._make()

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


_networks: weakref.WeakSet[Network] = weakref.WeakSet()


def _after_fork() -> None:
    global _stderr_lock
    _stderr_lock = threading.Lock()
    for network in list(_networks):
        network.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


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
