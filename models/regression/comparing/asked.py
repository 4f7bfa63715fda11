"""Whether a model asks for what rows alone can tell: comparisons, and outcomes that are made of several columns."""

from models.spec import RegressionSpec


def needs_rows_beside(spec: RegressionSpec) -> bool:
    """Tell whether regressors or forms are compared, or the outcome is a log-ratio."""
    return spec.together is not None or spec.competing_forms is not None or spec.composition is not None
