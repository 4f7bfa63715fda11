"""The page of estimators: nothing that a model may name is left out, and what it says holds."""

import re

import pytest
from pydantic import ValidationError

from models.sections.imputation import WITHOUT_IMPUTATION
from models.sections.paths import Paths
from models.spec import RegressionSpec
from pipelines.commands.estimators_page import WRITTEN, estimators_page, named_estimators
from pipelines.methods_report.defined import ESTIMATORS
from pipelines.report_tables import danish, english
from tests.every_estimator import FITS

ROWS = {
    cells[0].strip("`"): cells for cells in re.findall(r"^\| (`\w+`) \| (.*?) \|$", estimators_page(), re.MULTILINE)
}


def test_every_estimator_that_a_model_may_name_has_a_row_definitions_and_words():
    assert {*named_estimators()} - {"linear"} | {*WRITTEN} == set(ESTIMATORS) == set(ROWS)
    for words in (english, danish):
        text = words.__dict__
        known = {key for held in text.values() if isinstance(held, dict) for key in held}
        assert {f"estimator_{each}" for each in ESTIMATORS} <= known


def test_what_the_page_says_is_tried_by_command_is_what_the_test_goes_through():
    heads = re.search(r"^\| recorded as \| (.*?) \|$", estimators_page(), re.MULTILINE)
    assert heads is not None
    place = heads[1].split(" | ").index("by command")
    assert {name for name, (_, cells) in ROWS.items() if cells.split(" | ")[place] == "yes"} == set(FITS)


@pytest.mark.parametrize("estimator", sorted(WITHOUT_IMPUTATION))
def test_what_the_page_says_is_not_imputed_is_refused_with_the_same_words(estimator: str):
    assert f"no: {WITHOUT_IMPUTATION[estimator]}" in ROWS[estimator][1]
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "a", "focal": "b"}
    more = {"paths": Paths(other_outcome="c")} if estimator == "two_outcomes" else {}
    model = {**given, "regressors": ("b",), "estimator": estimator, "missing": "multiple_imputation", **more}
    with pytest.raises(ValidationError, match=re.escape(WITHOUT_IMPUTATION[estimator])):
        RegressionSpec.model_validate(model)
