"""Slopes over organisations when people keep silent by what they are: as of complete answers, or biased."""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from models.sections.imputation import Imputation
from models.sections.regressors import Interaction
from tests.models.regression.analysis_tables import model_of

pytestmark = pytest.mark.slow

ASKED = Imputation(imputations=3, iterations=4, auxiliary=("tenure",))
WAVES = ("w1", "w2", "w3")
N_REPLICATIONS = 40


def complete_answers(random, n_organisations, waves, n_each=8):
    """Return answers in organisations; strain goes with tenure, and so does trust between organisations and waves.

    Within an organisation and wave the slope of strain on trust is .1, between them .8 and what tenure adds.
    """
    cells = np.repeat(np.arange(n_organisations * len(waves)), n_each)
    organisations, n = cells // len(waves), len(cells)
    of_organisation = random.normal(0, 0.7, (2, n_organisations))[:, organisations]
    of_cell = random.normal(0, 0.7, (3, n_organisations * len(waves)))[:, cells]
    tenure_between = of_organisation[0] + of_cell[0]
    trust_between = 0.8 * tenure_between + 0.6 * of_cell[1]
    tenure_within, trust_within = random.normal(0, 1, (2, n))
    strain = 0.8 * trust_between + 0.6 * tenure_between + of_organisation[1] + 0.5 * of_cell[2]
    strain += 0.1 * trust_within + 1.2 * tenure_within + random.normal(0, 0.8, n)
    return pd.DataFrame(
        {
            "response_id": [f"r{number:05d}" for number in range(n)],
            "organisation_id": [f"o{number:03d}" for number in organisations],
            "wave": np.array(waves)[cells % len(waves)],
            "source": "survey",
            "respondent_group": "frontline",
            "tenure": tenure_between + tenure_within,
            "trust": trust_between + trust_within,
            "strain": strain,
        }
    )


def with_silence(random, rows):
    """Take strain away where tenure is long, all of it in a tenth of the organisations and waves, and some of trust."""
    cells = rows.groupby(["organisation_id", "wave"]).ngroup().to_numpy()
    is_silent = random.random(len(rows)) < 0.9 / (1 + np.exp(-2 * rows["tenure"]))
    is_silent |= np.isin(cells, random.choice(cells.max() + 1, cells.max() // 10, replace=False))
    no_trust = random.random(len(rows)) < 0.15
    return rows.assign(strain=rows["strain"].mask(is_silent), trust=rows["trust"].mask(no_trust))


SCENARIOS = {
    "organisations": (60, ("w1",), {"level": "organisation"}, 1.12578 / 0.9286),
    "organisations over waves": (
        24,
        WAVES,
        {"level": "organisation_and_wave", "fixed_effects": "organisation_id"},
        0.6397 / 0.615,
    ),
}
"""Organisations, waves, model, and the slope between means of eight: their covariance over the variance of trust's."""
FEWEST_COVERED = 35
"""Of 40 intervals of 95 %, fewer hold the slope once in seventy times."""


@pytest.mark.parametrize(("n_organisations", "waves", "changes", "slope"), SCENARIOS.values(), ids=SCENARIOS)
def test_slopes_between_organisations_are_those_of_complete_answers(n_organisations, waves, changes, slope):
    random = np.random.default_rng(11)
    off: dict[str, list[float]] = {"imputed": [], "listwise": []}
    n_covered = 0
    for number in range(N_REPLICATIONS):
        complete = complete_answers(random, n_organisations, waves)
        silent = with_silence(random, complete)
        listwise = model_of("trust", covariance="HC3", **changes)
        imputed = listwise.model_copy(update={"missing": ASKED})
        truth = fit_regression(listwise, complete).estimates.set_index("term").loc["trust", "estimate"]
        for name, asked in (("imputed", imputed), ("listwise", listwise)):
            found = fit_regression(asked, silent, seed=number).estimates.set_index("term").loc["trust"]
            off[name].append(found["estimate"] - truth)
            n_covered += name == "imputed" and found["conf_low"] <= slope <= found["conf_high"]
    mean = {name: np.mean(each) for name, each in off.items()}
    error = {name: np.std(each, ddof=1) / np.sqrt(N_REPLICATIONS) for name, each in off.items()}
    assert abs(mean["imputed"]) < 3 * error["imputed"]
    assert abs(mean["listwise"]) > 5 * error["listwise"]
    assert n_covered >= FEWEST_COVERED


def test_a_product_of_complete_means_keeps_its_slope():
    """Half of the organisations have no answer on strain at all; drawn without the product, its slope would halve."""
    random = np.random.default_rng(12)
    product = Interaction(interaction=("trust", "tenure"))
    asked = model_of("trust", "tenure", product, focal=product, level="organisation", missing=ASKED)
    slopes = []
    for number in range(N_REPLICATIONS):
        rows = complete_answers(random, 80, ("w1",), 4)
        means = rows.groupby("organisation_id")[["trust", "tenure"]].transform("mean")
        rows["strain"] += means["trust"] * means["tenure"]
        is_silent = rows["organisation_id"].isin(random.choice(rows["organisation_id"].unique(), 40, replace=False))
        fit = fit_regression(asked, rows.assign(strain=rows["strain"].mask(is_silent)), seed=number)
        slopes.append(fit.estimates.set_index("term").loc["trust x tenure", "estimate"])
    assert abs(np.mean(slopes) - 1) < 3 * np.std(slopes, ddof=1) / np.sqrt(N_REPLICATIONS)
    assert np.std(slopes, ddof=1) < 0.3
