"""Which columns of a model are of interest: of its focal regressor or product, and of the variable that is followed."""

import pandas as pd

from models.regression.columns import Labels, columns_of
from models.regression.profile import Profile
from models.sections.regressors import Interaction, as_variable, focal_variable, parts_of, with_coefficients
from models.spec import RegressionSpec


def focal_terms(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, profile: Profile) -> tuple[str, ...]:
    """Return the terms of the focal regressor, of a product its own; none where a variant leaves it out."""
    regressor = spec.focal if isinstance(spec.focal, Interaction) else as_variable(spec.focal)
    is_there = parts_of(regressor) in with_coefficients(spec.regressors)
    return tuple(columns_of(regressor, rows, labels, profile)) if is_there else ()


def followed_terms(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, profile: Profile) -> tuple[str, ...]:
    """Return the terms of the variable whose connection is followed; none where a variant leaves it out."""
    variable = focal_variable(spec.focal)
    return tuple(columns_of(variable, rows, labels, profile)) if variable in spec.lone_variables() else ()
