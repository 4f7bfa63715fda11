"""``core.analysis`` in the codebook: coded themes, organisation means and facts, each with what its values mean."""

import pytest

from instruments.codebook import Variable
from instruments.spec_file import ANY_LANGUAGE
from pipelines.load import load_study
from pipelines.steps.study_codebook import study_codebook
from pipelines.tables import core
from tests.coded_study import build_coded_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory):
    return load_study(build_coded_study(tmp_path_factory.mktemp("coded") / "study"))


@pytest.fixture(scope="module")
def analysis(study) -> dict[str, Variable]:
    return {each.name: each for each in study_codebook(study).variables_of("analysis")}


def test_every_column_is_described_in_the_kind_it_is_stored_in(study, analysis):
    columns = core.analysis(study).columns
    assert list(analysis) == list(columns)
    differing = {
        name
        for name, column in columns.items()
        if {"code": core.SMALL, "number": core.NUMBER, "text": core.TEXT, "date": core.DAY}[analysis[name].kind]
        != column.kind
    }
    assert differing == set()


def test_a_code_says_its_definition_and_what_its_values_mean(study, analysis):
    name, made = next((name, each) for name, each in study.coding.variables().items() if each.kind == "code")
    found = analysis[name]
    definition = study.coding.scheme.codes[made.code].definition
    assert all(said in found.label["en" if at == ANY_LANGUAGE else at] for at, said in definition.items())
    assert [(each.value, each.label["en"]) for each in found.categories] == [(0, "Not present"), (1, "Present")]


def test_a_mean_of_organisations_is_named_by_its_scale(study, analysis):
    scale, instrument = next(iter(study.scales().items()))
    found = analysis[f"{scale}_organisation_mean"].label
    assert set(found) == set(instrument.scales[scale].title)
    assert all(found[at].startswith(f"{said}: ") for at, said in instrument.scales[scale].title.items())
