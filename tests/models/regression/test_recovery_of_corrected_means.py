"""How often intervals of corrected means hold the true slopes: of the synthetic study, and of a surface.

Declared before the first run: 60 synthetic studies of seeds 20261122 and following, and 120 surfaces; the mean of the
estimates within three Monte Carlo errors of the true slope, and 95 % within the exact 99 % interval of the share of
intervals that hold it.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from pipelines.steps.organisation_means import organisation_means
from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import DEFAULT_SEED, Parameters
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.recovery.everybody import Plan, draw_everybody
from pipelines.studies.demo.recovery.scored import FirstWave
from pipelines.studies.demo.responding import respondents
from tests.models.paths.rates import binomial_interval
from tests.models.regression.staff_of_organisations import corrected, mean, prepared

pytestmark = pytest.mark.slow
N_STUDIES, N_SURFACES = 60, 120
STAFF = ["coproduction_intensity", "vertical_integration", "horizontal_integration"]
INTEGRATION = corrected(
    mean("vertical_integration"),
    mean("horizontal_integration"),
    outcome="coproduction_intensity",
    corrected=("vertical_integration", "horizontal_integration"),
)
CITIZENS = corrected(
    mean("coproduction_intensity", of="FRL"),
    groups=("CIT",),
    outcome="citizen_influence",
    corrected=("coproduction_intensity",),
)
VIEWS = {"self_report": "claimed", "other_report": mean("seen"), "scale": (-1, 1)}
SURFACE = corrected({"surface": VIEWS}, outcome="strain", corrected=("seen",), focal=mean("seen"))
TRUE_SURFACE = np.array([0.05, 0.35, -0.08, 0.16, -0.08])


def rows_of(wave):
    """Return the first wave as an analysis table: scores of staff and citizens who read the questions."""
    staff = wave.scores("FRL", STAFF).assign(respondent_group="FRL")
    citizens = wave.scores("CIT", ["citizen_influence"]).assign(respondent_group="CIT")
    rows = pd.concat([staff, citizens], ignore_index=True).assign(wave="w1", wave_number=0, source="s")
    rows["response_id"] = [f"r{number:06d}" for number in range(len(rows))]
    rows["organisation_id"] = "o" + rows.pop("organisation").astype(str).str.zfill(4)
    return rows.join(organisation_means(rows, STAFF))


@cache
def everybody():
    """Return the first wave of 2,000 organisations in which everybody responds."""
    return draw_everybody(Plan(large_population=2_000))


def true_slopes(group, outcome, regressors):
    """Return slopes of organisations' levels, with their errors: planted values are instruments of means of answers."""
    wave = everybody()
    scores = wave.scores(group, [outcome]).groupby("organisation").mean()
    staff = wave.scores("FRL", list(regressors)).groupby("organisation").mean()
    planted = [wave.of_organisations(name) for name in regressors.values()]
    x = np.column_stack([np.ones(len(scores)), *(staff[name] for name in regressors)])
    z = np.column_stack([np.ones(len(scores)), *(each.loc[scores.index] for each in planted)])
    y = scores[outcome].to_numpy()
    slopes = np.linalg.solve(z.T @ x, z.T @ y)
    influence = (z * (y - x @ slopes)[:, None]) @ np.linalg.inv(z.T @ x).T
    return slopes[1:], np.sqrt((influence**2).sum(axis=0))[1:]


def study(seed):
    """Draw the first wave of one synthetic study; who answers does not depend on what they would say."""
    parameters = Parameters()
    parameters = replace(parameters, response=replace(parameters.response, selection={}))
    population = draw_population(parameters, seed)
    drawing = Answering(population, shown_forms(), parameters, seed)
    forms = {
        group: drawing.answer(
            group, 0, next(iter(respondents(group, population.groups[group], parameters.response, seed)))
        )
        for group in ("FRL", "CIT")
    }
    return FirstWave(population, forms)


def found_in(fit, terms):
    """Return estimate and interval of terms, and the plain estimates."""
    told = fit.estimates.set_index("term").loc[terms, ["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    plain = fit.readings[fit.readings["reading"] == "plain_mean"].set_index("term")["value"].reindex(terms)
    return told, plain.to_numpy(dtype=float)


def refuse_bias_and_undercoverage(told, true, true_error):
    """Assert the criterion of every term; told: n x terms x (estimate, low, high)."""
    for place, (value, error) in enumerate(zip(true, true_error, strict=True)):
        estimates, low, high = told[:, place].T
        allowed = 3 * np.hypot(estimates.std(ddof=1) / np.sqrt(len(estimates)), error)
        covered = int(((low <= value) & (value <= high)).sum())
        ends = binomial_interval(covered, len(estimates), 0.99)
        assert abs(estimates.mean() - value) < allowed, (place, estimates.mean(), value, allowed)
        assert ends[0] <= 0.95 <= ends[1], (place, covered, len(estimates))


def test_slopes_of_the_synthetic_study_are_recovered_and_plain_ones_are_not():
    planted = {"vertical_integration": "vertical", "horizontal_integration": "horizontal"}
    of_staff = true_slopes("FRL", "coproduction_intensity", planted)
    of_citizens = true_slopes("CIT", "citizen_influence", {"coproduction_intensity": "coproduction"})
    staff_terms = [f"{name}_organisation_mean" for name in planted]
    found = []
    for seed in range(DEFAULT_SEED, DEFAULT_SEED + N_STUDIES):
        rows = rows_of(study(seed))
        made = [fit_regression(model, prepared(rows, model)) for model in (INTEGRATION, CITIZENS)]
        found.append(
            (found_in(made[0], staff_terms), found_in(made[1], ["coproduction_intensity_organisation_mean_of_FRL"]))
        )
    for place, (true, error) in enumerate((of_staff, of_citizens)):
        refuse_bias_and_undercoverage(np.array([each[place][0] for each in found]), true, error)
    plain = np.array([each[1][1][0] for each in found])
    assert plain.mean() < 0.75 * of_citizens[0][0]


def drawn_views(rng, n_organisations=130, n_staff=12):
    """Return staff whose experience follows a surface of what is claimed and the level of what is seen."""
    sizes = rng.integers(n_staff // 2, n_staff + n_staff // 2 + 1, n_organisations)
    group = np.repeat(np.arange(n_organisations), sizes)
    x = rng.normal(size=n_organisations)
    y = 0.35 * x + 0.5 * rng.normal(size=n_organisations)
    level = np.column_stack([x, y, x * x, x * y, y * y]) @ TRUE_SURFACE + 0.25 * rng.normal(size=n_organisations)
    own = rng.normal(size=(2, len(group)))
    rows = pd.DataFrame(
        {
            "organisation_id": group, "claimed": x[group], "seen": y[group] + 0.9 * own[0],
            "strain": level[group] + 0.2 * own[0] + 0.7 * own[1],
        }
    )  # fmt: skip
    rows = rows.assign(respondent_group="FRL", wave="w1", wave_number=0, source="s")
    rows["organisation_id"] = "o" + rows["organisation_id"].astype(str).str.zfill(4)
    rows["response_id"] = [f"r{number:06d}" for number in range(len(rows))]
    return rows.join(organisation_means(rows, ["seen"]))


def test_the_surface_over_a_corrected_view_is_recovered():
    rng, found = np.random.default_rng(DEFAULT_SEED), []
    for _ in range(N_SURFACES):
        rows = drawn_views(rng)
        fit = fit_regression(SURFACE, prepared(rows, SURFACE))
        told = fit.shapes.surface.set_index("feature").loc[["a1", "a2", "a3", "a4"]]
        found.append(told[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float))
    b1, b2, b3, b4, b5 = TRUE_SURFACE
    true = [b1 + b2, b3 + b4 + b5, b1 - b2, b3 - b4 + b5]
    refuse_bias_and_undercoverage(np.array(found), true, np.zeros(4))
