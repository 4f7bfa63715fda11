"""Calibrated weights in a model's words: R's errors, whoever misses an answer kept in the sample, refusals."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.means import domain_means, means
from models.survey_design.stages import Stage
from models.weighting.calibration import margin_columns
from models.weighting.trimming import times_mean
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import margins, schools
from tests.models.survey_design.calibrated_schools import MARGINS, analysed, calibrated_to_last_year, model_of

pytestmark = pytest.mark.reference


@pytest.mark.parametrize(
    ("n_margins", "name", "tolerance"), [(2, "rake", "rake"), (1, "poststrat", "all")], ids=["raked", "post-stratified"]
)
@pytest.mark.parametrize("weights", ["calibrated_weight", "analysis_weight"])
def test_a_mean_of_calibrated_weights_is_that_of_r(reference, n_margins, name, tolerance, weights):
    told = oracle(reference, 12)
    expected, within = told["calibration"][name]["mean_api00"], told["tolerance"][tolerance]
    spec = model_of(calibrated=MARGINS[:n_margins], weights=weights, design={"population_sizes": ()})
    fit = fit_regression(spec, analysed(reference, n_margins=n_margins))
    row = fit.estimates.iloc[0]
    assert row["estimate"] == pytest.approx(expected["est"]["api00"], rel=within)
    assert row["std_error"] == pytest.approx(expected["se"][0], rel=within)
    assert row["df"] == expected["df"]
    ends = [row["conf_low"], row["conf_high"]]
    np.testing.assert_allclose(ends, expected["ci_t"]["values"][0], rtol=within)


def test_the_design_effect_is_that_of_calibrated_weights(reference):
    table = analysed(reference)
    told = [fit_regression(model_of(calibrated=names), table).diagnostics for names in (MARGINS, ())]
    calibrated, plain = (each.set_index("diagnostic")["value"]["design_effect"] for each in told)
    design = build_survey_design(table["nonresponse_weight"].to_numpy(), [_stage(table)])
    known = margins(schools(reference)["clus1_fpc"].rows, oracle(reference, 12)["calibration"]["targets"])
    design = design.calibrated(table["calibrated_weight"].to_numpy(), margin_columns(known))
    error = linearised_estimate(design, means(("y",), table[["api00"]].to_numpy(float))).std_errors[0]
    uncalibrated = fit_regression(model_of(calibrated=()), table).estimates["std_error"].iloc[0]
    assert calibrated / plain == pytest.approx((error / uncalibrated) ** 2)


@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_a_mean_of_weights_that_meet_a_total_of_numbers_is_that_of_r(reference, distance):
    told = oracle(reference, 12)
    expected, within = told["calibration"][f"calibrate_{distance}"]["mean_api00"], told["tolerance"]["rake"]
    table = calibrated_to_last_year(reference, distance)
    asked = {"population_sizes": (), "calibrated": ("kind",), "calibrated_totals": ("api99",)}
    fit = fit_regression(model_of(design=asked), table)
    row = fit.estimates.iloc[0]
    assert row["estimate"] == pytest.approx(expected["est"]["api00"], rel=within)
    assert row["std_error"] == pytest.approx(expected["se"][0], rel=within)
    assert row["df"] == expected["df"]
    again = fit_regression(model_of(design=asked), fit.data.sample(frac=1, random_state=1))
    assert result_digest(again) == result_digest(fit)


@pytest.mark.parametrize(
    ("calibrated", "totals"),
    [(("kind",), ()), ((), ("api99",)), (("kind",), ("enroll",))],
    ids=["no", "alone", "other"],
)
def test_other_totals_than_the_weights_have_are_refused(reference, calibrated, totals):
    table = calibrated_to_last_year(reference, "linear")
    with pytest.raises(ModelDataError, match=r"name under design\.calibrated the margins and under calibrated_totals"):
        fit_regression(model_of(design={"calibrated": calibrated, "calibrated_totals": totals}), table)


def _stage(table):
    return Stage(table["organisation_id"].to_numpy(), population=table["districts"].to_numpy(float))


def test_who_misses_an_answer_stays_among_whom_weights_were_calibrated(reference):
    """As in R: the design is calibrated first, and narrowed then."""
    table = analysed(reference)
    table.loc[table.index[::7], "api00"] = pd.NA
    fit = fit_regression(model_of(figures={"by": "school_wide"}), table)
    known = margins(schools(reference)["clus1_fpc"].rows, oracle(reference, 12)["calibration"]["targets"])
    design = build_survey_design(table["nonresponse_weight"].to_numpy(), [_stage(table)])
    design = design.calibrated(table["calibrated_weight"].to_numpy(), margin_columns(known))
    answered = table["api00"].notna().to_numpy()
    values = table["api00"].fillna(0).to_numpy(float)
    both = domain_means(values, ("No", "Yes"), (table["school_wide"] == "Yes").to_numpy().astype(np.intp))
    expected = linearised_estimate(design.domain(answered), both)
    own = fit.estimates.set_index("term").loc[["school_wide[No]", "school_wide[Yes]"]]
    np.testing.assert_allclose(own["estimate"].to_numpy(float), expected.estimates, rtol=1e-12)
    np.testing.assert_allclose(own["std_error"].to_numpy(float), expected.std_errors, rtol=1e-9)
    assert fit.n_obs == answered.sum() < len(table)
    share = fit.diagnostics.set_index("diagnostic")["value"]["share_of_responses_used"]
    assert share == pytest.approx(answered.mean())


@pytest.mark.parametrize(
    ("estimator", "changes"),
    [
        ("population_mean", {"figures": {"only": {"kind": ("E", "M")}}}),
        ("population_total", {}),
        ("population_ratio", {"figures": {"per": "enroll", "only": {"school_wide": ("Yes",)}}}),
        ("population_quantiles", {"figures": {"shares": (0.25, 0.5)}}),
    ],
)
def test_kept_rows_give_the_same_bits(reference, estimator, changes):
    table = analysed(reference)
    table.loc[table.index[::9], "api00"] = pd.NA
    spec = model_of(estimator, **changes)
    fit = fit_regression(spec, table)
    again = fit_regression(spec, fit.data.sample(frac=1, random_state=1))
    assert result_digest(again) == result_digest(fit)
    assert len(fit.data) == len(table)
    free = fit_regression(model_of(estimator, calibrated=(), **changes), table)
    np.testing.assert_allclose(fit.estimates["estimate"], free.estimates["estimate"], rtol=1e-12)
    assert not np.allclose(fit.estimates["std_error"], free.estimates["std_error"], rtol=1e-3)


def test_weights_cut_at_a_limit_are_a_calibration_still(reference):
    table = analysed(reference, limit=times_mean(1.9))
    plain = fit_regression(model_of(), analysed(reference)).estimates["std_error"].iloc[0]
    cut = fit_regression(model_of(), table).estimates["std_error"].iloc[0]
    assert cut == pytest.approx(plain, rel=0.05)


@pytest.mark.parametrize("calibrated", [("kind",), ("school_wide",), ("organisation_id",)])
def test_other_margins_than_the_weights_have_are_refused(reference, calibrated):
    with pytest.raises(ModelDataError, match=r"no product of 'nonresponse_weight' .* name under design\.calibrated"):
        fit_regression(model_of(calibrated=calibrated), analysed(reference))


def test_a_margin_that_is_not_there_is_named(reference):
    with pytest.raises(ModelDataError, match="no column sector"):
        fit_regression(model_of(calibrated=("kind", "sector")), analysed(reference))


def test_crossed_margins_and_missing_categories_are_as_in_weighting(reference):
    table = analysed(reference)
    told = fit_regression(model_of(calibrated=("kind x school_wide",)), table).estimates["std_error"].iloc[0]
    assert told < fit_regression(model_of(), table).estimates["std_error"].iloc[0] * 1.05
    unknown = table.assign(kind=table["kind"].mask(table["kind"] == "H"))
    assert fit_regression(model_of(), unknown).n_obs == len(table)


REFUSED = {
    "replicates": (
        {"covariance": "unit_jackknife"},
        "not go together with covariance: unit_jackknife: replicates are not calibrated",
    ),
    "weights of nonresponse": (
        {"weights": "nonresponse_weight"},
        "calibrated_weight or analysis_weight; found nonresp",
    ),
    "no weights": ({"weights": None}, "found none"),
    "a number twice": ({"design": {"calibrated_totals": ("enroll", "enroll")}}, "names a number twice"),
    "twice": ({"calibrated": ("kind", "kind")}, "names a margin twice"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_go_together_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**changes)
