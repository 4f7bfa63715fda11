"""Path models in the model language: numbers of the estimators they stand for, what is refused, the same bits."""

import json

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from instruments.spec_file import canonical_json
from models.estimates import result_digest
from models.paths.found import term_of_interest
from models.paths.mediated import Inference, Responses, fit_mediation
from models.paths.mediation import Mediation
from models.paths.panel_fit import PanelAnswers, fit_panel
from models.paths.panel_layout import Panel
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec
from tests.models.paths.panel_of_staff import staff

WAVES = ("w1", "w2", "w3")
PERSONS = {"panel": {"unit": "respondent"}}


def spec_of(**said: object) -> RegressionSpec:
    given = {
        "name": "strain",
        "kind": "regression",
        "title": {"en": "Strain"},
        "estimand": "Indirect difference",
        "estimator": "mediation",
        "outcome": "strain",
        "focal": "demands",
        "regressors": ["demands", "conflict", "age"],
        "paths": {"mediators": ["conflict"], "interval": "delta"},
        "cluster": "organisation_id",
    }
    return RegressionSpec.model_validate_json(json.dumps(given | said))


def persons_in_waves(seed: int = 3, n: int = 120) -> pd.DataFrame:
    """Return three answers of every person; demands differ between organisations, conflict follows demands."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), len(WAVES))
    place = np.tile(np.arange(len(WAVES)), n)
    organisation = person % 24
    fact = rng.normal(size=24)[organisation]
    demands = 0.6 * fact + rng.normal(size=24)[organisation] + rng.normal(size=n)[person] + rng.normal(size=len(person))
    conflict = 0.5 * demands + 0.5 * rng.normal(size=24)[organisation] + rng.normal(size=len(person))
    return pd.DataFrame(
        {
            "response_id": [f"r{number:04d}" for number in range(len(person))],
            "respondent_key": [f"p{number:03d}" for number in person],
            "organisation_id": [f"o{number:02d}" for number in organisation],
            "wave": np.array(WAVES)[place],
            "wave_number": place,
            "fact": fact,
            "demands": demands,
            "conflict": conflict,
            "strain": 0.4 * conflict + 0.1 * demands + rng.normal(size=len(person)),
            "age": rng.normal(size=len(person)),
            "programme": organisation % 2,
        }
    )


def centred(rows: pd.DataFrame) -> pd.DataFrame:
    means = rows.groupby(["organisation_id", "wave"])["demands"].transform("mean")
    return rows.assign(demands=rows["demands"] - means)


ROWS = persons_in_waves()
KINDS: dict[str, dict[str, object]] = {
    "mediation": {},
    "serial": {"paths": {"mediators": ["conflict", "age"], "form": "serial", "interval": "bca", "draws": 200}},
    "moderated": {"paths": {"mediators": ["conflict"], "moderator": "age", "moderated": ["first"], "draws": 500}},
    "lagged": {"paths": {"mediators": ["conflict"], "lagged": True}, **PERSONS},
    "levels": {
        "estimator": "mediation_across_levels",
        "focal": "fact",
        "regressors": ["fact", "demands", {"variable": "wave", "use": "category"}],
        "paths": {"mediators": ["demands"]},
    },
    "panel": {"estimator": "cross_lagged_panel", "regressors": ["demands"], "paths": None, **PERSONS},
    "growth": {
        "estimator": "latent_growth",
        "focal": "programme",
        "regressors": ["programme"],
        "paths": None,
        **PERSONS,
    },
    "two_outcomes": {
        "estimator": "two_outcomes",
        "regressors": ["demands", "age"],
        "paths": {"other_outcome": "conflict"},
    },
}
OF_INTEREST = {
    "mediation": "indirect: demands -> conflict -> strain",
    "serial": "indirect: demands -> strain",
    "moderated": "index: demands -> conflict -> strain",
    "lagged": "indirect: demands -> conflict -> strain",
    "levels": "indirect between: fact -> demands -> strain",
    "panel": "strain <- demands one wave before",
    "growth": "slope <- programme",
    "two_outcomes": "difference: demands",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_answers_what_is_asked_and_is_the_same_from_its_own_rows_in_any_order(kind: str) -> None:
    spec = spec_of(**KINDS[kind])
    fit = fit_regression(spec, ROWS, seed=11)
    assert RegressionSpec.model_validate_json(canonical_json(spec)) == spec
    assert (fit.estimates["term"] == OF_INTEREST[kind]).sum() == 1
    assert term_of_interest(spec) == OF_INTEREST[kind]
    assert fit.estimates["term"].is_unique
    assert (fit.estimates["std_error"] > 0).all()
    assert (fit.estimates["conf_low"] < fit.estimates["conf_high"]).all()
    assert fit.n_clusters == 24
    again = fit_regression(spec, fit.data.sample(frac=1, random_state=2), seed=11)
    assert result_digest(again) == result_digest(fit)
    pd.testing.assert_frame_equal(again.readings, fit.readings)


def test_a_mediation_is_that_of_its_equations() -> None:
    own = fit_regression(spec_of(), ROWS).estimates.set_index("term")
    stated = Mediation("demands", ("conflict",), "strain", covariates=("age",))
    there = fit_mediation(
        stated,
        Responses(ROWS, ROWS["organisation_id"]),
        np.random.default_rng(0),
        inference=Inference(n_resamples=0, n_draws=0),
    )
    effects = there.effects.set_index("kind")
    for kind, term in (("indirect", "demands -> conflict -> strain"), ("total", "demands -> strain")):
        for column in ("estimate", "std_error", "p_value"):
            assert own.loc[f"{kind}: {term}", column] == effects.loc[kind, column]
    paths = there.paths.set_index(["equation", "term"])
    assert own.loc["conflict <- demands", "std_error"] == paths.loc[("conflict", "demands"), "std_error"]
    assert own.loc["strain <- conflict", "df"] == paths.loc[("strain", "conflict"), "df"]


def test_the_equation_of_the_outcome_is_the_regression() -> None:
    own = fit_regression(spec_of(), ROWS)
    linear = fit_regression(spec_of(estimator="linear", paths=None), ROWS)
    paths = own.estimates.set_index("term")
    expected = linear.estimates.set_index("term")
    for term in ("intercept", "demands", "conflict", "age"):
        columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
        np.testing.assert_allclose(paths.loc[f"strain <- {term}", columns], expected.loc[term, columns], rtol=1e-9)
    assert own.r_squared == pytest.approx(linear.r_squared, abs=1e-12)
    total = fit_regression(spec_of(estimator="linear", paths=None, regressors=["demands", "age"]), ROWS)
    (slope,) = total.estimates.loc[total.estimates["term"] == "demands", "estimate"]
    assert paths.loc["total: demands -> strain", "estimate"] == pytest.approx(slope, abs=1e-12)


def test_steps_of_a_lagged_mediation_are_of_one_wave_after_another() -> None:
    fit = fit_regression(spec_of(**KINDS["lagged"]), ROWS)
    by_wave = {wave: own.set_index("respondent_key") for wave, own in ROWS.groupby("wave")}
    data = by_wave["w1"].assign(conflict=by_wave["w2"]["conflict"], strain=by_wave["w3"]["strain"]).reset_index()
    same = fit_regression(spec_of(), data).estimates.set_index("term")
    own = fit.estimates.set_index("term")
    assert fit.n_obs == 120
    np.testing.assert_allclose(own["estimate"], same.loc[own.index, "estimate"], rtol=1e-9, atol=1e-12)
    serial = {"mediators": ["conflict", "age"], "form": "serial", "lagged": True}
    with pytest.raises(ModelDataError, match="none answered in 4 waves one after another"):
        fit_regression(spec_of(paths=serial, **PERSONS), ROWS)


def test_a_panel_keeps_who_misses_a_wave_and_is_that_of_its_engine() -> None:
    wide = staff(np.random.default_rng(5), 40, 8)
    person, organisation = wide.index.map("p{:04d}".format), wide["organisation"].map("o{}".format)
    keys = {"respondent_key": person, "organisation_id": organisation}
    parts = [
        pd.DataFrame(
            {**keys, "wave": f"w{at}", "wave_number": at, "demands": wide[f"cl{at}"], "strain": wide[f"cpe{at}"]}
        )
        for at in (1, 2, 3)
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(response_id=[f"r{place:05d}" for place in range(len(rows))])
    fit = fit_regression(spec_of(**KINDS["panel"]), rows)
    series = {"strain": ("cpe1", "cpe2", "cpe3"), "demands": ("cl1", "cl2", "cl3")}
    answers = PanelAnswers(wide, "mlr", clusters=wide["organisation"])
    there = fit_panel(Panel(series, steady=frozenset({"lags"})), answers).lags
    lag = there[(there["outcome"] == "strain") & (there["cause"] == "demands")].iloc[0]
    own = fit.estimates.set_index("term").loc["strain <- demands one wave before"]
    assert (own["estimate"], own["std_error"]) == pytest.approx((lag["estimate"], lag["std_error"]), rel=1e-4)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_units"] == len(wide) == fit.n_obs
    assert told["share_in_all_waves"] == pytest.approx(wide.notna().all(axis=1).mean())
    assert list(fit.joint_tests["regressor"]) == [
        "steady lags", "steady innovations", "steady means", "no lasting levels",
    ]  # fmt: skip


def test_growth_says_what_people_gain_a_wave() -> None:
    steps = ROWS.assign(strain=ROWS["strain"] + ROWS["wave_number"] * (0.5 + 0.8 * ROWS["programme"]))
    before, after = (
        fit_regression(spec_of(**KINDS["growth"]), rows).estimates.set_index("term") for rows in (ROWS, steps)
    )
    moved = after["estimate"] - before["estimate"]
    assert moved["slope <- programme"] == pytest.approx(0.8, abs=1e-5)
    assert moved["slope <- intercept"] == pytest.approx(0.5, abs=1e-5)
    assert moved["level <- programme"] == pytest.approx(0, abs=1e-5)


def test_organisations_in_several_waves_are_no_more_organisations() -> None:
    twice = pd.concat([ROWS.assign(wave=wave, wave_number=place) for place, wave in enumerate(("w1", "w2"))])
    twice = twice.assign(response_id=[f"r{place:05d}" for place in range(len(twice))])
    spec = spec_of(**KINDS["levels"] | {"regressors": ["fact", "demands"]})
    once = fit_regression(spec, ROWS.assign(wave="w1"))
    again = fit_regression(spec, twice)
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(again.estimates[column], once.estimates[column], rtol=1e-5)


REFUSED = [
    ({"paths": {"mediators": []}}, "needs a key paths with mediators"),
    ({"paths": {"mediators": ["workload"]}}, "'workload' under paths is no regressor"),
    ({"paths": {"mediators": ["demands"]}}, "one stands twice"),
    ({"paths": {"mediators": ["conflict"], "moderator": "age"}}, "moderator and moderated go together"),
    ({"paths": {"mediators": ["conflict"], "degree": 2}}, "paths.degree is for estimator latent_growth"),
    ({"paths": {"mediators": ["conflict"], "lagged": True}}, "needs a key panel"),
    ({"estimator": "linear"}, "paths are for estimator mediation"),
    ({"regressors": ["demands", "conflict", {"interaction": ["demands", "conflict"]}]}, "under paths.moderator"),
    ({**KINDS["panel"], "missing": "multiple_imputation"}, "write missing: listwise"),
    ({"covariance": "CR1"}, "mediation has no covariance CR1"),
    ({**KINDS["panel"], "regressors": ["demands", "age"]}, "lasting levels stand for what does not change"),
    ({**KINDS["panel"], "panel": None}, "needs a key panel"),
    ({**KINDS["growth"], "weights": "analysis_weight"}, "weights are not for latent_growth"),
    ({**KINDS["levels"], "cluster": None}, "write level: response and a cluster"),
    ({**KINDS["levels"], "paths": {"mediators": ["demands"], "interval": "bca"}}, "monte_carlo or delta"),
    ({**KINDS["two_outcomes"], "paths": None}, "needs a key paths with the other one"),
    ({"panel": {"unit": "respondent"}}, "panel is for paths over waves"),
]


@pytest.mark.parametrize(("said", "told"), REFUSED)
def test_what_does_not_go_together_is_refused_in_words(said: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        spec_of(**said)


WITHOUT = [
    ("panel", ROWS[ROWS["wave"] != "w3"], "expected at least 3"),
    ("growth", ROWS[ROWS["wave"] != "w3"], "2 waves for growth of degree 1"),
    ("levels", centred(ROWS), "organisations do not differ in demands: all have the same mean"),
    ("panel", ROWS.assign(organisation_id=ROWS["response_id"]), "expected units that lie within one"),
    ("panel", pd.concat([ROWS, ROWS.assign(response_id=ROWS["response_id"] + "b")]), "in a wave that has one already"),
    ("two_outcomes", ROWS.rename(columns={"conflict": "other"}), "no column conflict"),
]


@pytest.mark.parametrize(("kind", "rows", "told"), WITHOUT)
def test_what_data_cannot_carry_is_refused_in_words(kind: str, rows: pd.DataFrame, told: str) -> None:
    with pytest.raises(ModelDataError, match=told):
        fit_regression(spec_of(**KINDS[kind]), rows)


def test_a_variant_may_be_another_estimator() -> None:
    variants = [
        {"name": "latent", "estimator": "mediation_across_levels"},
        {"name": "plain", "estimator": "linear"},
        {"name": "waves", "panel": {"unit": "respondent"}, "paths": {"mediators": ["conflict"], "lagged": True}},
    ]
    spec = spec_of(variants=variants)
    found = {name: fit_regression(spec, ROWS, variant=name).estimator for name in ("main", "latent", "plain", "waves")}
    assert found == {"main": "mediation", "latent": "mediation_across_levels", "plain": "OLS", "waves": "mediation"}


def test_paths_across_levels_are_of_clusters_whatever_their_covariance() -> None:
    specs = {name: spec_of(**KINDS["levels"], covariance=name) for name in ("classical", "CR1")}
    fits = {name: fit_regression(spec, ROWS, seed=11) for name, spec in specs.items()}
    assert {name: fit.covariance for name, fit in fits.items()} == {"classical": "classical", "CR1": "CR1"}
    plain, robust = (fits[name].estimates.set_index("term") for name in ("classical", "CR1"))
    assert plain["estimate"].tolist() == robust["estimate"].tolist()
    assert (plain["std_error"] != robust["std_error"]).all()
    with pytest.raises(ValidationError, match="mediation_across_levels has no covariance HC0"):
        spec_of(**KINDS["levels"], covariance="HC0")


def test_paths_across_levels_need_members_and_a_panel_two_variables_that_change() -> None:
    alone = spec_of(**{**KINDS["levels"], "cluster": "respondent_key"})
    with pytest.raises(
        ModelDataError, match=r"groups of 'respondent_key' and wave has one response, .* several members"
    ):
        fit_regression(alone, ROWS)
    lasting = spec_of(**{**KINDS["panel"], "focal": "programme", "regressors": ["programme"]})
    with pytest.raises(ModelDataError, match="'programme' is the same in all waves of everybody"):
        fit_regression(lasting, ROWS)
