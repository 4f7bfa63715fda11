"""What ships loads: every instrument, model and demonstration study, without a fault."""

import re
import shutil
from pathlib import Path

import pytest

from instruments.load import LIBRARY as INSTRUMENT_LIBRARY
from instruments.load import load_instrument
from instruments.spec_file import read_spec
from models.load import LIBRARY as MODEL_LIBRARY
from models.load import kind_of, read_measurement, read_model
from pipelines.load import load_study
from pipelines.spec import StudySpec

HOUSE = Path(__file__).parents[2]
INSTRUMENTS = sorted(INSTRUMENT_LIBRARY.glob("*.yaml"))
STUDIES = sorted(path.parent for path in (HOUSE / "pipelines" / "studies").glob("*/study.yaml"))
MODELS = sorted(path for folder in (MODEL_LIBRARY, *(f / "models" for f in STUDIES)) for path in folder.glob("*.yaml"))
LANGUAGES = {"en", "da"}


def name(path):
    return path.stem


def test_something_ships():
    assert len(INSTRUMENTS) >= 3
    assert STUDIES
    assert MODELS


@pytest.mark.parametrize("path", INSTRUMENTS, ids=name)
def test_a_shipped_instrument_loads(path):
    assert load_instrument(path).name == path.stem


@pytest.mark.parametrize("path", INSTRUMENTS, ids=name)
def test_a_shipped_instrument_is_worded_in_both_languages(path):
    instrument = load_instrument(path)
    assert set(instrument.title) == LANGUAGES
    assert {item: set(each.text) for item, each in instrument.items.items() if set(each.text) != LANGUAGES} == {}
    assert {scale: set(each.title) for scale, each in instrument.scales.items() if set(each.title) != LANGUAGES} == {}
    labels = {
        (scale, code): set(point.label)
        for scale, each in instrument.response_scales.items()
        for code, point in each.points.items()
        if point.label and set(point.label) != LANGUAGES
    }
    assert labels == {}


@pytest.mark.parametrize("path", INSTRUMENTS, ids=name)
def test_a_shipped_instrument_says_where_its_wording_comes_from(path):
    instrument = load_instrument(path)
    assert instrument.citation
    assert instrument.licence
    assert instrument.evidence or instrument.status == "draft"


def test_no_two_shipped_instruments_share_an_item_or_a_scale():
    names = [each for path in INSTRUMENTS for each in _names(path)]
    assert sorted(each for each in names if names.count(each) > 1) == []


def _names(path):
    instrument = load_instrument(path)
    return [each.lower() for each in (*instrument.items, *instrument.scales)]


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_a_shipped_model_loads(path):
    readers = {"measurement": read_measurement, "regression": read_model}
    model, document = readers[kind_of(path)](path)
    assert document.faults == []
    assert model.name == path.stem


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_a_shipped_study_loads_with_everything_it_names(tmp_path, folder):
    home = Path(shutil.copytree(folder, tmp_path / folder.name))
    spec, _ = read_spec(home / "study.yaml", StudySpec)
    for each in (spec.frame, spec.contact_log, spec.organisations) if spec is not None else ():
        if each is not None:
            (home / each.file).touch()  # made together with the exports
    study = load_study(home)
    assert list(study.forms) == list(study.spec.forms)
    assert list(study.models) == list(study.spec.models)
    assert study.spec.is_synthetic


@pytest.mark.parametrize("path", [*INSTRUMENTS, *MODELS, *(folder / "study.yaml" for folder in STUDIES)], ids=name)
def test_a_shipped_file_names_the_schema_that_editors_use(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found, f"{path.name} does not begin with its schema"
    assert (path.parent / found[1]).resolve().is_file()
