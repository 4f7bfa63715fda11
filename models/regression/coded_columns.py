"""Columns in which judgements of coders enter a model that corrects their errors."""

from models.sections.inference import MISCLASSIFIED
from models.spec import RegressionSpec


def given_column(outcome: str) -> str:
    """Return the column of how many coders saw a code in a response."""
    return f"{outcome}_given"


def coders_column(outcome: str) -> str:
    """Return the column of how many coders judged a response."""
    return f"{outcome}_coders"


def outcome_columns(spec: RegressionSpec) -> tuple[str, ...]:
    """Return the columns that an outcome is made of: its own, or the judgements behind it."""
    if spec.estimator == MISCLASSIFIED:
        return given_column(spec.outcome), coders_column(spec.outcome)
    return (spec.outcome,)
