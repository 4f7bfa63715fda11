"""Which term of a fit answers what its model asks."""

from models.paths.found import term_of_interest
from models.regression.columns import PRODUCT, column_of, product_term
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


def is_of_focal(term: str, model: RegressionSpec) -> bool:
    """Tell whether a term is of the focal regressor or product, of one of its categories too."""
    columns, parts = [column_of(each) for each in parts_of(model.focal)], term.split(PRODUCT)
    return len(columns) == len(parts) and all(
        part == column or part.startswith(f"{column}[") for part, column in zip(parts, columns, strict=True)
    )


def _has_one_point_more(variable: Variable) -> bool:
    is_bent = variable.polynomial > 1 or variable.spline is not None
    return not (variable.use == "category" or is_bent or variable.standardise)
