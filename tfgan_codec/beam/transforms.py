"""The steps for other people's pipelines: pictures to `.tgc` files, and back."""

from __future__ import annotations

from typing import Any

import apache_beam as beam

from tfgan_codec.batch.record import Record
from tfgan_codec.batch.settings import COMPRESS, DECOMPRESS, Settings, checked
from tfgan_codec.beam.results import DONE, FAILED, Failure
from tfgan_codec.beam.worker import CodeFiles


class _Coding(beam.PTransform):
    """Takes (path, `ReadableFile`), and gives a dictionary of two collections: `Record` of each
    result by "done", `Failure` of each file without one by "failed".

    Results are called after the contents of the file, the model and the settings. They are written
    under a temporary name and renamed; those that are there and good are left: a step that runs
    again changes nothing.
    """

    def __init__(self, out: str, settings: Settings) -> None:
        super().__init__()
        self._out, self._settings = out, checked(settings)

    def expand(self, pcoll: Any) -> dict[str, Any]:
        coded = pcoll | beam.ParDo(CodeFiles(self._out, self._settings)).with_outputs(
            FAILED, main=DONE
        )
        return {
            DONE: coded[DONE] | "records" >> beam.Map(_same).with_output_types(Record),
            FAILED: coded[FAILED] | "failures" >> beam.Map(_same).with_output_types(Failure),
        }


class EncodePictures(_Coding):
    """Compresses pictures to `.tgc` files in the folder `out`; see `_Coding` for what goes in and
    comes out, and `Codec.compress` for the arguments."""

    def __init__(
        self,
        out: str,
        bpp: float | None = None,
        nbytes: int | None = None,
        quality: int | None = None,
        metadata: str = "basic",
        model: str | None = None,
        verify: bool = False,
    ) -> None:
        request = (bpp, nbytes, quality, metadata)
        super().__init__(out, Settings(COMPRESS, *request, model=model, verify=verify))


class DecodePictures(_Coding):
    """Decompresses `.tgc` files to PNG files in the folder `out`; see `_Coding` for what goes in
    and comes out, and `Codec.decompress` for the arguments."""

    def __init__(
        self,
        out: str,
        realism: float | None = None,
        model: str | None = None,
        verify: bool = False,
    ) -> None:
        super().__init__(out, Settings(DECOMPRESS, realism=realism, model=model, verify=verify))


def _same(value: Any) -> Any:
    return value
