"""Response propensities: the probability that a unit responds, from what is known of every unit."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.one_thread import on_one_thread
from models.weighting.faults import WeightingError

Values = npt.NDArray[np.float64]
LEAST_CHANCE = 1e-6


@dataclass(frozen=True)
class Known:
    """A variable that is known of every unit.

    Attributes:
        name: The variable.
        categories: Its categories (c).
        codes: Length n; position of each unit's category in ``categories``.
    """

    name: str
    categories: tuple[str, ...]
    codes: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Propensities:
    """Estimated response propensities.

    Attributes:
        values: Length n, between 0 and 1.
        matrix: n rows; the intercept and a column a category but the first of every variable.
    """

    values: Values
    matrix: Values


def fit_propensities(
    variables: Sequence[Known], has_responded: npt.NDArray[np.bool_], counts: Values | None = None
) -> Propensities:
    """Fit a logistic regression of response on the main effects of categorical variables.

    Args:
        variables: Known of every unit; may be empty.
        has_responded: Length n.
        counts: Length n; how much of a unit counts, above 0: 1, or the share of eligible units where eligibility is
            not known. 1 for all when not given.

    Returns:
        The propensities; their sum, weighted by ``counts``, is the number of responses.

    Raises:
        WeightingError: When everybody or nobody of a category, or of a combination of them, responded.

    References:
        Rosenbaum and Rubin (1983), Biometrika 70(1), 41-55. Not weighted by the design: Little and Vartivarian (2003),
        Statistics in Medicine 22(9), 1589-1599. R: ``glm(family = binomial)``.
    """
    _refuse_certain(variables, has_responded)
    dummies = [
        (known.codes == k).astype(np.float64)
        for known in variables
        for k in range(1, len(known.categories))
        if (known.codes == k).any()
    ]
    matrix = np.column_stack([np.ones(len(has_responded)), *dummies])
    weights = np.ones(len(has_responded)) if counts is None else counts
    values = _fitted(matrix, has_responded, weights)
    if values is None or values.min() < LEAST_CHANCE or values.max() > 1 - LEAST_CHANCE:
        raise WeightingError(
            f"everybody or nobody of a combination of {', '.join(known.name for known in variables)} responded; "
            "use fewer variables or join categories"
        )
    return Propensities(values, matrix)


def _fitted(matrix: Values, has_responded: npt.NDArray[np.bool_], weights: Values) -> Values | None:
    """Return the fitted probabilities; None when the coefficients do not settle."""
    # statsmodels takes a second to import, which commands that fit nothing need not wait for
    from statsmodels.genmod.families import Binomial  # noqa: PLC0415
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning  # noqa: PLC0415

    model = GLM(has_responded.astype(np.float64), matrix, family=Binomial(), var_weights=weights)
    with on_one_thread(), warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            fitted: Any = model.fit(maxiter=100, tol=1e-12)
        except PerfectSeparationWarning:
            return None
    return np.asarray(fitted.fittedvalues, dtype=np.float64) if fitted.converged else None


def propensity_classes(propensities: Values, n_classes: int) -> list[tuple[str, ...]]:
    """Return the class of every unit, of classes of about equal size in ascending order of propensity.

    References:
        Cochran (1968), Biometrics 24(2), 295-313: five classes remove most of the bias.
    """
    inner = np.quantile(propensities, np.linspace(0, 1, n_classes + 1)[1:-1])
    places = np.searchsorted(np.unique(inner), propensities, side="right")
    return [(f"class {place + 1:02d}",) for place in places]


def _refuse_certain(variables: Sequence[Known], has_responded: npt.NDArray[np.bool_]) -> None:
    if has_responded.all() or not has_responded.any():
        raise WeightingError("everybody or nobody responded, so there is no propensity to estimate")
    for known in variables:
        for k, category in enumerate(known.categories):
            answers = has_responded[known.codes == k]
            if len(answers) and (answers.all() or not answers.any()):
                who = "everybody" if answers.all() else "nobody"
                raise WeightingError(
                    f"{who} with {known.name} '{category}' responded, so no propensity can be estimated; "
                    "join it with another category"
                )
