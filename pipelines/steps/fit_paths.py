"""A recorded fit → each of its outcomes with the columns that its coefficients tell sums of.

A regression has one outcome; a mediation and a model of two outcomes are several regressions by least squares on the
same responses, each of which tells sums of its own outcome. Products of coefficients tell no more than these.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from models.paths.equations import Equation
from models.paths.mediation import Mediation
from models.paths.mediation_rows import plain_name
from models.regression.columns import Labels, column_of
from models.regression.design import INTERCEPT, lay_out, uses_of
from models.regression.focal_columns import focal_terms
from models.regression.profile import profile_of
from models.sections.paths import Paths
from models.spec import RegressionSpec
from pipelines.steps.coarse_degrees import OF_EQUATIONS
from pipelines.steps.fit_designs import UNKNOWN, TurnedBack, spread_over, turned_back, weighted, with_middles


def outcomes_of(spec: RegressionSpec) -> tuple[str, ...]:
    """Return the variables that a model explains, the outcome last where others lie before it.

    A ratio tells sums of either variable to whoever knows those of the other.
    """
    paths = spec.paths or Paths()
    per = None if spec.figures is None else spec.figures.per
    if spec.estimator not in OF_EQUATIONS:
        return (spec.outcome,) if per is None else (spec.outcome, per)
    if spec.estimator == "two_outcomes":
        other = paths.other()
        return (spec.outcome, *([] if other is None else [column_of(other)]))
    return (*(column_of(each) for each in paths.between()), spec.outcome)


def tell_of_scale(scale: str, items: Sequence[str]) -> frozenset[str]:
    """Return the outcomes that tell of a scale: the scale, and its item where it has one only."""
    return frozenset((scale, *items)) if len(items) == 1 else frozenset([scale])


def each_turned_back(
    spec: RegressionSpec,
    rows: pd.DataFrame,
    labels: Labels,
    variances: Mapping[str, float],
    coefficients: Mapping[str, float] = UNKNOWN,
) -> dict[str, TurnedBack]:
    """Return the columns of every equation of a fit by what it explains; arguments as of ``turned_back``.

    Of a mediation over waves it has no say: its rows are of several waves.
    """
    if spec.estimator not in OF_EQUATIONS:
        return dict.fromkeys(outcomes_of(spec), turned_back(spec, rows, labels, variances, coefficients))
    full = with_middles(rows)
    profile = profile_of(uses_of(spec), full)
    matrix = lay_out(spec, full, labels, profile).astype(float).rename(columns=plain_name)
    if spec.estimator == "two_outcomes":
        plain = tuple(str(each) for each in matrix if each != INTERCEPT)
        equations = [Equation(plain_name(outcome), plain) for outcome in outcomes_of(spec)]
    else:
        equations = _of_mediation(spec, plain_name(focal_terms(spec, full, labels, profile)[0]), matrix)
    return {
        outcome: spread_over(spec, rows, matrix, outcome, weighted, (INTERCEPT, *each.regressors))
        for outcome, each in zip(outcomes_of(spec), equations, strict=True)
    }


def _of_mediation(spec: RegressionSpec, focal: str, matrix: pd.DataFrame) -> tuple[Equation, ...]:
    paths = spec.paths or Paths()
    mediators = tuple(plain_name(column_of(each)) for each in paths.between())
    moderator = "" if (changing := paths.changing()) is None else plain_name(column_of(changing))
    others = (INTERCEPT, focal, *mediators, moderator)
    stated = Mediation(
        focal,
        mediators,
        plain_name(spec.outcome),
        paths.form,
        tuple(str(each) for each in matrix if each not in others),
        moderator,
        frozenset(paths.moderated),
    )
    return stated.equations().equations
