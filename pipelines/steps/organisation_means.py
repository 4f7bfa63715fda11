"""Scale scores → means over an organisation's answers and deviations from them."""

from collections.abc import Iterable

import pandas as pd

from models.regression.columns import column_of
from models.sections.regressors import Variable

WITHIN = ["wave", "respondent_group", "organisation_id"]


def organisation_means(rows: pd.DataFrame, scales: list[str]) -> pd.DataFrame:
    """Compute the organisation mean of every scale and the deviation of every response from it.

    The mean of a scale is taken over all scores of the same wave, respondent group and organisation among the rows, the
    response's own included; the deviation is the score minus that mean. Both are missing where the organisation is
    unknown.

    Args:
        rows: One row a response: the columns of ``WITHIN`` and one a scale.
        scales: Names of the scales.

    Returns:
        Two columns a scale, ``<scale>_organisation_mean`` and ``<scale>_within_organisation``, index of ``rows``.
    """
    found: dict[str, pd.Series] = {}
    for scale in scales:
        mean = rows.groupby(WITHIN)[scale].transform("mean")
        found[f"{scale}_organisation_mean"] = mean
        found[f"{scale}_within_organisation"] = rows[scale] - mean
    return pd.DataFrame(found, index=rows.index)


def means_of_groups(rows: pd.DataFrame, variables: Iterable[Variable], is_used: pd.Series) -> pd.DataFrame:
    """Add the organisation means that other respondent groups give, such as what staff see for their managers.

    Args:
        rows: ``core.analysis``.
        variables: Those with a group in ``of``, of the same wave, are added; a response of an organisation or wave
            without an answer of that group misses the mean.
        is_used: Length n: whose answers count.

    Returns:
        The rows in the same order, with a column for each variable.
    """
    added: dict[str, pd.Series] = {}
    keys = [column for column in WITHIN if column != "respondent_group"]
    for variable in dict.fromkeys(each for each in variables if each.of is not None and not each.earlier_wave):
        asked = rows[is_used & (rows["respondent_group"] == variable.of)]
        means = asked.groupby(keys)[variable.variable].mean().rename(column_of(variable))
        found = rows[keys].merge(means.reset_index(), on=keys, how="left", validate="many_to_one")
        added[str(means.name)] = found[means.name].set_axis(rows.index)
    return rows.assign(**added)
