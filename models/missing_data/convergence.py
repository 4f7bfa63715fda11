"""Whether chains of imputations have settled: means and variances of what each drew, and split R-hat."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.missing_data.imputations import Imputations
from models.missing_data.pooling import PooledEstimates

LARGEST_R_HAT = 1.1
RARE = 0.999
SHARE_WARM_UP = 0.25
FEWEST_ITERATIONS = 8


@dataclass(frozen=True)
class ImputationProblem:
    """Something about imputations that the reader of results must know.

    Attributes:
        column: Which column; empty for all.
        message: What was found, what was expected, what to do.
    """

    column: str
    message: str


def split_r_hat(chains: Matrix) -> float:
    """Return R-hat of chains cut in halves: 1 where they agree, above where they do not, or drift.

    Args:
        chains: m x T values, T at least 4; the middle one of an odd number of iterations is left out.

    References:
        Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 11.4. R: ``rstan::Rhat`` before ranks.
    """
    half = chains.shape[1] // 2
    halves = np.concatenate([chains[:, :half], chains[:, -half:]])
    within = float(halves.var(axis=1, ddof=1).mean())
    between = float(halves.mean(axis=1).var(ddof=1))
    if within == 0:
        return 1.0 if between == 0 else np.inf
    return float(np.sqrt((half - 1) / half + between / within))


def largest_expected(n_chains: int, n_iterations: int) -> float:
    """Return what R-hat of independent normal draws exceeds once in a thousand: few chains scatter.

    Args:
        n_chains: Chains before they are cut.
        n_iterations: Of each chain.
    """
    from scipy.special import fdtri  # noqa: PLC0415 - scipy.stats takes a second to import

    half = n_iterations // 2
    ratio = float(fdtri(2 * n_chains - 1, 2 * n_chains * (half - 1), RARE))
    return float(np.sqrt((half - 1) / half + ratio / half))


def course_of_chains(imputations: Imputations) -> pd.DataFrame:
    """Return for a picture one row a column, chain and iteration: column, chain, iteration, mean, variance."""
    m, n_iterations, n_columns = imputations.means.shape
    chain, iteration, place = np.indices((m, n_iterations, n_columns)).reshape(3, -1)
    return pd.DataFrame(
        {
            "column": np.array(imputations.imputed, dtype=object)[place],
            "chain": chain + 1,
            "iteration": iteration + 1,
            "mean": imputations.means.ravel(),
            "variance": imputations.variances.ravel(),
        }
    )


def convergence_table(imputations: Imputations) -> pd.DataFrame:
    """Return one row an imputed column and statistic of its chains.

    The first quarter of the iterations is left out; with fewer than eight iterations R-hat is NaN.

    Returns:
        column, statistic (``mean`` or ``variance`` of the drawn values), n_chains, n_iterations (used), r_hat,
        threshold (1.1, or what independent draws of so few chains exceed once in a thousand), verdict (``ok``,
        ``look``; ``none`` where R-hat is not known).
    """
    m, n_iterations, n_columns = imputations.means.shape
    first = int(n_iterations * SHARE_WARM_UP)
    is_long = n_iterations >= FEWEST_ITERATIONS
    threshold = max(LARGEST_R_HAT, largest_expected(m, n_iterations - first)) if is_long else np.nan
    rows: list[tuple[object, ...]] = []
    for place in range(n_columns):
        for name, course in (("mean", imputations.means), ("variance", imputations.variances)):
            value = split_r_hat(course[:, first:, place]) if is_long else np.nan
            verdict = "none" if not is_long else "look" if value > threshold else "ok"
            used = n_iterations - first
            rows.append((imputations.imputed[place], name, m, used, value, threshold, verdict))
    names = ["column", "statistic", "n_chains", "n_iterations", "r_hat", "threshold", "verdict"]
    return pd.DataFrame(rows, columns=names)


def problems_of(imputations: Imputations) -> tuple[ImputationProblem, ...]:
    """Say what went wrong or is unsure in imputations, each with what to do; empty when nothing is."""
    table = convergence_table(imputations)
    found: list[ImputationProblem] = []
    if imputations.imputed and (table["verdict"] == "none").all():
        n_iterations = imputations.plan.n_iterations
        message = (
            f"whether chains of {n_iterations} iterations have settled cannot be told; expected at least "
            f"{FEWEST_ITERATIONS} iterations; ask for more"
        )
        found.append(ImputationProblem("", message))
    astray = table[table["verdict"] == "look"].groupby("column", sort=False)["r_hat"].max()
    for name, value in astray.items():
        message = (
            f"the chains that impute '{name}' have not settled after {imputations.plan.n_iterations} iterations (split "
            f"R-hat {value:.2f}, expected at most {table['threshold'].iloc[0]:.2f}); ask for more iterations, or give "
            "columns that explain each other fewer predictors"
        )
        found.append(ImputationProblem(str(name), message))
    for name, times in sorted(imputations.left_out.items()):
        message = (
            f"in {times} draws of '{name}' some predictors were left out, as they said the same as others or nothing "
            "where it is known; take predictors out of the plan, or merge small categories"
        )
        found.append(ImputationProblem(name, message))
    if imputations.n_unaccepted:
        message = (
            f"the substantive model accepted none of 500 proposals of {imputations.n_unaccepted} draws, which then "
            "moved by small steps; see whether rows have outlying outcomes, and ask for more iterations"
        )
        found.append(ImputationProblem("", message))
    return tuple(found)


def imputations_needed(pooled: PooledEstimates, variation: float = 0.05) -> Vector:
    """Return how many imputations make each standard error repeatable to a share of itself, k.

    m = 1 + (fmi / variation)^2 / 2, rounded up.

    Args:
        pooled: Estimates from a first few imputations.
        variation: Coefficient of variation of a standard error, were all imputed anew.

    References:
        Von Hippel (2020), Sociological Methods & Research 49(3), 699-718. R: ``howManyImputations::how_many``, which
        takes the upper bound of fmi.
    """
    return np.ceil(1 + 0.5 * (pooled.fraction_missing / variation) ** 2)
