"""Organisation means that another respondent group gives: whose answers count, for whom, and how terms are worded."""

import pandas as pd
import pytest
from pydantic import ValidationError

from models.regression.columns import column_of
from models.regression.design import build_design
from models.sections.regressors import Variable
from models.spec import RegressionSpec
from pipelines.steps.organisation_means import means_of_groups
from pipelines.steps.term_labels import term_label

CULTURE = Variable(variable="culture", use="organisation_mean", of="FRL")
ROWS = pd.DataFrame(
    [
        ("m1", "w1", "MID", "a", 5.0, 1.0),
        ("m2", "w1", "MID", "b", 1.0, 2.0),
        ("m3", "w2", "MID", "a", 1.0, 3.0),
        ("m4", "w1", "MID", None, 1.0, 4.0),
        ("s1", "w1", "FRL", "a", 2.0, 5.0),
        ("s2", "w1", "FRL", "a", 4.0, 6.0),
        ("s3", "w1", "FRL", "b", None, 7.0),
        ("s4", "w2", "FRL", "a", 3.0, 8.0),
        ("s5", "w1", "FRL", None, 3.0, 9.0),
    ],
    columns=["response_id", "wave", "respondent_group", "organisation_id", "culture", "identity"],
)


def means(is_used: pd.Series | None = None) -> dict[str, float | None]:
    used = pd.Series(True, index=ROWS.index) if is_used is None else is_used
    found = means_of_groups(ROWS, [CULTURE, CULTURE, Variable(variable="identity")], used)
    assert found["response_id"].tolist() == ROWS["response_id"].tolist()
    values = found["culture_organisation_mean_of_FRL"]
    return {name: None if pd.isna(value) else value for name, value in zip(found["response_id"], values, strict=True)}


def test_the_mean_is_that_of_the_named_group_in_the_same_organisation_and_wave() -> None:
    assert means() == {
        "m1": 3.0,
        "m2": None,
        "m3": 3.0,
        "m4": None,
        "s1": 3.0,
        "s2": 3.0,
        "s3": None,
        "s4": 3.0,
        "s5": None,
    }


def test_answers_that_are_left_out_do_not_count() -> None:
    found = means(ROWS["response_id"] != "s2")
    assert (found["m1"], found["s2"]) == (2.0, 2.0)


def test_a_model_reads_the_mean_of_the_group() -> None:
    spec = RegressionSpec(
        name="h1",
        kind="regression",
        title={"en": "Title"},
        estimand="Difference",
        outcome="identity",
        focal=CULTURE,
        regressors=(CULTURE,),
    )
    rows = means_of_groups(ROWS, spec.variables(), pd.Series(True, index=ROWS.index)).assign(
        culture_organisation_mean_of_FRL=[1.0, 2.0, 3.0, None, 1.0, 2.0, 3.0, 4.0, None]
    )
    design = build_design(spec, rows, {})
    assert list(design.matrix.columns) == ["intercept", column_of(CULTURE)]
    assert len(design.outcome) == 7


def test_a_group_belongs_to_an_organisation_mean_only() -> None:
    with pytest.raises(ValidationError, match="of names whose organisation mean is meant"):
        Variable(variable="culture", of="FRL")


def test_a_released_term_says_whose_mean_it_is() -> None:
    titles = {"culture": {"en": "Culture", "da": "Kultur"}, "respondent_group[FRL]": {"en": "Staff", "da": "Personale"}}
    term = f"{column_of(CULTURE)} x culture"
    assert term_label(term, titles, "en") == "Culture (organisation mean: Staff) × Culture"
    assert term_label(term, titles, "da") == "Kultur (organisationens gennemsnit: Personale) × Kultur"
