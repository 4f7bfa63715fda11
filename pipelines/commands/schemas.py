"""Writes the JSON Schemas with which editors complete the keys of specification files.

Run as ``python -m pipelines.commands.schemas`` after changing a specification class.
"""

from pathlib import Path

from instruments.codings.spec import CodingScheme
from instruments.forms.spec import Form
from instruments.sections.labels import LabelSlot
from instruments.seeds.spec import Features, Glossary, Seeds
from instruments.seeds.traces import TraceTemplate
from instruments.spec import Instrument
from instruments.spec_file import Spec, json_schema
from models.sections.measurement import MeasurementSpec
from models.spec import RegressionSpec
from pipelines.spec import StudySpec

HOUSE = Path(__file__).parents[2]
SCHEMAS: tuple[tuple[str, type[Spec]], ...] = (
    ("instruments/instrument.schema.json", Instrument),
    ("instruments/form.schema.json", Form),
    ("instruments/labels.schema.json", LabelSlot),
    ("instruments/seeds.schema.json", Seeds),
    ("instruments/features.schema.json", Features),
    ("instruments/glossary.schema.json", Glossary),
    ("instruments/trace.schema.json", TraceTemplate),
    ("instruments/coding_scheme.schema.json", CodingScheme),
    ("models/model.schema.json", RegressionSpec),
    ("models/measurement.schema.json", MeasurementSpec),
    ("pipelines/study.schema.json", StudySpec),
)


def schema_files() -> dict[Path, str]:
    """Return the JSON Schema of every kind of specification by the file it belongs in."""
    return {HOUSE / name: json_schema(kind) for name, kind in SCHEMAS}


def main() -> None:
    """Write every schema file."""
    for path, text in schema_files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
