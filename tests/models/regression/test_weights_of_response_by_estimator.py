"""Weights of response of every estimator that has them: all equations at once, by hand and by differences."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from scipy.optimize import root
from scipy.special import expit
from scipy.stats import norm

from models.estimates import result_digest
from models.missing_data.attrition import ResponseModel
from models.regression.categorical.score_covariance import clustered_covariance
from models.regression.fit import fit_regression
from models.regression.response_rows import Step, Weighted
from models.regression.stacked import stacked_of_scores

EXPLAINS = ("trust", "workload")
ANSWERED = {"method": "response_weights", "explained_by": EXPLAINS}
N = 500
CLUSTERS = 25
LEVELS = 4


@pytest.fixture(scope="module")
def silent():
    """Responses of 25 organisations with outcomes of every kind, of which those with trust keep silent more often."""
    random = np.random.default_rng(8)
    data = invented_analysis(N, 8).assign(organisation_id=[f"org{number % CLUSTERS:02d}" for number in range(N)])
    strain = data["strain"].astype(float)
    keeps = random.random(N) < expit(data["trust"].astype(float) - 3.5)
    steps = np.digitize(strain, np.quantile(strain, [0.2, 0.5, 0.8]))
    outcomes = {
        "level": steps,
        "kind": np.where(random.random(N) < 0.3, random.integers(0, 3, N), np.minimum(steps, 2)),
        "happened": (random.random(N) < expit(strain - strain.mean())).astype(int),
        "count": random.poisson(np.exp(0.2 * (strain - strain.mean()))),
    }
    outcomes = {name: data["strain"].astype("Float64") * 0 + values for name, values in outcomes.items()}
    data = data.assign(**{name: values.round().astype("Int64") for name, values in outcomes.items()})
    return data.assign(**{name: data[name].where(~keeps) for name in (*outcomes, "strain")})


def columns(rows, *names):
    return np.column_stack([np.ones(len(rows)), *(rows[name].to_numpy(dtype=float) for name in names)])


def ordered(of, slope_of):
    """Scores of thresholds and coefficients of P(Y <= j) = F(threshold_j - x'b)."""

    def scores(point, x, y):
        line = x[:, 1:] @ point[LEVELS - 1 :]
        ends = np.r_[-np.inf, point[: LEVELS - 1], np.inf]
        high, low = ends[y + 1] - line, ends[y] - line
        between = of(high) - of(low)
        above, below = slope_of(high) / between, slope_of(low) / between
        cuts = np.arange(LEVELS - 1)
        of_cuts = (y[:, None] == cuts) * above[:, None] - (y[:, None] == cuts + 1) * below[:, None]
        return np.column_stack([of_cuts, -x[:, 1:] * (above - below)[:, None]])

    return scores, np.r_[-1.0, 0.0, 1.0, 0.1]


def multinomial(point, x, y):
    k = x.shape[1]
    index = np.column_stack([np.zeros(len(x)), *(x @ point[at : at + k] for at in range(0, len(point), k))])
    chances = np.exp(index - index.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return np.column_stack([x * ((y == each) - chances[:, each])[:, None] for each in range(1, index.shape[1])])


def of_mean(mean):
    return lambda point, x, y: x * (y - mean(x @ point))[:, None]


LOGISTIC = ordered(expit, lambda at: expit(at) * expit(-at))
NORMAL = ordered(norm.cdf, norm.pdf)


def probit(point, x, y):
    """The score of a probit: (y - F) f / (F (1 - F)) x."""
    chance = norm.cdf(x @ point)
    return x * ((y - chance) * norm.pdf(x @ point) / (chance * (1 - chance)))[:, None]


EQUATIONS = {"working_correlation": "independence"}
KINDS = {
    "probit": ("happened", probit, np.zeros(2), {}),
    "ordered_logit": ("level", *LOGISTIC, {}),
    "ordered_probit": ("level", *NORMAL, {}),
    "multinomial": ("kind", multinomial, np.zeros(4), {}),
    "gee_linear": ("strain", of_mean(lambda index: index), np.zeros(2), EQUATIONS),
    "gee_logit": ("happened", of_mean(expit), np.zeros(2), EQUATIONS),
    "gee_poisson": ("count", of_mean(np.exp), np.zeros(2), EQUATIONS),
}


def by_hand(data, outcome, scores, start, clusters):
    """Solve the equations of answering and of the outcome; their slopes are differences of the sums of all of them."""
    z, x = columns(data, *EXPLAINS), columns(data, "trust")
    is_known = data[outcome].notna().to_numpy()
    y = data[outcome].to_numpy(dtype=float, na_value=0.0)
    y = y if outcome == "strain" else y.astype(int)

    def equations(point):
        p = expit(z @ point[:3])
        rows = np.column_stack([z * (is_known - p)[:, None], scores(point[3:], x, y) * (is_known / p)[:, None]])
        return (
            rows if clusters is None else np.array([rows[clusters == each].sum(axis=0) for each in np.unique(clusters)])
        )

    point = root(lambda each: equations(each).sum(axis=0), np.r_[np.zeros(3), start], tol=1e-13).x
    slope = np.empty((len(point), len(point)))
    for place in range(len(point)):
        step = np.zeros(len(point))
        step[place] = 1e-4 * max(abs(point[place]), 0.1)
        near, far = (
            equations(point + each).sum(axis=0) - equations(point - each).sum(axis=0) for each in (step, 2 * step)
        )
        slope[:, place] = (8 * near - far) / (12 * step[place])
    inverse, rows = np.linalg.inv(slope), equations(point)
    return point[3:], (inverse @ (rows.T @ rows) @ inverse.T)[3:, 3:], int(is_known.sum())


@pytest.mark.parametrize(
    ("estimator", "cluster"),
    [
        *((name, "organisation_id") for name in KINDS),
        *((name, None) for name, (*_, more) in KINDS.items() if not more),
    ],
)
def test_errors_are_those_of_all_equations_at_once(silent, estimator, cluster):
    outcome, scores, start, more = KINDS[estimator]
    clusters = None if cluster is None else silent["organisation_id"].to_numpy()
    coefficients, covariance, n = by_hand(silent, outcome, scores, start, clusters)
    asked = {"outcome": outcome, "estimator": estimator, "missing": ANSWERED, **more}
    fit = fit_regression(model_of("trust", **asked, **({} if cluster is None else {"cluster": cluster})), silent)
    k = len(coefficients)
    factor = n / (n - k) if cluster is None else CLUSTERS / (CLUSTERS - 1) * (n - 1) / (n - k)
    np.testing.assert_allclose(fit.estimates["estimate"], coefficients, rtol=1e-7)
    np.testing.assert_allclose(fit.estimates["std_error"], np.sqrt(np.diag(covariance) * factor), rtol=1e-6)
    assert (fit.covariance, fit.n_obs) == ("stacked", n)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_silent"] == N - n
    assert not {"qic", "n_responses", "bootstrap_failed"} & set(told.index)


@pytest.mark.parametrize(
    ("equations", "plain"), [("gee_linear", "linear"), ("gee_logit", "logit"), ("gee_poisson", "poisson")]
)
def test_equations_of_independence_are_the_regression_with_clusters(silent, equations, plain):
    asked = {"outcome": KINDS[equations][0], "missing": ANSWERED, "cluster": "organisation_id"}
    one = fit_regression(model_of("trust", estimator=equations, **EQUATIONS, **asked), silent)
    other = fit_regression(model_of("trust", estimator=plain, **asked), silent)
    for name in ("estimate", "std_error", "df", "conf_low"):
        np.testing.assert_allclose(
            one.estimates[name].astype(float), other.estimates[name].astype(float), rtol=1e-9, equal_nan=True
        )


@pytest.mark.parametrize("estimator", KINDS)
def test_silence_that_nothing_explains_leaves_estimates_alone(silent, estimator):
    """As many keep silent at either value of what is asked about: everybody has the same weight."""
    outcome, _, _, more = KINDS[estimator]
    full = silent[silent[outcome].notna()].reset_index(drop=True)
    full = full.assign(half=pd.Series(np.arange(len(full)) % 2, dtype="Int64"))
    full = full.groupby("half").head(len(full) // 2)
    others = full.groupby("half").head(30).assign(**{outcome: pd.NA})
    others = others.assign(response_id="x" + others["response_id"]).astype(full.dtypes)
    data = pd.concat([full, others], ignore_index=True)
    asked = {"outcome": outcome, "estimator": estimator, "cluster": "organisation_id", **more}
    told = {"method": "response_weights", "explained_by": ("half",)}
    weighted = fit_regression(model_of("trust", missing=told, **asked), data).estimates
    plain = fit_regression(model_of("trust", covariance="CR0" if more else "CR1S", **asked), full).estimates
    np.testing.assert_allclose(weighted["estimate"], plain["estimate"], rtol=1e-8, atol=1e-10)


def test_errors_are_clustered_ones_where_everybody_was_sure_to_answer():
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"response_id": [f"r{place}" for place in range(60)], "group": np.arange(60) % 12})
    scores, bread = random.normal(size=(60, 3)), np.diag([0.1, 0.2, 0.3])
    there = np.ones(60, dtype=bool)
    sure = ResponseModel(("1",), np.ones((60, 1)), there, there, np.zeros(1), np.eye(1), np.ones(60))
    weighted = Weighted(np.ones(60), ~there, (Step(sure, rows, np.arange(60)),), 0, 0)
    found, n_clusters = stacked_of_scores(bread, scores, rows, weighted, "group")
    expected = clustered_covariance(bread, scores, rows["group"].to_numpy(), "CR1S")
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert n_clusters == 12


@pytest.mark.parametrize("estimator", KINDS)
def test_the_rows_kept_give_the_same_bits_in_any_order(silent, estimator):
    outcome, _, _, more = KINDS[estimator]
    spec = model_of("trust", outcome=outcome, estimator=estimator, missing=ANSWERED, cluster="organisation_id", **more)
    fit = fit_regression(spec, silent)
    assert result_digest(fit_regression(spec, fit.data.sample(frac=1, random_state=1))) == result_digest(fit)


def test_thresholds_are_tested_with_the_covariance_of_all_equations(silent):
    """A coefficient that is released is tested by its own differences over thresholds."""
    asked = {"outcome": "level", "estimator": "ordered_logit", "missing": ANSWERED}
    held = fit_regression(model_of("trust", **asked), silent)
    free = fit_regression(model_of("trust", by_threshold=("trust",), **asked), silent)
    told = held.diagnostics.set_index("diagnostic")["value"]["proportional_odds_p of trust"]
    assert 0 < told < 1
    assert free.covariance == "stacked"
    clustered = fit_regression(model_of("trust", cluster="organisation_id", **asked), silent)
    other = clustered.diagnostics.set_index("diagnostic")["value"]["proportional_odds_p of trust"]
    assert told != other
