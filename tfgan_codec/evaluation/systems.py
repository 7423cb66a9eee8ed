"""Shows models of one rate, each beside other codecs whose files have as many bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tfgan_codec.evaluation import runner, schema, sheets, summary
from tfgan_codec.evaluation.codecs import MeasuredCodec
from tfgan_codec.evaluation.details import draw, spread
from tfgan_codec.evaluation.measure import Meter
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import Pixels

RATE = "q0"  # the setting of models that have one rate
_AS = "as:"  # before the name of the model whose bytes a file has


class AsLarge:
    """Is a `MeasuredCodec` whose settings are names of models: its file of a picture has at most or
    nearly the bytes of that model's."""

    def __init__(self, codec: MeasuredCodec, models: Sequence[MeasuredCodec]) -> None:
        self._codec = codec
        self._models = {f"{_AS}{model.name}": model for model in models}
        self.name, self.typed, self.encoder = codec.name, codec.typed, codec.encoder
        self.version, self.extension = codec.version, codec.extension
        self.complexity, self.trained_on = codec.complexity, codec.trained_on
        self.settings = tuple(self._models)

    def encode(self, picture: Pixels, setting: str) -> bytes:
        return self._codec.match(picture, len(self._models[setting].encode(picture, RATE)))

    def decode(self, data: bytes) -> Pixels:
        return self._codec.decode(data)

    def match(self, picture: Pixels, nbytes: int, known: Mapping[str, int] | None = None) -> bytes:
        return self._codec.match(picture, nbytes, known)


def run(
    plan: runner.Plan, models: Sequence[MeasuredCodec], others: Sequence[MeasuredCodec], out: Path
) -> str:
    """Measures models, and other codecs at their bytes; writes results.json, README.md and a sheet
    of details for each model. Returns the table for the terminal."""
    beside = [AsLarge(codec, models) for codec in others]
    results = runner.run(plan._replace(codecs=[*models, *beside]))
    schema.save(results, out / "results.json")
    meter = Meter([m for m in sheets.METRICS if m in plan.metrics], plan.weights)
    for model in models:
        sheet = draw([_sheet(path, model, others, meter) for path in spread(plan.pictures)])
        sheet.save(out / f"{model.name}.png", optimize=True)
    (out / "README.md").write_text(_markdown(results, models), encoding="utf-8")
    return summary.plain(summary.table(results.sets))


def _sheet(
    path: Path, model: MeasuredCodec, others: Sequence[MeasuredCodec], meter: Meter
) -> sheets.Sheet:
    picture = reading.read(path).rgb
    size = len(model.encode(picture, RATE))
    pixels = picture.shape[0] * picture.shape[1]
    (sheet,) = sheets.make([path], [model, *others], 8 * size / pixels, meter)
    return sheet


def _markdown(results: schema.Results, models: Sequence[MeasuredCodec]) -> str:
    about, parts = results.about, []
    for model in models:
        rows = [r for r in results.sets if (r["codec"], r["setting"]) == (model.name, RATE)]
        rows += [row for row in results.sets if row["setting"] == f"{_AS}{model.name}"]
        parts += [f"## {model.name}", summary.markdown_table(summary.table(rows))]
        parts += [f"![The same details by each]({model.name}.png)"]
    head = [
        "# Models of one rate, and others at their bytes",
        f"{summary.made_by(about)}. Means over {about['images']} pictures of {about['data']}; "
        "each picture's files have the bytes "
        "of the model's, or just less. Details are the busiest of pictures spread over the set: "
        "nobody chose them.",
    ]
    if results.problems:
        parts += ["## Not measured", "\n".join(f"- {problem}" for problem in results.problems)]
    return "\n\n".join([*head, *parts]) + "\n"
