"""The generated JSON Schemas: as fresh as the classes, and in agreement with the loader about the shipped files."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from instruments.seeds.load import FEATURES, SEEDS, TERMS
from instruments.seeds.traces import TRACES
from instruments.strict_yaml import read_yaml
from models.load import LIBRARY, kind_of
from pipelines.commands import schemas

HOUSE = Path(__file__).parents[2]
LIBRARY_MODELS = sorted(LIBRARY.glob("*.yaml"))
STUDY_MODELS = sorted(HOUSE.glob("pipelines/studies/*/models/*.yaml"))
SHIPPED = {
    "instruments/instrument.schema.json": sorted((HOUSE / "instruments" / "library").glob("*.yaml")),
    "instruments/coding_scheme.schema.json": sorted((HOUSE / "instruments" / "library" / "codings").glob("*.yaml")),
    "instruments/form.schema.json": [
        *sorted((HOUSE / "instruments" / "library" / "forms").glob("*.yaml")),
        *sorted(HOUSE.glob("pipelines/studies/*/forms/*.yaml")),
    ],
    "instruments/labels.schema.json": sorted((HOUSE / "instruments" / "library" / "labels").glob("*.yaml")),
    "instruments/seeds.schema.json": [SEEDS],
    "instruments/features.schema.json": [FEATURES],
    "instruments/glossary.schema.json": [TERMS],
    "instruments/trace.schema.json": sorted(TRACES.glob("*.yaml")),
    "models/model.schema.json": [
        *(path for path in STUDY_MODELS if kind_of(path) == "regression"),
        *(path for path in LIBRARY_MODELS if kind_of(path) == "regression"),
    ],
    "models/measurement.schema.json": [
        path for path in (*LIBRARY_MODELS, *STUDY_MODELS) if kind_of(path) == "measurement"
    ],
    "pipelines/study.schema.json": sorted(HOUSE.glob("pipelines/studies/*/study.yaml")),
}
FRESH = schemas.schema_files()
FILES = [(schema, path) for schema, paths in SHIPPED.items() for path in paths]


def as_json(value):
    """Keys of JSON are text and dates are text, as an editor sees a YAML file."""
    return json.loads(json.dumps(value, default=str))


@cache
def editor_with(schema):
    content = json.loads((HOUSE / schema).read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(content)
    kind.check_schema(content)
    return kind(content)


@pytest.mark.parametrize("path", FRESH, ids=lambda path: path.name)
def test_a_schema_file_is_what_its_class_says(path):
    assert path.is_file(), f"run: python -m pipelines.commands.schemas ({path.name} is missing)"
    fresh = path.read_text(encoding="utf-8") == FRESH[path]
    assert fresh, f"run: python -m pipelines.commands.schemas ({path.name} is stale)"


def test_writing_the_schemas_writes_every_file(tmp_path, monkeypatch):
    monkeypatch.setattr(schemas, "HOUSE", tmp_path)
    for folder in ("instruments", "models", "pipelines"):
        (tmp_path / folder).mkdir()
    schemas.main()
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")}
    assert written == set(SHIPPED)


def test_every_kind_of_file_ships():
    assert all(SHIPPED.values())


@pytest.mark.parametrize(("schema", "path"), FILES, ids=lambda value: getattr(value, "stem", None))
def test_an_editor_accepts_every_shipped_file(schema, path):
    editor_with(schema).validate(as_json(read_yaml(path).value))


@pytest.mark.parametrize(("schema", "path"), FILES, ids=lambda value: getattr(value, "stem", None))
def test_an_editor_refuses_an_unknown_key(schema, path):
    changed = {**as_json(read_yaml(path).value), "colour": "blue"}
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        editor_with(schema).validate(changed)
