"""``fit``, ``fits``, ``rerun`` and ``compare`` on a finished study."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.command_line import content_hashes, done, release_contents, sensemaking, table
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

SEVEN_POINTS = "regressors=[{surface: {self_report: teamwork, other_report: trust, scale: [1, 7]}}]"


def fit_ids(study: Path) -> dict[tuple[str, bool], str]:
    fits = done(sensemaking("fits", study, "--json")).document
    return {(fit["variant"], fit["is_declared"]): fit["fit_id"] for fit in fits}


def tamper(study: Path, statement: str, *values: object) -> None:
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        connection.execute(statement, list(values))


def test_fits_lists_every_declared_variant(study: Path):
    assert set(fit_ids(study)) == {("main", True), ("classical", True)}
    shown = done(sensemaking("fits", study)).stdout
    assert "exploratory" in shown
    assert all(name in shown for name in fit_ids(study).values())
    assert {"estimator", "OLS"} <= set(shown.replace("│", " ").replace("┃", " ").split())


def test_fit_with_a_changed_covariance_is_kept_beside_the_declared_one(study: Path):
    fitted = done(sensemaking("fit", study, "trust", "--set", "covariance=classical", "--json")).document
    assert fitted["fit"][0]["covariance"] == "classical"
    assert fitted["fit"][0]["label"] == "exploratory"
    assert fitted["fit"][0]["is_declared"] is False
    declared = table(study, "out.estimates")
    declared = declared[(declared["variant"] == "classical") & declared["is_declared"]].sort_values("position")
    assert [row["estimate"] for row in fitted["estimates"]] == declared["estimate"].tolist()
    assert [row["std_error"] for row in fitted["estimates"]] == declared["std_error"].tolist()
    assert {("main", True), ("classical", True), ("main", False)} == set(fit_ids(study))


def test_fit_with_fewer_regressors_equals_statsmodels(study: Path):
    settings = ("--set", "regressors=[teamwork]", "--set", "covariance=HC1")
    fitted = done(sensemaking("fit", study, "trust", *settings, "--json")).document
    rows = table(study, "core.analysis").sort_values("response_id")[["trust", "teamwork"]].dropna()
    expected = sm.OLS(rows["trust"].to_numpy(), sm.add_constant(rows["teamwork"].to_numpy())).fit(
        cov_type="HC1", use_t=True
    )
    np.testing.assert_allclose([row["estimate"] for row in fitted["estimates"]], expected.params, rtol=1e-10)
    np.testing.assert_allclose([row["std_error"] for row in fitted["estimates"]], expected.bse, rtol=1e-10)


def test_what_is_said_of_a_control_of_one_variant_keeps_no_fit_from_being_made_and_made_again(study: Path):
    model = study / "models" / "trust.yaml"
    written = model.read_text().replace("regressors: [teamwork, tenure]", "regressors: [teamwork]")
    variant = "  - {name: with_tenure, regressors: [teamwork, tenure]}"
    model.write_text(f"{written}{variant}\nbecause: {{tenure: Long service may shape both}}\n")
    done(sensemaking("run", study))
    done(sensemaking("fit", study, "trust"))
    for fit_id in fit_ids(study).values():
        assert done(sensemaking("rerun", study, fit_id, "--json")).document["verdict"] == "identical"


def test_fit_made_by_hand_changes_no_declared_result_and_is_not_released(study: Path):
    before, released = content_hashes(study), release_contents(study)
    done(sensemaking("fit", study, "trust", "--set", "regressors=[teamwork]"))
    after = content_hashes(study)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"out.fits", "out.estimates", "out.diagnostics", "out.readings", "out.joint_tests", "out.curves"}
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True
    done(sensemaking("release", study, "--sign-off", "Test"))
    again = release_contents(study)
    for name in ("out.fits", "out.estimates"):
        pd.testing.assert_frame_equal(again[name], released[name])


def test_a_fit_says_how_its_focal_regressor_is_to_be_read(study: Path):
    told = done(sensemaking("fit", study, "trust", "--set", "smallest_effect_of_interest=0.1"))
    assert "Readings" in told.stdout
    assert "robustness_value" in told.stdout
    document = done(sensemaking("fit", study, "trust", "--set", "smallest_effect_of_interest=0.1", "--json")).document
    readings = {each["reading"]: each for each in document["readings"] if each["term"] == "teamwork"}
    assert readings["equivalence"]["verdict"] in ("equivalent", "relevant", "undecided")
    kept = table(study, "out.readings")
    assert set(kept.loc[kept["fit_id"] == document["fit"][0]["fit_id"], "reading"]) == set(readings)


def test_a_fit_may_weigh_the_responses_with_the_weights_of_the_study(study: Path):
    plain, weighted = (
        done(sensemaking("fit", study, "trust", "--set", f"weights={weights}", "--json")).document
        for weights in ("null", "analysis_weight")
    )
    assert weighted["fit"][0]["estimator"] == "WLS"
    for first, second in zip(plain["estimates"], weighted["estimates"], strict=True):
        assert second["estimate"] == pytest.approx(first["estimate"], rel=1e-9)  # no weights declared: 1 each


def test_same_fit_again_is_not_kept_twice(study: Path):
    first = done(sensemaking("fit", study, "trust", "--set", "covariance=HC2", "--json")).document
    second = done(sensemaking("fit", study, "trust", "--set", "covariance=HC2", "--json")).document
    assert first["fit"][0]["fit_id"] == second["fit"][0]["fit_id"]
    assert len(fit_ids(study)) == 3
    assert not table(study, "out.estimates").duplicated(["fit_id", "term"]).any()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["covarianc=HC1"], ["unknown key", "covariance"]),
        (["covariance=HC7"], ["covariance", "HC1"]),
        (["covariance"], ["expected key=value"]),
        (["covariance=CR1S"], ["cluster"]),
        (["population={waves: [nope]}"], ["population.waves", "there is no wave 'nope'"]),
        (["outcome=happiness"], ["happiness"]),
        (["regressors=[teamwork, tenur]"], ["tenur", "tenure"]),
        (["regressors=[tenure]"], ["the focal regressor trust must stand among the regressors"]),
        (["regressors=[teamwork"], ["YAML"]),
        (['regressors=[teamwork, "np.exp(tenure)"]'], ["np.exp(tenure)"]),
        (["estimator=within"], ["needs a key panel"]),
        (["by_threshold=[teamwork]"], ["by_threshold is for ordered_logit"]),
        (["fixed_effects=organisation"], ["does not name groups of rows", "organisation_id"]),
        (["estimator=multinomial", "covariance=HC0"], ["'trust' is a scale; expected an item"]),
        (["outcome=tenure", SEVEN_POINTS], ["run over [1, 5], not over [1, 7]"]),
        (["covarianc=HC1", "covariance=HC7"], ["2 faults", "covarianc", "HC1"]),
    ],
)
def test_wrong_setting_is_told_and_nothing_is_fitted(study: Path, settings: list[str], told: list[str]):
    arguments = [part for setting in settings for part in ("--set", setting)]
    ended = sensemaking("fit", study, "trust", *arguments, "--json")
    assert ended.code == 2
    message = ended.document["error"]["message"]
    for words in told:
        assert words in message
    assert "Traceback" not in ended.stderr
    assert len(fit_ids(study)) == 2


def test_unknown_model_is_told_with_a_suggestion(study: Path):
    ended = sensemaking("fit", study, "trst", "--json")
    assert ended.code == 2
    assert "there is no model trst" in ended.document["error"]["message"]
    assert "trust" in ended.document["error"]["message"]


def test_rerun_of_a_declared_fit_is_identical(study: Path):
    for fit_id in fit_ids(study).values():
        document = done(sensemaking("rerun", study, fit_id, "--json")).document
        assert document["verdict"] == "identical"
        assert document["largest_difference"] == 0
        assert document["changed"] == []
    assert "identical" in done(sensemaking("rerun", study, fit_id)).stdout


def test_rerun_uses_the_rows_that_the_fit_used_also_after_the_tables_changed(study: Path):
    fit_id = fit_ids(study)["main", True]
    tamper(study, 'UPDATE core.analysis SET trust = 1, "TR_1" = 1')
    assert done(sensemaking("rerun", study, fit_id, "--json")).document["verdict"] == "identical"


@pytest.mark.parametrize(("change", "verdict"), [(1e-12, "equal"), (1e-3, "different")])
def test_rerun_tells_a_recorded_estimate_that_was_tampered_with(study: Path, change: float, verdict: str):
    fit_id = fit_ids(study)["main", True]
    statement = "UPDATE out.estimates SET estimate = estimate + ? WHERE fit_id = ? AND term = 'teamwork'"
    tamper(study, statement, change, fit_id)
    document = done(sensemaking("rerun", study, fit_id, "--json")).document
    assert document["verdict"] == verdict
    assert document["largest_difference"] == pytest.approx(change, rel=0.01)


def test_rerun_without_the_rows_that_were_used_is_a_fault_of_the_environment(study: Path):
    fit_id = fit_ids(study)["main", True]
    for path in (study / "warehouse" / "data").iterdir():
        path.unlink()
    ended = sensemaking("rerun", study, fit_id, "--json")
    assert ended.code == 3
    assert "are no longer in" in ended.document["error"]["message"]
    assert "Traceback" not in ended.stderr


def test_rerun_of_rows_that_were_tampered_with_says_that_the_data_changed(study: Path):
    fit_id = fit_ids(study)["main", True]
    fits = table(study, "out.fits").set_index("fit_id")
    path = study / "warehouse" / "data" / f"{fits.loc[fit_id, 'data_hash']}.parquet"
    rows = pd.read_parquet(path)
    path.unlink()
    rows.assign(trust=rows["trust"] + rows["teamwork"]).to_parquet(path, index=False)
    document = done(sensemaking("rerun", study, fit_id, "--json")).document
    assert document["verdict"] == "different"
    assert document["changed"] == ["data_hash"]


def test_unknown_fit_is_told_with_the_way_to_the_list(study: Path):
    ended = sensemaking("rerun", study, "trust-nonsense", "--json")
    assert ended.code == 2
    assert "list them with: sensemaking fits STUDY" in ended.document["error"]["message"]


def test_compare_puts_two_variants_side_by_side_and_says_what_differs(study: Path):
    ids = fit_ids(study)
    document = done(sensemaking("compare", study, ids["main", True], ids["classical", True], "--json")).document
    assert [term["term"] for term in document["terms"]] == ["intercept", "teamwork", "tenure"]
    for term in document["terms"]:
        assert term["estimate_first"] == term["estimate_second"]
        assert term["difference"] == 0
        assert term["std_error_first"] != term["std_error_second"]
    assert "spec_hash" in document["differing"]
    assert not {"data_hash", "code_hash", "env_hash"} & set(document["differing"])


def test_compare_of_different_terms_leaves_the_missing_side_empty(study: Path):
    fitted = done(sensemaking("fit", study, "trust", "--set", "regressors=[teamwork]", "--json")).document
    first, second = fit_ids(study)["main", True], fitted["fit"][0]["fit_id"]
    terms = done(sensemaking("compare", study, first, second, "--json")).document["terms"]
    tenure = next(term for term in terms if term["term"] == "tenure")
    assert tenure["estimate_second"] is None
    assert tenure["difference"] is None


def test_compare_forms_no_difference_of_coefficients_in_other_units_and_keeps_the_order_of_terms(study: Path):
    settings = ["--set", "estimator=poisson", "--set", "outcome=tenure", "--set", "regressors=[trust, teamwork]"]
    counts = done(sensemaking("fit", study, "trust", *settings, "--set", "bootstrap_draws=0", "--json")).document
    first, second = fit_ids(study)["main", True], counts["fit"][0]["fit_id"]
    document = done(sensemaking("compare", study, first, second, "--json")).document
    assert [term["term"] for term in document["terms"]] == ["intercept", "teamwork", "tenure", "trust"]
    assert all(term["difference"] is None for term in document["terms"])
    assert document["told"][0].endswith("in other units: OLS of trust, poisson of tenure")


def test_a_study_of_items_without_a_scale_is_fitted_too(tmp_path: Path):
    folder = build_small_study(tmp_path / "items", waves=("autumn",))
    instrument, model = folder / "instruments" / "teamwork.yaml", folder / "models" / "trust.yaml"
    instrument.write_text(instrument.read_text().partition("\nscales:\n")[0] + "\n")
    model.write_text(model.read_text().replace("teamwork", "TW_1").replace("trust\nf", "TR_1\nf"))
    bring_up_to_date(folder, {"out/fits/trust", "out/coding_agreement", "out/sampling"})
    (made,) = done(sensemaking("fit", folder, "trust", "--set", "covariance=HC1", "--json")).document["fit"]
    assert (made["outcome"], made["covariance"]) == ("TR_1", "HC1")
