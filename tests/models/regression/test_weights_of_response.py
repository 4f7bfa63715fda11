"""Weights for people who kept silent: the estimates and errors of all equations at once, made by hand."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import root

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.population import Population

ANSWERED = {"method": "response_weights", "explained_by": ("trust", "workload")}
STAYED = {"method": "response_weights", "of": "staying", "explained_by": ("trust", "workload")}


def silent_responses(n=400, seed=3):
    """Return invented responses of 40 organisations; the more trust, the more keep silent about strain."""
    random = np.random.default_rng(seed)
    data = invented_analysis(n, seed).assign(organisation_id=[f"org{number % 40:02d}" for number in range(n)])
    keeps = random.random(n) < 1 / (1 + np.exp(-(data["trust"].astype(float) - 3.5)))
    return data.assign(strain=data["strain"].where(~keeps))


def followed(n=300, seed=5):
    """Return three waves of n people in 30 organisations; the more trust at a wave, the more are gone at the next."""
    random = np.random.default_rng(seed)
    parts, is_there = [], np.ones(n, dtype=bool)
    for place in range(3):
        wave = invented_analysis(n, seed + place).assign(
            wave=f"w{place + 1}",
            wave_number=place,
            respondent_key=[f"p{number:03d}" for number in range(n)],
            organisation_id=[f"org{number % 30:02d}" for number in range(n)],
            response_id=[f"w{place + 1}/{number:03d}" for number in range(n)],
        )
        parts.append(wave[is_there])
        is_there &= random.random(n) < 1 / (1 + np.exp(wave["trust"].astype(float) - 4.5))
    return pd.concat(parts, ignore_index=True)


def columns(rows, *names):
    return np.column_stack([np.ones(len(rows)), *(rows[name].to_numpy(dtype=float) for name in names)])


def chance(matrix, point):
    return 1 / (1 + np.exp(-(matrix @ point)))


def sandwich(equations, start, n_wanted):
    """Solve equations summed over units and return the solution and its covariance; slopes by the complex step."""
    solved = root(lambda point: equations(point).sum(axis=0), start, tol=1e-13)
    point, slope = solved.x, np.empty((len(start), len(start)))
    for place in range(len(point)):
        moved = point.astype(complex)
        moved[place] += 1e-30j
        slope[:, place] = equations(moved).sum(axis=0).imag / 1e-30
    inverse, rows = np.linalg.inv(slope), equations(point)
    covariance = inverse @ (rows.T @ rows) @ inverse.T
    return point[-n_wanted:], covariance[-n_wanted:, -n_wanted:]


def assert_is(fit, coefficients, covariance, df):
    found = fit.estimates
    np.testing.assert_allclose(found["estimate"], coefficients, rtol=1e-9)
    np.testing.assert_allclose(found["std_error"], np.sqrt(np.diag(covariance)), rtol=1e-8)
    assert found["df"].tolist() == [df] * len(found)


def answered_by_hand(data, clusters=None):
    """Return what stacked equations of answering and strain by trust give, summed over clusters."""
    z, x = columns(data, "trust", "workload"), columns(data, "trust")
    is_known = data["strain"].notna().to_numpy()
    y = np.where(is_known, data["strain"].to_numpy(dtype=float, na_value=0.0), 0.0)

    def equations(point):
        p = chance(z, point[:3])
        parts = [z * (is_known - p)[:, None], x * (is_known / p * (y - x @ point[3:]))[:, None]]
        rows = np.column_stack(parts)
        return rows if clusters is None else np.array([rows[clusters == each].sum(axis=0) for each in set(clusters)])

    return sandwich(equations, np.zeros(5), 2)


def test_answers_are_weighted_as_by_hand():
    data = silent_responses()
    fit = fit_regression(model_of("trust", missing=ANSWERED), data)
    coefficients, covariance = answered_by_hand(data)
    n = int(data["strain"].notna().sum())
    assert_is(fit, coefficients, covariance * n / (n - 2), n - 2)
    assert (fit.covariance, fit.n_obs, fit.estimator) == ("stacked", n, "WLS")
    plain = fit_regression(model_of("trust"), data)
    assert not np.allclose(plain.estimates["estimate"], fit.estimates["estimate"], rtol=1e-3)


def test_clusters_are_of_those_who_answered_and_those_who_did_not():
    data = silent_responses()
    fit = fit_regression(model_of("trust", missing=ANSWERED, cluster="organisation_id"), data)
    coefficients, covariance = answered_by_hand(data, data["organisation_id"].to_numpy())
    n = int(data["strain"].notna().sum())
    assert_is(fit, coefficients, covariance * (40 / 39) * (n - 1) / (n - 2), 39)
    assert fit.n_clusters == 40


MEANS = {"logit": lambda eta: 1 / (1 + np.exp(-eta)), "poisson": np.exp}


@pytest.mark.parametrize("estimator", MEANS)
@pytest.mark.parametrize("cluster", [None, "organisation_id"])
def test_outcomes_of_two_values_and_counts_are_weighted_as_by_hand(estimator, cluster):
    data = silent_responses()
    counts = (data["strain"] + 3).clip(0, 6).round()
    outcome = counts if estimator == "poisson" else (data["strain"] > 1).astype("Float64").where(counts.notna())
    data = data.assign(happened=outcome.astype("Int64"))
    asked = {"outcome": "happened", "estimator": estimator, "missing": ANSWERED}
    fit = fit_regression(model_of("trust", **asked, **({} if cluster is None else {"cluster": cluster})), data)
    z, x = columns(data, "trust", "workload"), columns(data, "trust")
    is_known = data["happened"].notna().to_numpy()
    y, groups = data["happened"].to_numpy(dtype=float, na_value=0.0), data["organisation_id"].to_numpy()

    def equations(point):
        p = chance(z, point[:3])
        parts = [z * (is_known - p)[:, None], x * (is_known / p * (y - MEANS[estimator](x @ point[3:])))[:, None]]
        rows = np.column_stack(parts)
        return rows if cluster is None else np.array([rows[groups == each].sum(axis=0) for each in set(groups)])

    coefficients, covariance = sandwich(equations, np.zeros(5), 2)
    n = int(is_known.sum())
    factor = n / (n - 2) if cluster is None else (40 / 39) * (n - 1) / (n - 2)
    np.testing.assert_allclose(fit.estimates["estimate"], coefficients, rtol=1e-8)
    np.testing.assert_allclose(fit.estimates["std_error"], np.sqrt(np.diag(covariance * factor)), rtol=1e-7)
    assert fit.estimates["df"].isna().all()
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_silent"] == (~is_known).sum()


def stayers_by_hand(data, in_fit):
    """Return what stacked equations of staying twice and strain by trust over rows give, summed over people."""
    waves = [data[data["wave"] == f"w{place}"].set_index("respondent_key") for place in (1, 2, 3)]
    people = waves[0].index
    was = [people.isin(each.index) for each in waves]
    z = [columns(each.reindex(people).fillna({"trust": 0, "workload": 0}), "trust", "workload") for each in waves]
    x = [columns(each.reindex(people).fillna({"trust": 0}), "trust") for each in waves]
    y = [each["strain"].reindex(people).fillna(0).to_numpy(dtype=float) for each in waves]

    def equations(point):
        second, third, b = chance(z[0], point[:3]), chance(z[1], point[3:6]), point[6:]
        weights = [was[0] / np.ones_like(second), was[1] / second, was[2] / (second * third)]
        parts = [z[0] * (was[1] - second)[:, None], z[1] * (was[1] * (was[2] - third))[:, None]]
        scores = [x[place] * (weights[place] * (y[place] - x[place] @ b))[:, None] for place in in_fit]
        own = np.sum(scores, axis=0)
        return np.column_stack([*parts, own])

    return sandwich(equations, np.zeros(8), 2), sum(int(was[place].sum()) for place in in_fit), was


@pytest.mark.parametrize(
    ("waves", "since", "in_fit"), [((), None, (0, 1, 2)), (("w3",), "w1", (2,))], ids=["all waves", "the last"]
)
def test_those_who_stayed_are_weighted_as_by_hand(waves, since, in_fit):
    data = followed()
    asked = {**STAYED, **({} if since is None else {"since": since})}
    fit = fit_regression(model_of("trust", missing=asked, population=Population(waves=waves)), data)
    (coefficients, covariance), n, was = stayers_by_hand(data, in_fit)
    n_people = int(was[in_fit[0]].sum())
    assert_is(fit, coefficients, covariance * n_people / (n_people - 1) * (n - 1) / (n - 2), n_people - 1)
    assert fit.n_obs == n


def test_a_wave_at_which_everyone_stayed_changes_no_weight():
    data = followed()
    data = data[data["wave"] != "w3"]
    more = data[data["wave"] == "w2"].assign(
        wave="w3", wave_number=2, response_id=lambda own: "w3/" + own["respondent_key"]
    )
    model = model_of("trust", missing={**STAYED, "since": "w1"}, population=Population(waves=("w2",)))
    later = model.model_copy(update={"population": Population(waves=("w3",))})
    first, second = fit_regression(model, data), fit_regression(later, pd.concat([data, more], ignore_index=True))
    pd.testing.assert_frame_equal(first.estimates, second.estimates, rtol=1e-12)


@pytest.mark.parametrize("asked", [ANSWERED, {**STAYED, "trim": 1.5}], ids=["answers", "waves"])
def test_the_rows_kept_give_the_same_bits_in_any_order(asked):
    data = followed() if asked["method"] == "response_weights" and "of" in asked else silent_responses()
    model = model_of("trust", missing=asked, cluster="organisation_id")
    fit = fit_regression(model, data)
    again = fit_regression(model, fit.data.sample(frac=1, random_state=1))
    assert result_digest(again) == result_digest(fit)
    own = {"share_of_responses_used"}
    first, second = (each.diagnostics[~each.diagnostics["diagnostic"].isin(own)] for each in (fit, again))
    pd.testing.assert_frame_equal(first, second)


def test_what_weights_are_like_is_told():
    data = silent_responses()
    told = fit_regression(model_of("trust", missing=ANSWERED), data).diagnostics.set_index("diagnostic")["value"]
    is_known = data["strain"].notna().to_numpy()
    z = columns(data, "trust", "workload")
    solved = root(lambda point: z.T @ (is_known - chance(z, point)), np.zeros(3), tol=1e-13).x
    p = chance(z, solved)
    weights = 1 / p[is_known]
    assert told["n_silent"] == (~is_known).sum()
    assert told["n_without_weight"] == 0
    assert told["least_weight"] == pytest.approx(weights.min(), rel=1e-9)
    assert told["largest_weight"] == pytest.approx(weights.max(), rel=1e-9)
    assert told["effective_n_of_weights"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), rel=1e-9)
    pairs = p[is_known][:, None] - p[~is_known]
    assert told["response_auc"] == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2)


def test_trimmed_weights_have_the_bound_and_the_sum():
    data = silent_responses()
    plain, trimmed = (
        fit_regression(model_of("trust", missing={**ANSWERED, **more}), data).diagnostics.set_index("diagnostic")[
            "value"
        ]
        for more in ({}, {"trim": 1.0})
    )
    assert trimmed["n_trimmed"] > 0 == plain["n_trimmed"]
    assert trimmed["largest_weight"] < plain["largest_weight"]
    assert trimmed["effective_n_of_weights"] > plain["effective_n_of_weights"]


def test_weights_of_the_sample_multiply():
    data = silent_responses().assign(analysis_weight=2.0)
    asked = {"missing": ANSWERED, "cluster": "organisation_id"}
    doubled = fit_regression(model_of("trust", weights="analysis_weight", **asked), data)
    pd.testing.assert_frame_equal(doubled.estimates, fit_regression(model_of("trust", **asked), data).estimates)


def test_silence_of_what_is_known_is_mended():
    random = np.random.default_rng(1)
    data = invented_analysis(8000)
    truth = fit_regression(model_of("education"), data).estimates["estimate"]
    silent = data["strain"].where(random.random(8000) < chance(columns(data, "trust"), np.array([4.0, -1.3])))
    gaps = data.assign(strain=silent)
    weighted = fit_regression(model_of("education", missing={**ANSWERED, "explained_by": ("trust",)}), gaps).estimates
    listwise = fit_regression(model_of("education"), gaps).estimates
    assert abs(weighted["estimate"][0] - truth[0]) < 2 * weighted["std_error"][0]
    assert abs(listwise["estimate"][0] - truth[0]) > 2.5 * listwise["std_error"][0]


@settings(max_examples=15, deadline=None)
@given(st.floats(-5, 5).filter(lambda by: abs(by) > 0.1), st.floats(-10, 10))
def test_units_of_what_explains_answering_do_not_matter(scale, shift):
    data = silent_responses(200)
    moved = data.assign(other=data["workload"] * scale + shift)
    one = fit_regression(model_of("trust", missing=ANSWERED), data)
    other = fit_regression(model_of("trust", missing={**ANSWERED, "explained_by": ("trust", "other")}), moved)
    np.testing.assert_allclose(other.estimates["std_error"], one.estimates["std_error"], rtol=1e-6)


def test_people_who_came_later_or_back_have_no_weight_and_are_counted():
    data = followed()
    gone = data["respondent_key"].eq("p000") & data["wave"].eq("w1")
    came = data.loc[data["wave"] == "w2"].head(1)["respondent_key"].item()
    late = data[~(gone | (data["respondent_key"].eq(came) & data["wave"].eq("w1")))]
    fit = fit_regression(model_of("trust", missing=STAYED), late)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_without_weight"] == late["respondent_key"].isin([came, "p000"]).sum() > 0


def test_what_cannot_be_weighted_is_refused():
    data, model = followed(), model_of("trust", missing=STAYED)
    first = data[data["wave"] == "w1"]
    with pytest.raises(ModelDataError, match="of 1 wave; weights of staying ask for two or more"):
        fit_regression(model, first)
    every = [first.assign(wave=f"w{k}", wave_number=k, response_id=f"w{k}/" + first["respondent_key"]) for k in (1, 2)]
    with pytest.raises(ModelDataError, match="nobody of 300 respondents was lost over 2 waves"):
        fit_regression(model, pd.concat(every, ignore_index=True))
    with pytest.raises(ModelDataError, match="people who answered the wave already"):
        fit_regression(model, pd.concat([data, first.assign(response_id=first["response_id"] + "b")]))
    with pytest.raises(ModelDataError, match="is of wave w9"):
        fit_regression(model_of("trust", missing={**STAYED, "since": "w9"}), data)
    with pytest.raises(ModelDataError, match="all of 60 responses that could answer the outcome did"):
        fit_regression(model_of("trust", missing=ANSWERED), invented_analysis())
    told = invented_analysis(200)
    told["strain"] = told["strain"].where(told["trust"] > 3)
    with pytest.raises(ModelDataError, match=r"the model of who answered the outcome.*foretold by 'trust'"):
        fit_regression(model_of("workload", missing=ANSWERED), told)


@pytest.mark.parametrize(("data", "said"), [(silent_responses(), ANSWERED), (followed(), STAYED)])
def test_answering_that_nothing_known_explains_is_refused_with_what_is_missing(data, said):
    nothing = data.assign(workload=np.nan)
    with pytest.raises(
        ModelDataError, match=r"of \d+ responses, none has everything .* by variable: workload \d+; name"
    ):
        fit_regression(model_of("trust", missing=said), nothing)


REFUSED = [
    (
        {"estimator": "negative_binomial"},
        "gee_poisson with rows of responses; found negative_binomial of response; write",
    ),
    (
        {"estimator": "mixed", "random_effects": ({"groups": ("organisation_id",)},)},
        "found mixed of response; the likelihood of a group is an integral over its effect, in which a weight",
    ),
    (
        {"estimator": "gee_logit", "cluster": "organisation_id"},
        "ask for working_correlation: independence; found none named, which is exchangeable",
    ),
    (
        {"estimator": "gee_linear", "cluster": "organisation_id", "working_correlation": "ar1"},
        "found ar1: under another one what a row counts depends on which others of its cluster answered",
    ),
    (
        {
            "estimator": "gee_linear",
            "cluster": "organisation_id",
            "working_correlation": "independence",
            "covariance": "CR3",
        },
        "a covariance of their own",
    ),
    ({"estimator": "logit", "bootstrap_draws": 10}, "does not go together with bootstrap_draws"),
    ({"level": "organisation"}, "found linear of organisation"),
    ({"fixed_effects": "organisation_id"}, "does not go together with fixed_effects"),
    ({"covariance": "HC3"}, "a covariance of their own"),
    ({"cluster": ("organisation_id", "wave")}, "does not go together with two clusters"),
    ({"missing": {**ANSWERED, "explained_by": ("strain",)}}, "names the outcome 'strain'"),
    ({"missing": {**ANSWERED, "explained_by": ("trust", "trust")}}, "names a variable twice"),
    ({"missing": {**ANSWERED, "since": "w1"}}, "since is the first wave of those who stay"),
    ({"missing": STAYED, "population": Population(waves=("w2",))}, "ask for two waves or more; found the wave w2"),
    ({"missing": "listwise", "covariance": "stacked"}, "linear has no covariance stacked"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_a_model_that_cannot_be_weighted_is_refused_as_it_is_read(changes, message):
    with pytest.raises(ValidationError, match=message):
        model_of("trust", **{"missing": ANSWERED, **changes})
