"""What is read of coefficients, however they were computed: their size, what could overturn them, what was to be seen.

Put here readings of estimates, standard errors and spreads; those that need the rows are in ``of_fit``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Vector
from models.regression.columns import PRODUCT
from models.regression.design import INTERCEPT
from models.regression.inference import Uncertainty
from models.regression.reading.e_value import e_value_of_difference
from models.regression.reading.equivalence import equivalence_test
from models.regression.reading.power import minimum_detectable_effect
from models.regression.reading.sensitivity import robustness_value
from models.regression.reading.standardised import partial_r2

Row = tuple[str, str, float, float, float, str]
COLUMNS = ("term", "reading", "value", "conf_low", "conf_high", "verdict")


@dataclass(frozen=True, eq=False)
class ReadCoefficients:
    """Coefficients of least squares with what is needed to read them.

    Attributes:
        terms: Names of the k coefficients.
        values: k.
        classical_errors: k standard errors as if all residuals varied alike and by themselves; None where rows go
            together in groups, so that what rests on them is not told.
        standardised: k, in standard deviations of outcome and regressor; NaN for a constant column.
        outcome_spread: Standard deviation (n - 1) of the outcome.
        df_resid: n - k.
        uncertainty: Covariance and degrees of freedom of the coefficients.
        confidence_level: Of the intervals.
    """

    terms: Sequence[str]
    values: Vector
    classical_errors: Vector | None
    standardised: Vector
    outcome_spread: float
    df_resid: int
    uncertainty: Uncertainty
    confidence_level: float


def read_every_term(read: ReadCoefficients) -> Iterator[Row]:
    """Yield size, explained share and what this design would have seen of every term but the intercept."""
    level, reach = 1 - read.confidence_level, read.uncertainty.reach(read.confidence_level)
    shares = None
    if read.classical_errors is not None:
        shares = partial_r2(read.values / read.classical_errors, read.df_resid)
    for place, term in enumerate(read.terms):
        if term == INTERCEPT:
            continue
        scaled, value = read.standardised[place], read.values[place]
        ratio = scaled / value if value else np.nan
        ends = sorted((scaled - abs(ratio) * reach[place], scaled + abs(ratio) * reach[place]))
        yield term, "standardised", float(scaled), float(ends[0]), float(ends[1]), ""
        if shares is not None:
            yield term, "partial_r2", float(shares[place]), np.nan, np.nan, ""
        error, df = float(read.uncertainty.errors[place]), float(read.uncertainty.df[place])
        yield term, "minimum_detectable", minimum_detectable_effect(error, df, level=level), np.nan, np.nan, ""


def read_focal_term(read: ReadCoefficients, place: int, smallest: float | None) -> Iterator[Row]:
    """Yield the test against the smallest effect of interest, and how strong what was left out would have to be."""
    term, value, error = read.terms[place], float(read.values[place]), float(read.uncertainty.errors[place])
    if smallest is not None:
        level = 1 - read.confidence_level
        tested = equivalence_test(value, error, float(read.uncertainty.df[place]), smallest, level)
        yield term, "equivalence", tested.p_value, tested.conf_low, tested.conf_high, tested.reading
    if read.classical_errors is not None:
        statistic = value / float(read.classical_errors[place])
        yield term, "robustness_value", robustness_value(statistic, read.df_resid), np.nan, np.nan, ""
    if PRODUCT in term:
        return
    strength = e_value_of_difference(value / read.outcome_spread, error / read.outcome_spread)
    yield term, "e_value", strength.of_estimate, strength.of_limit, np.nan, ""


def spread_of(values: Vector, weights: Vector | None) -> float:
    """Return the standard deviation (n - 1) of n values, weighted where there are weights."""
    if weights is None:
        return float(np.std(values, ddof=1))
    return float(np.sqrt(np.cov(values, aweights=weights)))
