"""Which term of a fit answers what its model asks."""

from models.paths.found import term_of_interest
from models.regression.columns import product_term
from models.sections.inference import FIGURES, PATHS
from models.sections.regressors import Variable, parts_of
from models.spec import RegressionSpec


def focal_term(model: RegressionSpec) -> str | None:
    """Return the term of the focal regressor; None when no single coefficient tells of one point more.

    That is so of a category, a curve and a standardised number, of a product with one of them, and of figures of the
    population. Of paths it is the term that answers what is asked, of a focal product its own.
    """
    parts = parts_of(model.focal)
    if model.estimator in FIGURES or not all(_has_one_point_more(part) for part in parts):
        return None
    return term_of_interest(model) if model.estimator in PATHS else product_term(parts)


def _has_one_point_more(variable: Variable) -> bool:
    is_bent = variable.polynomial > 1 or variable.spline is not None
    return not (variable.use == "category" or is_bent or variable.standardise)
