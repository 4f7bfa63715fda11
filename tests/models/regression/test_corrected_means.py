"""Corrected organisation means in the model language: closed forms, limits, the jackknife, what is told, refusals."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.paths.organisation_slope import OrganisationModel, corrected_slopes
from models.regression.corrected.bases import bases_of
from models.regression.corrected.moments import Erring, Shared, Spread, corrected_moments, matchings
from models.regression.design import build_design
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from tests.models.regression.staff_of_organisations import corrected, mean, prepared, staff

ROWS = staff(np.random.default_rng(3), n_organisations=60)
STAFF = ROWS[ROWS["respondent_group"] == "FRL"].reset_index(drop=True)
WITHIN = {"variable": "climate", "use": "within_organisation"}
OF_STAFF = mean("climate", of="FRL")
AT_ORGANISATIONS = {"level": "organisation_and_wave"}
PRODUCT = {"interaction": (mean("climate"), mean("support"))}


def fitted(model, rows=ROWS):
    return fit_regression(model, prepared(rows, model))


def values(fit, column="estimate"):
    return fit.estimates.set_index("term")[column]


def diagnostics(fit):
    return fit.diagnostics.set_index("diagnostic")["value"]


def within(rows, *names):
    """Return the pooled covariance of answers within organisations."""
    own = rows[list(names)] - rows.groupby("organisation_id")[list(names)].transform("mean")
    return own.T @ own / (len(rows) - rows["organisation_id"].nunique())


def test_rows_of_organisations_give_the_slopes_of_organisations():
    made = fitted(corrected("climate", "support", "hosted", **AT_ORGANISATIONS))
    stated = OrganisationModel("strain", ("climate", "support", "hosted"), frozenset({"strain", "climate", "support"}))
    expected = corrected_slopes(stated, STAFF, STAFF["organisation_id"])
    found = made.estimates.iloc[1:].reset_index(drop=True)
    # There one mean's error is taken away from G of them, since means are centred
    assert list(found["estimate"]) == pytest.approx(list(expected.estimates["estimate"]), rel=0.02)
    assert list(found["std_error"]) == pytest.approx(list(expected.estimates["std_error"]), rel=0.03)
    assert list(found["df"]) == list(expected.estimates["df"])
    told = diagnostics(made)
    assert told["mean_reliability of climate"] == pytest.approx(expected.reliability["reliability"].iloc[1], abs=0.01)


def test_slopes_of_responses_solve_the_corrected_moments():
    made = fitted(corrected(mean("climate"), mean("support"), WITHIN, "safety"))
    n = STAFF.groupby("organisation_id")["strain"].transform("size").to_numpy()
    spread = within(STAFF, "climate", "support", "safety", "strain").to_numpy()
    names = ["climate_organisation_mean", "support_organisation_mean", "climate_within_organisation", "safety"]
    columns = np.column_stack([np.ones(len(STAFF)), STAFF[[*names, "strain"]]])
    moments, share = columns.T @ columns, (1 / n).sum()
    place = {"one": 1, "two": 2, "own": 3, "safety": 4, "strain": 5}
    shared = {
        ("one", "one"): spread[0, 0], ("one", "two"): spread[0, 1], ("two", "two"): spread[1, 1],
        ("one", "safety"): spread[0, 2], ("one", "strain"): spread[0, 3], ("two", "safety"): spread[1, 2],
        ("two", "strain"): spread[1, 3], ("own", "own"): -spread[0, 0], ("own", "safety"): -spread[0, 2],
        ("own", "strain"): -spread[0, 3],
    }  # fmt: skip
    for (first, second), each in shared.items():
        # Fuller's modification: two means err, 60 organisations
        kept = 1 - 6 / 59 if {first, second} & {"one", "two"} else 1
        for a, b in {(place[first], place[second]), (place[second], place[first])}:
            moments[a, b] -= kept * share * each
    expected = np.linalg.solve(moments[:-1, :-1], moments[:-1, -1])
    assert list(made.estimates["estimate"]) == pytest.approx(list(expected), rel=1e-9)


def test_means_of_another_group_err_by_their_own_answers():
    model = corrected(OF_STAFF, "hosted", groups=("CIT",), outcome="influence", corrected=("climate",))
    made = fitted(model)
    citizens = prepared(ROWS, model).query("respondent_group == 'CIT'")
    n = citizens["organisation_id"].map(STAFF.groupby("organisation_id").size()).to_numpy()
    columns = np.column_stack(
        [np.ones(len(citizens)), citizens[["climate_organisation_mean_of_FRL", "hosted", "influence"]]]
    ).astype(float)
    moments = columns.T @ columns
    moments[1, 1] -= (1 - 4 / 59) * within(STAFF, "climate").iloc[0, 0] * (1 / n).sum()
    assert list(made.estimates["estimate"]) == pytest.approx(list(np.linalg.solve(moments[:-1, :-1], moments[:-1, -1])))


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        corrected(mean("climate"), WITHIN, "safety"),
        corrected("climate", "hosted", **AT_ORGANISATIONS),
        corrected(mean("climate"), mean("support"), PRODUCT),
        corrected(OF_STAFF, groups=("CIT",), outcome="influence", corrected=("climate",)),
    ],
    ids=["responses", "organisations", "product", "of another group"],
)
def test_errors_are_those_of_the_jackknife_over_organisations(model):
    rows = staff(np.random.default_rng(4), n_organisations=25, n_staff=40)
    names = rows["organisation_id"].unique()
    whole = fitted(model, rows)
    without = [values(fitted(model, rows[rows["organisation_id"] != name].reset_index(drop=True))) for name in names]
    again = np.array(without)
    expected = np.sqrt(24 / 25 * ((again - again.mean(axis=0)) ** 2).sum(axis=0))
    assert list(whole.estimates["std_error"]) == pytest.approx(list(expected), rel=1e-6)


def test_staff_who_agree_give_the_plain_regression():
    level = STAFF.groupby("organisation_id")[["climate", "support"]].transform("mean")
    rows = STAFF.assign(climate=level["climate"], support=level["support"])
    made = fitted(corrected(mean("climate"), mean("support")), rows)
    plain = fitted(corrected(mean("climate"), mean("support"), corrected=()), rows)
    assert list(values(made)) == pytest.approx(list(values(plain)), rel=1e-9)
    assert diagnostics(made)["mean_reliability of climate_organisation_mean"] == pytest.approx(1.0)


def test_the_plain_slope_stands_beside_the_corrected_one():
    made = fitted(corrected(mean("climate"), mean("support"), PRODUCT, "safety"))
    plain = values(fitted(corrected(mean("climate"), mean("support"), PRODUCT, "safety", corrected=())))
    told = made.readings.set_index("term")
    terms = ["climate_organisation_mean", "support_organisation_mean"]
    assert list(told.index) == [*terms, " x ".join(terms)]
    assert set(told["reading"]) == {"plain_mean"}
    assert list(told["value"]) == pytest.approx(list(plain[told.index]))
    assert (made.estimator, made.covariance) == ("corrected_means", "jackknife")
    assert diagnostics(made)["answers_behind of climate_organisation_mean"] == pytest.approx(
        60 / (1 / STAFF.groupby("organisation_id").size()).sum()
    )


def test_a_fit_is_made_again_from_its_rows_whatever_their_order():
    model = corrected(mean("climate"), mean("support"), WITHIN, "safety")
    rows = prepared(ROWS, model)
    made = fit_regression(model, rows)
    for again in (made.data, rows.sample(frac=1, random_state=1)):
        pd.testing.assert_frame_equal(fit_regression(model, again).estimates, made.estimates, check_exact=True)


def test_a_variant_with_another_estimator_has_plain_means():
    variants = ({"name": "plain_mean", "corrected": ()},
                {"name": "mixed", "estimator": "mixed",
                 "random_effects": ({"groups": "organisation_id"},)})  # fmt: skip
    model = corrected(mean("climate"), mean("support"), variants=variants)
    assert model.covariance_used() == "jackknife"
    assert [model.with_variant(name).corrected for name in ("plain_mean", "mixed")] == [(), ()]
    assert model.with_variant("plain_mean").covariance_used() == "CR2"


def test_columns_are_products_of_their_bases():
    curve = {"variable": "support", "use": "organisation_mean", "centre": "grand_mean", "polynomial": 2}
    model = corrected(mean("climate"), curve, {"variable": "hosted", "use": "category"}, "safety",
                      {"interaction": (mean("climate"), "safety")})  # fmt: skip
    design = build_design(model, prepared(ROWS, model), {})
    taken = bases_of(model, design, {})
    assert list(taken.terms) == list(design.matrix)
    for term, places in taken.terms.items():
        np.testing.assert_allclose(taken.matrix[:, list(places)].prod(axis=1), design.matrix[term], atol=1e-12)


def test_all_ways_to_join_pairs_are_counted():
    assert [len(matchings(n)) for n in range(6)] == [1, 1, 2, 4, 10, 26]  # involutions


def test_products_of_means_keep_their_expectation():
    """exp(-V d d / 2) of products of normal errors, by brute force over draws."""
    rng = np.random.default_rng(5)
    n, true = 400_000, np.array([0.7, -0.4])
    covariance = np.array([[0.3, 0.1], [0.1, 0.2]])
    bases = np.column_stack([true + rng.multivariate_normal([0, 0], covariance, n), np.ones(n)])
    one, clusters = np.ones(2) / 2, np.arange(n) % 2
    shared = {pair: Shared(place, np.full(n, 1.0)) for place, pair in enumerate([(0, 0), (0, 1), (1, 1)])}
    spreads = tuple(Spread(value * one, one) for value in (0.3, 0.1, 0.2))
    terms = ((0,), (0, 0), (0, 1), (1, 1), (2,))
    found = corrected_moments(Erring(bases, terms, shared, spreads, clusters, np.ones(n) / n)).corrected[0]
    x, y = true
    columns = np.array([x, x * x, x * y, y * y, 1.0])
    np.testing.assert_allclose(found, np.outer(columns, columns), atol=0.01)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"estimator": "logit"}, "corrected means are for estimator linear; found logit"),
        ({"cluster": None}, "need cluster: organisation_id"),
        ({"covariance": "CR2"}, "covariance jackknife"),
        ({"covariance": "jackknife", "corrected": ()}, "jackknife is for corrected means"),
        ({"fixed_effects": "wave"}, "without fixed_effects"),
        ({"missing": "multiple_imputation"}, "without fixed_effects, design and imputation"),
        ({"corrected": ("climate", "support", "morale")}, "'morale', which is no regressor"),
        ({"level": "organisation"}, "write level: organisation_and_wave"),
    ],
)
def test_what_does_not_go_together_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        corrected(mean("climate"), mean("support"), **given)


@pytest.mark.parametrize(
    ("regressor", "message"),
    [
        (mean("climate", standardise=True), "no spline, power above 2 or standardising"),
        (mean("climate", spline=3), "no spline"),
        (mean("climate", earlier_wave=True), "the same people answer in both waves"),
    ],
)
def test_forms_without_corrected_moments_are_refused(regressor, message):
    with pytest.raises(ValidationError, match=message):
        corrected(regressor, corrected=("climate",))


def noise(rows):
    rng = np.random.default_rng(1)
    return rows.assign(climate=rng.normal(size=len(rows)), climate_organisation_mean=0.0)


@pytest.mark.parametrize(
    ("model", "make", "message"),
    [
        (corrected("climate", **AT_ORGANISATIONS, corrected=("climate",)),
         lambda: noise(STAFF), r"'climate' (has a reliability of|differs between organisations no more)"),
        (corrected("climate", **AT_ORGANISATIONS, corrected=("climate",)),
         lambda: STAFF[STAFF["organisation_id"] < "o0012"], "12 organisations for means that are corrected"),
        (corrected("climate", **AT_ORGANISATIONS, corrected=("climate",)),
         lambda: STAFF.drop_duplicates("organisation_id"), "no organisation has two people who answered"),
        (corrected(OF_STAFF, corrected=("climate",)), lambda: ROWS, "'FRL', who may be|mean of FRL, who may be among"),
    ],
    ids=["noise", "few", "single", "own group"],
)  # fmt: skip
def test_what_cannot_be_corrected_is_refused_in_words(model, make, message):
    with pytest.raises(ModelDataError, match=message):
        fitted(model, make().reset_index(drop=True))
