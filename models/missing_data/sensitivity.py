"""How results move when values are missing because of what they are: shifts of what is imputed, weights of imputations.

Put here sensitivity of multiple imputation; selection models of a regression's outcome are in ``selection``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.missing_data.chained import impute_chained
from models.missing_data.plan import ImputationPlan
from models.missing_data.pooling import CompletedEstimates, pool_estimates
from models.regression.identification import ModelDataError

FEWEST_EFFECTIVE = 5.0


@dataclass(frozen=True, eq=False)
class DeltaAdjustment:
    """How an estimate moves with what is added to imputed values.

    Attributes:
        table: One row a delta, ascending: delta, then the columns of ``PooledEstimates.table`` of the term.
        tipping_points: Deltas, interpolated between those tried, at which the interval's bound that is nearer to nought
            crosses it; empty where the conclusion holds over all deltas tried.
    """

    table: pd.DataFrame
    tipping_points: Vector


@dataclass(frozen=True)
class Question:
    """Which estimate is looked at.

    Attributes:
        fit: Completed set → estimates.
        term: The term among them.
        confidence_level: Of its interval.
    """

    fit: Callable[[pd.DataFrame], CompletedEstimates]
    term: str
    confidence_level: float = 0.95


def adjust_by_deltas(
    data: pd.DataFrame,
    plan: ImputationPlan,
    shifts: tuple[str, Sequence[float]],
    question: Question,
    rng: np.random.Generator,
) -> DeltaAdjustment:
    """Impute anew with several deltas added to what is imputed of a column, and pool an estimate each time.

    The shift is made within the chains, so other columns are imputed from shifted values. Every delta has the same
    random numbers: differences between rows of the table come from delta alone.

    Args:
        data: As for ``impute_chained``.
        plan: With any delta of the column, which is replaced.
        shifts: The column, and deltas in its units (log odds for categories); at least two, 0 among them or not.
        question: Which estimate is looked at.
        rng: What is random; it is not moved on.

    Raises:
        ModelDataError: If there are fewer than two deltas, or the imputation or fit is refused.

    References:
        Van Buuren (2018), section 9.2; Carpenter and Kenward (2013), Multiple Imputation and its Application, section
        10.4; Yan, Lee and Li (2009), Journal of Biopharmaceutical Statistics 19(6), 1085-1098 (tipping point).
    """
    name, deltas = shifts[0], sorted(set(shifts[1]))
    if len(deltas) < 2:  # noqa: PLR2004
        raise ModelDataError(f"{len(deltas)} delta for '{name}'; expected at least 2 to see how results move with it")
    rows: list[pd.DataFrame] = []
    for delta in deltas:
        columns = tuple(replace(each, delta=delta) if each.name == name else each for each in plan.columns)
        found = impute_chained(data, replace(plan, columns=columns), deepcopy(rng)).pool(question.fit)
        table = found.table(question.confidence_level)
        rows.append(table[table["term"] == question.term].assign(delta=delta))
    table = pd.concat(rows, ignore_index=True)
    table = table[["delta", *(column for column in table if column != "delta")]]
    return DeltaAdjustment(table, crossings(table))


def crossings(table: pd.DataFrame) -> Vector:
    """Return the deltas at which an interval begins or ceases to hold nought, linearly between those tried.

    Args:
        table: One row a delta, ascending: delta, conf_low, conf_high.
    """
    deltas = table["delta"].to_numpy(dtype=float)
    found: list[float] = []
    for bound in ("conf_low", "conf_high"):
        values = table[bound].to_numpy(dtype=float)
        changes = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
        share = values[changes] / (values[changes] - values[changes + 1])
        found += (deltas[changes] + share * np.diff(deltas)[changes]).tolist()
        found += deltas[values == 0].tolist()
    return np.unique(np.array(found, dtype=float))


@dataclass(frozen=True, eq=False)
class ReweightedEstimates:
    """Estimates of completed sets weighted by how likely each is under selection on the missing values.

    Attributes:
        terms: Names of k estimates.
        estimates: k.
        covariance: k x k.
        weights: Of the m sets; their sum is 1.
        n_effective: 1 / sum of squared weights: how many imputations carry the result.
        is_carried: Whether these are at least five; else the result rests on few imputations and needs many more.
    """

    terms: tuple[str, ...]
    estimates: Vector
    covariance: Matrix
    weights: Vector
    n_effective: float

    @property
    def is_carried(self) -> bool:
        """Whether at least five imputations carry the result."""
        return self.n_effective >= FEWEST_EFFECTIVE

    def table(self) -> pd.DataFrame:
        """Return one row a term: term, estimate, std_error."""
        errors = np.sqrt(np.diag(self.covariance))
        return pd.DataFrame({"term": list(self.terms), "estimate": self.estimates, "std_error": errors})


def selection_log_weights(imputed: Sequence[Vector], log_odds: float) -> Vector:
    """Return logarithms of the weights of m imputations when log odds of being observed rise with the value.

    Args:
        imputed: Of each set, the imputed values of the column (not the observed ones), in the same order.
        log_odds: Change of the log odds of being observed for one unit of the column, all else of the model of
            response being held; 0 is missing at random.

    References:
        Carpenter, Kenward and White (2007), Statistical Methods in Medical Research 16(3), 259-275, eq. 7.
    """
    return np.array([-log_odds * float(np.sum(values)) for values in imputed])


def reweight_imputations(sets: Sequence[CompletedEstimates], log_weights: Vector) -> ReweightedEstimates:
    """Pool completed sets imputed under missing at random as they would be under selection on what is missing.

    Weights w are normalised exponentials. Within variance: the weighted mean of covariances; between: the weighted
    covariance of estimates over 1 - sum w^2; total: within + (1 + sum w^2) between. With equal weights that is Rubin's.

    Args:
        sets: What one estimator found in each of m sets.
        log_weights: m (``selection_log_weights``).

    Raises:
        ModelDataError: As ``pool_estimates``; also if weights are not as many as sets, not finite, or a single set has
            all the weight.

    References:
        Carpenter, Kenward and White (2007), there with 1/M in place of sum w^2.
    """
    pooled = pool_estimates(sets)
    if len(log_weights) != len(sets) or not np.isfinite(log_weights).all():
        raise ModelDataError(f"{len(log_weights)} log weights for {len(sets)} sets; expected one a set, all finite")
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    squares = float(weights @ weights)
    if squares > 1 - 1e-9:
        raise ModelDataError(
            "one imputation has all the weight, so nothing is known of the variance between them; impute many more "
            "times, or ask for a smaller change of log odds"
        )
    estimates = np.array([each.estimates for each in sets], dtype=float)
    mean = weights @ estimates
    within = np.einsum("m,mij->ij", weights, np.array([each.covariance for each in sets], dtype=float))
    apart = estimates - mean
    between = (apart * weights[:, None]).T @ apart / (1 - squares)
    return ReweightedEstimates(pooled.terms, mean, within + (1 + squares) * between, weights, 1 / squares)
