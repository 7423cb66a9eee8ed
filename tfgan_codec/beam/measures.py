"""Counts and times what workers do, by the names that Beam's `RunInference` uses."""

from __future__ import annotations

from apache_beam.metrics.metric import Metrics

NAMESPACE = "BeamML_tfgan_codec"


class Measures:
    """Holds the metrics of one step; a batch is one picture."""

    def __init__(self) -> None:
        self._inferences = Metrics.counter(NAMESPACE, "num_inferences")
        self._failed = Metrics.counter(NAMESPACE, "failed_batches_counter")
        self._size = Metrics.distribution(NAMESPACE, "inference_request_batch_size")
        self._bytes = Metrics.distribution(NAMESPACE, "inference_request_batch_byte_size")
        self._latency = Metrics.distribution(NAMESPACE, "inference_batch_latency_micro_secs")
        self._loading = Metrics.distribution(NAMESPACE, "load_model_latency_milli_secs")
        self._model = Metrics.distribution(NAMESPACE, "model_byte_size")

    def coded(self, nbytes: int, seconds: float) -> None:
        """Counts a file of `nbytes` that was coded."""
        self._inferences.inc()
        self._size.update(1)
        self._bytes.update(nbytes)
        self._latency.update(round(1e6 * seconds))

    def failed(self) -> None:
        """Counts a file that was not."""
        self._failed.inc()

    def loaded(self, seconds: float, nbytes: int) -> None:
        """Tells of a model that was loaded, whose bundle has `nbytes`."""
        self._loading.update(round(1e3 * seconds))
        self._model.update(nbytes)
