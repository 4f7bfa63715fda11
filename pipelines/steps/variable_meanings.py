"""The columns of ``core.analysis`` → what each holds, in the words of the instruments: wording, options, measure.

Put here what a column means to a person; how a file of some program says so is in ``labelled_file``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from instruments.spec import Instrument
from instruments.validation import status_in_words
from pipelines.load import Study
from pipelines.tables.base import NUMBER, TRUTH, ColumnOf, Table

Measure = Literal["nominal", "ordinal", "scale"]
_NO_AND_YES = {0: "No", 1: "Yes"}


@dataclass(frozen=True)
class Meaning:
    """What a column holds.

    Attributes:
        label: Wording of the item, title of the scale, or meaning of the column.
        points: Code → wording of the option, in the order shown; codes without a wording are left out.
        measure: ``nominal``, ``ordinal`` or ``scale`` (differences count).
        item: The item whose missing reasons count; None for a column that is no answer.
        status: How far the instrument of a score has been validated, in words; empty for what is no score.
    """

    label: str
    points: Mapping[int, str] = field(default_factory=dict[int, str])
    measure: Measure = "nominal"
    item: str | None = None
    status: str = ""


def meanings_of(study: Study, table: Table) -> dict[str, Meaning]:
    """Say what every column of a table holds.

    Args:
        study: The study, whose instruments word items, options and scales.
        table: ``core.analysis``, or any table with columns of items, options and scales.
    """
    found: dict[str, Meaning] = {name: _plain(column) for name, column in table.columns.items()}
    for instrument in study.described():
        worded = _items(instrument, study.spec.release.languages) | _scales(instrument, study.spec.release.languages)
        found |= {name: meaning for name, meaning in worded.items() if name in found}
    return found


def in_language(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return a text in the first of the languages it is worded in, else in its own first; empty when there is none.

    Blanks are single, as labels of statistics programs cannot end with one.
    """
    text = next((texts[each] for each in languages if each in texts), next(iter(texts.values()), ""))
    return " ".join(text.split())


def _items(instrument: Instrument, languages: Sequence[str]) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for name, item in instrument.items.items():
        label = in_language(item.text, languages) or name
        scale = instrument.response_scale_of(name)
        options = instrument.option_columns(name)
        of_scale = {} if scale is None else scale.points
        points = {code: in_language(each.label, languages) for code, each in of_scale.items()}
        for column, code in options.items():
            found[column] = Meaning(f"{label}: {points[code] or code}", _NO_AND_YES, "nominal", name)
        if not options:
            measure: Measure = "scale" if item.kind in ("number", "date") else "nominal"
            if scale is not None and scale.ordered:
                measure = "ordinal"
            found[name] = Meaning(label, {code: text for code, text in points.items() if text}, measure, name)
    return found


def _scales(instrument: Instrument, languages: Sequence[str]) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for name, scale in instrument.scales.items():
        title = in_language(scale.title, languages) or name
        labels = {
            name: f"{title} ({scale.score} of {len(scale.items)} items)",
            f"{name}_organisation_mean": f"{title}: mean of the organisation, wave and group",
            f"{name}_within_organisation": f"{title}: deviation from that mean",
        }
        status = status_in_words(instrument)
        found |= {column: Meaning(label, {}, "scale", status=status) for column, label in labels.items()}
    return found


def _plain(column: ColumnOf) -> Meaning:
    if column.kind == TRUTH:
        return Meaning(column.meaning, _NO_AND_YES)
    return Meaning(column.meaning, {}, "scale" if column.kind == NUMBER else "nominal")
