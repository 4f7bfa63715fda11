r"""Bases of a model and the answers behind its means → what sampling of answers adds to their covariances.

Of an organisation and wave with n answers, the mean of a errs by the mean deviation of its members. With S the pooled
covariance of answers within, errors add S_ab / n to the covariance of two means, S_ah / n to that of a mean and what
the same people answered, and take S_ab / n and S_ah / n from those of deviations from these means. Where other people
answered a than b, n is replaced by n_a n_b / n_ab, n_ab those who answered both. A mean that is measured with errors,
and no sample, errs by the mean of its members' errors: E / n is added to its own variance, E the mean square of the
errors of their scores, and nothing else, since other people and other items err by themselves.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.columns import column_of
from models.regression.corrected.answers import Answers, Codes
from models.regression.corrected.bases import Base, Bases
from models.regression.corrected.behind import answers_behind, are_of_one_cell
from models.regression.corrected.moments import Erring, Shared
from models.regression.design import Design
from models.regression.identification import ModelDataError
from models.sections.corrected import (
    CLUSTER,
    corrected_means,
    erring_means,
    is_mean,
    is_of_the_rows,
    measured_means,
)
from models.sections.regressors import Variable
from models.spec import RegressionSpec


def errors_of(spec: RegressionSpec, design: Design, taken: Bases, clusters: Codes, names: pd.Index) -> Erring:
    """Find what errors of corrected means add to the covariances of bases.

    Args:
        spec: The model, variant applied.
        design: Its rows.
        taken: Its columns in products of bases.
        clusters: Organisation of each row, 0 to G - 1.
        names: The G organisations.

    Raises:
        ModelDataError: If another group's mean is one of the rows' own group, or means of an earlier wave are beside
            answers of the same people.
    """
    answers = Answers(spec, design, clusters, names)
    _refuse_the_same_people(answers)
    shared: dict[tuple[int, int], Shared] = {}
    for place, other in ((a, b) for b in range(len(taken.bases)) for a in range(b + 1)):
        found = _shared(answers, taken.bases[place], taken.bases[other])
        if found is not None:
            shared[place, other] = found
    weights = np.ones(len(clusters)) if design.weights is None else design.weights.to_numpy(dtype=float)
    terms = (*taken.terms.values(), (len(taken.bases) - 1,))
    return Erring(taken.matrix, terms, shared, tuple(answers.spreads.values()), clusters, weights)


def _shared(answers: Answers, one: Base, other: Base) -> Shared | None:
    for first, second in ((one, other), (other, one)):
        if _errs(answers, first):
            found = _of_mean(answers, first, second)
            if found is not None:
                return found
    if _is_measured(answers, one) and _is_measured(answers, other):
        return _of_measured(answers, one, other)
    if answers.is_of_responses and (_deviates(answers, one) or _deviates(answers, other)):
        return _of_deviation(answers, one, other)
    return None


def _errs(answers: Answers, base: Base) -> bool:
    return base.variable is not None and _mean_of(base.variable) in corrected_means(answers.spec)


def _is_measured(answers: Answers, base: Base) -> bool:
    return base.variable is not None and _mean_of(base.variable) in measured_means(answers.spec)


def _of_measured(answers: Answers, one: Base, other: Base) -> Shared | None:
    """Return what errors of measurement add to the variance of a mean; those of other scales are others."""
    mean = _mean_of(one.variable)
    if mean != _mean_of(other.variable):
        return None
    numbers = answers.design.rows[answers_behind(mean, mean)].to_numpy(dtype=float)
    return Shared(answers.measured(mean), one.scale * other.scale / numbers)


def _deviates(answers: Answers, base: Base) -> bool:
    """Whether a base is the deviation from a mean that is corrected."""
    own = base.variable
    if own is None or own.use != "within_organisation":
        return False
    return Variable(variable=own.variable, use="organisation_mean") in corrected_means(answers.spec)


def _of_mean(answers: Answers, mean: Base, other: Base) -> Shared | None:
    variable = _mean_of(mean.variable)
    beside = None if other.variable is None else _mean_of(other.variable)
    is_beside_mean = beside is not None and is_mean(beside, answers.spec.level)
    scale = mean.scale * other.scale
    if not is_of_the_rows(variable):
        is_told = beside is not None and is_beside_mean and are_of_one_cell(variable, beside)
        return _of_others(answers, variable, beside, scale) if beside is not None and is_told else None
    if not answers.is_of_responses:
        return _of_row(answers, variable, other, scale)
    if is_beside_mean and beside is not None:
        return _of_means(answers, variable, beside, scale) if is_of_the_rows(beside) else None
    is_deviation = beside is not None and beside.use == "within_organisation"
    return None if is_deviation else _of_own(answers, variable, other, mean.scale)


def _of_others(answers: Answers, one: Variable, other: Variable, scale: float) -> Shared:
    """Return what two means of answers of other people share."""
    return Shared(_told(answers, one, other), scale * _shares(answers, one, other))


def _of_means(answers: Answers, one: Variable, other: Variable, scale: float) -> Shared:
    """Return what two means of answers of the rows' own group share."""
    spread = answers.within(_key(one, other), *(answers.answered(each.variable) for each in _sorted(one, other)))
    return Shared(spread, scale * _shares(answers, one, other))


def _of_own(answers: Answers, mean: Variable, other: Base, scale: float) -> Shared:
    """Return what a mean shares with what the person of the row answered."""
    name = other.variable.variable if other.variable is not None else f"piece {id(other)}"
    spread = answers.within((mean.variable, name, "own"), answers.answered(mean.variable), other.numbers)
    return Shared(spread, scale / answers.design.rows[answers_behind(mean, mean)].to_numpy(dtype=float))


def _of_row(answers: Answers, mean: Variable, other: Base, scale: float) -> Shared | None:
    """Return what a mean shares with another mean of the same answers, among rows of organisations."""
    name = other.variable
    if name is None or name.use != "number" or not is_of_the_rows(name):
        return None
    one, two = answers.answered(mean.variable), answers.answered(name.variable)
    spread = answers.within(_key(mean, name), one, two)
    share = answers.numbers(one, two) / (answers.numbers(one, one) * answers.numbers(two, two))
    return Shared(spread, scale * share)


def _of_deviation(answers: Answers, one: Base, other: Base) -> Shared | None:
    """Return what deviations from corrected means share: less than nothing, since their means' errors are in them."""
    first, second = (one, other) if _deviates(answers, one) else (other, one)
    if first.variable is None:
        return None
    mean = Variable(variable=first.variable.variable, use="organisation_mean")
    if _deviates(answers, second) and second.variable is not None:
        beside = Variable(variable=second.variable.variable, use="organisation_mean")
        return _of_means(answers, mean, beside, -first.scale * second.scale)
    if second.variable is not None and second.variable.use in ("organisation_mean", "within_organisation"):
        return None
    return _of_own(answers, mean, second, -first.scale)


def _mean_of(variable: Variable | None) -> Variable:
    if variable is None:
        raise TypeError("an indicator is no mean")
    return Variable(variable=variable.variable, use=variable.use, of=variable.of, earlier_wave=variable.earlier_wave)


def _sorted(one: Variable, other: Variable) -> tuple[Variable, Variable]:
    return (one, other) if one.variable <= other.variable else (other, one)


def _key(one: Variable, other: Variable) -> tuple[str, ...]:
    return tuple(each.variable for each in _sorted(one, other))


def _named(answers: Answers, one: Variable, other: Variable) -> tuple[Variable, Variable]:
    """Return two means in the order in which columns name them."""
    is_there = answers_behind(one, other) in answers.design.rows
    return (one, other) if is_there else (other, one)


def _shares(answers: Answers, one: Variable, other: Variable) -> Vector:
    return answers.shares(*_named(answers, one, other))


def _told(answers: Answers, one: Variable, other: Variable) -> int:
    return answers.told(*_named(answers, one, other))


def _refuse_the_same_people(answers: Answers) -> None:
    """Raise ModelDataError where means of another group or wave are of people who are behind the rows too."""
    apart = [each for each in erring_means(answers.spec) if not is_of_the_rows(each)]
    for mean in apart:
        groups = answers.spec.population.respondent_groups
        if mean.of is not None and (mean.of in groups or not groups):
            raise ModelDataError(
                f"'{column_of(mean)}' is a mean of {mean.of}, who may be among the responses themselves, so that "
                "errors are shared in a way that is not corrected; expected a population of other groups; name "
                "its groups, leave of out, or take the mean out of corrected"
            )
    if answers.is_of_responses or not any(each.earlier_wave and each.of is None for each in apart):
        return
    for name in _answered_now(answers):
        raise ModelDataError(
            f"'{name}' was answered in the wave of the row by people of whom some answered the corrected mean of the "
            "earlier wave, and what they share is not known; expected facts or answers of the earlier wave (write "
            "earlier_wave: true); take it out, or the mean out of corrected"
        )


def _answered_now(answers: Answers) -> Iterator[str]:
    data = answers.design.data
    keys = [CLUSTER, "wave"]
    now = [each for each in answers.spec.variables() if each.use == "number" and is_of_the_rows(each)]
    for name in dict.fromkeys([answers.spec.outcome, *(each.variable for each in now)]):
        if name not in keys and data.groupby(keys)[name].nunique().gt(1).any():
            yield name
