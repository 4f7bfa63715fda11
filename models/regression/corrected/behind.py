"""Columns of the analysis table that tell of the answers behind organisation means: their names, and who needs them.

Put here names; the columns are made where all answers are known, and read where means are corrected.
"""

from models.regression.columns import column_of
from models.sections.corrected import Said, all_means, corrected_means, is_of_the_rows, measured_means
from models.sections.regressors import Variable

Pair = tuple[Variable, Variable]


def answers_behind(one: Variable, other: Variable) -> str:
    """Return the column with the number of people who answered for both means; for one mean, twice the same."""
    return f"answers_behind_{_named(one, other)}"


def squares_behind(one: Variable, other: Variable) -> str:
    """Return the column with the cross-product of both answers, less their means, within the organisation and wave."""
    return f"squares_behind_{_named(one, other)}"


def errors_behind(mean: Variable) -> str:
    """Return the column with the sum of the squared errors of measurement of the answers behind a mean."""
    return f"errors_behind_{column_of(mean)}"


def are_of_one_cell(one: Variable, other: Variable) -> bool:
    """Tell whether two means are of answers of the same people."""
    return (one.of, one.earlier_wave) == (other.of, other.earlier_wave)


def pairs_behind(said: Said) -> list[Pair]:
    """Return the pairs of means whose answers a model must know of, each mean with itself among them.

    A pair has at least one corrected mean, or is a mean that stands in such a pair or is measured with errors. Among
    rows of organisations, means of the rows' own answers need no columns: the answers are there.
    """
    means = [each for each in all_means(said) if said.level == "response" or not is_of_the_rows(each)]
    corrected = corrected_means(said)
    found: list[Pair] = []
    for place, one in enumerate(means):
        for other in means[place:]:
            if are_of_one_cell(one, other) and (one in corrected or other in corrected):
                found += [(one, one), (one, other), (other, other)]
    found += [(mean, mean) for mean in measured_means(said)]
    return list(dict.fromkeys(found))


def columns_behind(said: Said) -> list[str]:
    """Return the columns that a model reads to correct its means; one may stand twice."""
    found: list[str] = []
    for one, other in pairs_behind(said):
        found.append(answers_behind(one, other))
        if is_of_the_rows(one):
            found += [one.variable, other.variable, "respondent_group"]
        else:
            found.append(squares_behind(one, other))
    for mean in measured_means(said):
        found += [answers_behind(mean, mean), errors_behind(mean)]
    if said.level == "response" and found:
        found += ["organisation_id", "wave", "respondent_group"]
    return found


def _named(one: Variable, other: Variable) -> str:
    first, second = column_of(one), column_of(other)
    return first if first == second else f"{first}_and_{second}"
