"""Design effects: the variance of an estimate over that of a simple random sample of as many rows."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import Statistic, linearised_estimate, refuse_missing
from models.survey_design.means import Totals, means

Compared = Literal["without_replacement", "with_replacement"]
FEWEST_ROWS = 2


def design_effects(
    design: SurveyDesign,
    terms: Sequence[str],
    outcomes: Matrix,
    compared: Compared = "without_replacement",
    of: Literal["mean", "total"] = "mean",
) -> dict[str, float]:
    """Return the design effect of the mean or total of each outcome.

    With n rows that stand for N by their weights and s2 the weighted variance (n - 1), the variance of a simple random
    sample's mean is s2 / n with replacement, and s2 / n (1 - n / N) without; of a total, N^2 times that.

    Args:
        design: n rows.
        terms: Names of q outcomes.
        outcomes: n x q.
        compared: Which simple random sample it is compared with.
        of: Mean or total.

    Returns:
        Name → design effect; NaN for an outcome that does not vary.

    Raises:
        ModelDataError: When the weights add up to no more than the rows, so that there is no population they were
            drawn from without replacement.

    References:
        Kish (1965), Survey Sampling, section 8.2. R: ``svymean(deff = TRUE)`` (without replacement), ``deff =
        "replace"``; ``svytotal``.
    """
    statistic: Statistic = means(terms, outcomes) if of == "mean" else Totals(tuple(terms), outcomes)
    found = linearised_estimate(design, statistic)
    variances = weighted_variances(outcomes, design.domain_weights, terms)
    n, size = design.n_obs, float(design.domain_weights.sum())
    simple = variances / n * (1.0 if of == "mean" else size**2)
    if compared == "without_replacement":
        if size <= n:
            raise ModelDataError(
                f"the weights of {n} rows add up to {size:.6g}; expected more than the rows, the size of the "
                "population; give weights that are not scaled, or compare with_replacement"
            )
        simple = simple * (1 - n / size)
    effects = np.divide(found.std_errors**2, simple, out=np.full(len(simple), np.nan), where=simple > 0)
    return dict(zip(terms, effects.tolist(), strict=True))


def weighted_variances(outcomes: Matrix, weights: Vector, terms: Sequence[str]) -> Vector:
    """Return sum w (y - m)^2 / sum w times n / (n - 1) over the n rows of weight above 0; q; R: ``svyvar``."""
    refuse_missing(outcomes, weights, terms)
    is_in = weights > 0
    n, own = int(is_in.sum()), weights[is_in] / weights.sum()
    if n < FEWEST_ROWS:
        raise ModelDataError(f"{n} row; a variance needs at least {FEWEST_ROWS}; widen the subpopulation")
    values = outcomes[is_in]
    return own @ (values - own @ values) ** 2 * (n / (n - 1))
