"""``missing``: patterns and Little's test of the responses of a model, by command and on the workbench's page."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from models.regression.identification import ModelDataError
from models.regression.missing_of_model import missing_of_model
from models.sections.sample_design import SampleDesign
from models.spec import RegressionSpec
from pipelines.commands.missing import patterns_shown
from tests.command_line import done, sensemaking
from tests.imputed_study import build_imputed_study


def spec_of(*regressors: object) -> RegressionSpec:
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "focal": "age"}
    return RegressionSpec.model_validate({**given, "outcome": "trust", "regressors": ("age", *regressors)})


def rows_of(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    age = rng.normal(45, 10, n)
    rows = pd.DataFrame({"response_id": [f"r{place:03d}" for place in range(n)], "age": age})
    rows["trust"] = 3 + 0.02 * age + rng.normal(0, 1, n)
    rows["site"] = pd.Series(rng.integers(1, 4, n), dtype="Int16")
    return rows


def test_patterns_are_of_all_variables_and_the_test_is_of_numbers():
    rows = rows_of()
    rows.loc[:39, "age"] = np.nan
    rows.loc[20:59, "site"] = pd.NA
    found = missing_of_model(spec_of({"variable": "site", "use": "category"}), rows)
    assert (found.n_in_population, found.n_complete) == (400, 340)
    assert found.numbers == ("trust", "age")
    shown = patterns_shown(found).set_index("missing")["n_rows"].to_dict()
    assert {", ".join(sorted(names.split(", "))): n for names, n in shown.items()} == {
        "none": 340,
        "age": 20,
        "site": 20,
        "age, site": 20,
    }
    assert found.test is not None
    complete = rows.dropna(subset=["age"])
    silent = rows[rows["age"].isna()]
    together = rows[["trust"]].mean().iloc[0], rows["trust"].var(ddof=0)
    assert found.test.df == 1
    by_hand = len(silent) * (silent["trust"].mean() - together[0]) ** 2 / together[1]
    by_hand += len(complete) * (complete["trust"].mean() - together[0]) ** 2 / together[1]
    assert found.test.p_value == pytest.approx(chi2.sf(by_hand, 1), rel=1e-4)


def test_answers_missing_by_what_others_say_are_noticed_and_complete_ones_have_no_test():
    rows = rows_of()
    whole = missing_of_model(spec_of(), rows)
    assert whole.test is None
    assert "same variables" in whole.why_no_test
    rows.loc[rows["age"] > 50, "trust"] = np.nan
    found = missing_of_model(spec_of(), rows)
    assert found.test is not None
    assert found.test.p_value < 1e-6


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ModelDataError, match="no column tenure"):
        missing_of_model(spec_of("tenure"), rows_of())


@pytest.mark.slow
def test_the_command_says_it_in_words_and_as_json(tmp_path: Path):
    study = build_imputed_study(tmp_path / "small", "")
    told = done(sensemaking("missing", study, "trust")).stdout
    assert "trust (main): 52 of 80 responses have every variable" in told
    assert "tenure" in told
    document = done(sensemaking("missing", study, "trust", "--json")).document
    assert document["n_complete"] == 52
    assert document["n_missing"]["tenure"] == 28
    assert sum(each["n_rows"] for each in document["patterns"]) == 80
    assert 0 <= document["little"]["p_value"] <= 1
    ended = sensemaking("missing", study, "trustt")
    assert ended.code == 2
    assert "did you mean" in ended.stderr


def test_rows_of_a_sample_are_looked_at_like_others():
    rows = rows_of().assign(organisation_id="o1")
    rows.loc[::2, "organisation_id"] = "o2"
    rows.loc[:39, "age"] = np.nan
    sampled = spec_of().model_copy(update={"design": SampleDesign(clusters="organisation_id")})
    assert missing_of_model(sampled, rows).n_complete == 360
