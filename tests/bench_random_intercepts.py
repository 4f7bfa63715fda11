"""Time and peak memory of logit and ordered models with random intercepts, and of GEE. No test.

``python -m tests.bench_random_intercepts`` prints Markdown rows: 20,000 drawn responses in 1,000 organisations, four
regressors; adaptive quadrature with 11 points, errors and the whole audit (three searches and Laplace) included.
"""

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from models.multilevel.categorical.crossed_intercepts import components_of, fit_crossed_intercepts
from models.multilevel.categorical.random_intercept import USUAL_POINTS, fit_random_intercept
from models.multilevel.categorical.responses import BinomialRows, OrderedResponses
from models.multilevel.marginal.covariances import uncertainty_of
from models.multilevel.marginal.estimating_equations import MarginalSpec, fit_marginal
from models.one_thread import on_one_thread
from models.regression.categorical.ordered import OrderedRows

N_RESPONSES, N_ORGANISATIONS, N_TOPICS = 20_000, 1_000, 100
TERMS = ["intercept", "age", "tenure", "load", "lead"]
CUTS = ["1|2", "2|3", "3|4", "4|5"]
HEADER = """| n | organisations | model | clock s | processor s | peak MiB |
| ---: | ---: | --- | ---: | ---: | ---: |"""


def drawn() -> pd.DataFrame:
    """Draw responses: four regressors, organisation and topic, an answer of two values and one of five."""
    rng = np.random.default_rng(20261127)
    table = pd.DataFrame(rng.normal(size=(N_RESPONSES, 4)), columns=TERMS[1:])
    table["lead"] = (table["lead"] > 0).astype(float)
    table.insert(0, "intercept", 1.0)
    table["organisation"] = rng.permutation(np.arange(N_RESPONSES) % N_ORGANISATIONS)
    table["topic"] = rng.integers(0, N_TOPICS, N_RESPONSES)
    effects = 0.8 * rng.normal(size=N_ORGANISATIONS)[table["organisation"]]
    effects += 0.4 * rng.normal(size=N_TOPICS)[table["topic"]]
    latent = table[TERMS] @ [-0.5, 0.3, 0.0, 0.2, 0.5] + effects + rng.logistic(size=N_RESPONSES)
    table["agree"], table["level"] = (latent > 0).astype(float), np.digitize(latent, [-2, -0.5, 0.7, 2])
    return table


def logit(table: pd.DataFrame) -> None:
    """Fit the answer of two values."""
    rows = BinomialRows(table[TERMS].to_numpy(), table["agree"].to_numpy(), np.ones(N_RESPONSES))
    fit_random_intercept(rows, table["organisation"], TERMS)


def ordered(table: pd.DataFrame) -> None:
    """Fit the answer of five categories."""
    rows = OrderedRows(table[TERMS[1:]].to_numpy(), table["level"].to_numpy(), np.ones(N_RESPONSES))
    fit_random_intercept(OrderedResponses(rows), table["organisation"], [*CUTS, *TERMS[1:]])


def crossed(table: pd.DataFrame) -> None:
    """Fit the answer of two values with random intercepts of organisation and topic."""
    rows = BinomialRows(table[TERMS].to_numpy(), table["agree"].to_numpy(), np.ones(N_RESPONSES))
    components_of(fit_crossed_intercepts(rows, table[["organisation", "topic"]], TERMS))


def marginal(table: pd.DataFrame) -> None:
    """Solve estimating equations of the answer of two values, with errors for few clusters."""
    fit = fit_marginal(table[TERMS], table["agree"], table["organisation"], MarginalSpec("logit"))
    uncertainty_of(fit, "bias_reduced")


CASES: dict[str, Callable[[pd.DataFrame], None]] = {
    f"logit, random intercept, {USUAL_POINTS} points": logit,
    f"ordered logit of five categories, random intercept, {USUAL_POINTS} points": ordered,
    f"logit, crossed random intercepts of {N_TOPICS} topics, Laplace, variances tested": crossed,
    "logit by GEE, exchangeable, Mancl and DeRouen": marginal,
}


def main() -> None:
    """Print one row a model."""
    table = drawn()
    print(HEADER)  # noqa: T201 - its whole purpose
    for name, fit in CASES.items():
        begun, begun_processor = time.perf_counter(), time.process_time()
        with on_one_thread():
            fit(table)
        seconds, processor = time.perf_counter() - begun, time.process_time() - begun_processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures = f"{seconds:.2f} | {processor:.2f} | {peak}"
        print(f"| {N_RESPONSES:,} | {N_ORGANISATIONS:,} | {name} | {figures} |")  # noqa: T201


if __name__ == "__main__":
    main()
