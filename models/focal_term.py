"""Which term of a fit answers what its model asks."""

from models.paths.found import term_of_interest
from models.regression.columns import column_of
from models.sections.inference import FIGURES, PATHS
from models.sections.regressors import Variable, as_variable
from models.spec import RegressionSpec


def focal_term(model: RegressionSpec) -> str | None:
    """Return the term of the focal regressor; None when no single coefficient tells of one point more.

    That is so of a category, a curve and a standardised number, and of figures of the population. Of paths it is the
    term that answers what is asked.
    """
    focal: Variable = as_variable(model.focal)
    is_bent = focal.polynomial > 1 or focal.spline is not None
    if focal.use == "category" or is_bent or focal.standardise or model.estimator in FIGURES:
        return None
    return term_of_interest(model) if model.estimator in PATHS else column_of(focal)
