"""Rows of organisations: means of what was said, facts as they are, counts of answers, the responses behind them."""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable
from tests.models.regression.analysis_tables import model_of

WAVE = Variable(variable="wave", use="category")
SECTOR = Variable(variable="sector", use="category")


def analysis(n_organisations=12, seed=3):
    """Return four responses an organisation and wave; complaints and sector are facts about the organisation."""
    rng = np.random.default_rng(seed)
    keys = [(f"o{o:02d}", w) for o in range(n_organisations) for w in ("w1", "w2") for _ in range(4)]
    rows = pd.DataFrame(keys, columns=["organisation_id", "wave"])
    place = rows.groupby(["organisation_id", "wave"]).ngroup().to_numpy()
    rows = rows.assign(
        response_id=[f"r{number:04d}" for number in range(len(rows))],
        respondent_group="frontline",
        source="survey",
        wave_number=rows["wave"].str[-1].astype(int),
        trust=rng.normal(3, 1, len(rows)),
        gender=rng.integers(1, 3, len(rows)),
        sector=rows["organisation_id"].str[-1].astype(int) % 2,
        complaints=rng.normal(10, 3, place.max() + 1)[place],
    )
    rows["strain"] = rows["trust"] + rng.normal(size=len(rows))
    rows.loc[[0, 1, 9], "trust"] = np.nan
    rows.loc[[2, 20], "strain"] = np.nan
    return rows


def by_hand(rows, keys, outcome, regressors, weights=None):
    means = rows.groupby(keys)[[outcome, *regressors]].mean()
    matrix = np.column_stack([np.ones(len(means)), means[regressors]])
    roots = np.ones(len(means)) if weights is None else np.sqrt(weights.to_numpy(float))
    found = np.linalg.lstsq(matrix * roots[:, None], means[outcome].to_numpy() * roots, rcond=None)[0]
    return found, means


def test_an_outcome_from_records_is_explained_by_means_of_answers():
    rows = analysis()
    fit = fit_regression(model_of("trust", outcome="complaints", level="organisation_and_wave"), rows)
    found, means = by_hand(rows, ["organisation_id", "wave"], "complaints", ["trust"])
    assert list(fit.estimates["estimate"]) == pytest.approx(found)
    assert (fit.n_obs, fit.df_resid) == (24, 22)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_responses"] == len(fit.data) == 96
    assert told["share_of_responses_used"] == 1
    assert len(means) == 24


def test_answers_weigh_by_their_number_where_a_model_says_so():
    rows = analysis()
    model = model_of("trust", level="organisation_and_wave", weights="number_of_answers", covariance="HC1")
    fit = fit_regression(model, rows)
    answers = rows.groupby(["organisation_id", "wave"])["strain"].count()
    found, _ = by_hand(rows, ["organisation_id", "wave"], "strain", ["trust"], answers)
    assert fit.estimator == "WLS"
    assert list(fit.estimates["estimate"]) == pytest.approx(found)


def test_over_all_waves_each_wave_counts_the_same():
    rows = analysis().drop(index=[10, 11])
    fit = fit_regression(model_of("trust", level="organisation"), rows)
    waves = rows.groupby(["organisation_id", "wave"])[["strain", "trust"]].mean()
    means = waves.groupby("organisation_id").mean()
    found = np.linalg.lstsq(np.c_[np.ones(12), means["trust"]], means["strain"], rcond=None)[0]
    assert list(fit.estimates["estimate"]) == pytest.approx(found)
    assert fit.n_obs == 12


def test_categories_of_the_organisation_and_waves_stay_categories():
    model = model_of("trust", SECTOR, WAVE, level="organisation_and_wave", cluster="organisation_id")
    fit = fit_regression(model, analysis())
    assert list(fit.estimates["term"]) == ["intercept", "trust", "sector[1]", "wave[w2]"]
    assert fit.n_clusters == 12


def test_organisations_are_followed_through_waves():
    rows = analysis()
    panel = {"panel": {"unit": "organisation"}, "level": "organisation_and_wave"}
    changes = fit_regression(model_of("trust", estimator="first_differences", **panel), rows)
    within = fit_regression(model_of("trust", WAVE, estimator="within", **panel), rows)
    # with two waves, changes with an intercept are effects of organisations and waves
    terms = [each.estimates.set_index("term").loc["trust"] for each in (changes, within)]
    assert terms[0]["estimate"] == pytest.approx(terms[1]["estimate"])
    effects = fit_regression(model_of("trust", WAVE, fixed_effects="organisation_id", level=panel["level"]), rows)
    assert effects.estimates["estimate"][0] == pytest.approx(terms[1]["estimate"])


def test_the_responses_behind_rows_give_the_same_bits_again():
    rows = analysis()
    rows.loc[rows["organisation_id"] == "o03", "complaints"] = np.nan
    model = model_of("trust", outcome="complaints", level="organisation_and_wave")
    first = fit_regression(model, rows.sample(frac=1, random_state=1))
    assert set(first.data["organisation_id"]) == set(rows["organisation_id"]) - {"o03"}
    assert first.data["response_id"].is_monotonic_increasing
    again = fit_regression(model, first.data)
    pd.testing.assert_frame_equal(first.estimates, again.estimates, check_exact=True)


REFUSED = {
    "several categories": (
        model_of("trust", Variable(variable="gender", use="category"), level="organisation_and_wave"),
        analysis(),
        "'gender' has several categories within .* and categories have no mean",
    ),
    "no organisation": (
        model_of("trust", level="organisation"),
        analysis().assign(organisation_id=None),
        "none has an organisation; expected organisation_id; write level: response",
    ),
    "few organisations": (
        model_of("trust", "complaints", level="organisation"),
        analysis(n_organisations=3),
        "3 complete responses|organisations",
    ),
    "a fact without variation": (
        model_of("trust", "complaints", level="organisation_and_wave"),
        analysis().assign(complaints=4.0),
        "'complaints' is the same in all organisations used",
    ),
    "effects that swallow a fact": (
        model_of("trust", "sector", level="organisation_and_wave", fixed_effects="organisation_id"),
        analysis(),
        "'sector' does not vary within organisation_id",
    ),
    "one cluster": (
        model_of("trust", level="organisation_and_wave", cluster="source"),
        analysis(),
        "belong to 1 cluster of 'source'",
    ),
}


@pytest.mark.parametrize(("model", "rows", "message"), REFUSED.values(), ids=list(REFUSED))
def test_rows_that_cannot_carry_a_model_are_refused(model, rows, message):
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, rows)
