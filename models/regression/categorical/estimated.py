"""What every estimator of a categorical outcome hands on: parameters, how sure they are, and the model fitted anew.

Put here the common form; each estimator fills it in ``estimators``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.maximise import Objective, maximise
from models.regression.categorical.predicted import Model
from models.regression.categorical.separation import has_flat_direction, is_settled
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty

Refitted = Callable[[NDArray[np.intp]], Model]


@dataclass(frozen=True, eq=False)
class Estimated:
    """A fitted model of a categorical outcome.

    Attributes:
        terms: Names of the p parameters; thresholds first where the outcome is ordered.
        coefficients: p.
        uncertainty: Of the parameters.
        places: Column of the matrix → places of its parameters.
        categories: What predictions are of: J categories in words; one without name for 0 and 1 and for counts.
        model: What predicts.
        refitted: How often each row is drawn (n) → the model fitted to these rows; None where none are drawn.
        diagnostics: Diagnostic → value, in the order in which they are shown.
        estimates: One row a term, where intervals are not those of standard errors; else None.
        joint_tests: Tests of several coefficients, where they are not those of the covariance; else None.
        covariance_of_margins: Of the parameters that predictions depend on, where these are more than the p; else None.
    """

    terms: tuple[str, ...]
    coefficients: Vector
    uncertainty: Uncertainty
    places: Mapping[str, tuple[int, ...]]
    categories: tuple[str, ...]
    model: Model
    refitted: Refitted | None
    diagnostics: dict[str, float] = field(default_factory=dict[str, float])
    estimates: pd.DataFrame | None = None
    joint_tests: pd.DataFrame | None = None
    covariance_of_margins: Matrix | None = None


def climb_again(objective: Objective, start: Vector) -> Vector:
    """Return where a likelihood has its maximum, beginning at that of all rows.

    Raises:
        ModelDataError: If the rows drawn cannot carry the model: no maximum, or a direction without information.
    """
    unexplained = objective(np.zeros(len(start)))[2]
    _refuse_flat(unexplained)
    maximum = maximise(objective, start)
    if not is_settled(maximum, unexplained):
        raise ModelDataError("the rows drawn have no maximum of the likelihood: an outcome is foretold")
    return maximum.point


def refuse_alike(matrix: Matrix, weights: Vector) -> None:
    """Raise ModelDataError when n rows with weights of nought or more cannot tell k coefficients apart."""
    _refuse_flat((matrix * weights[:, None]).T @ matrix)


def _refuse_flat(information: Matrix) -> None:
    if has_flat_direction(information):
        raise ModelDataError("the rows drawn cannot tell coefficients apart: a category is empty")
