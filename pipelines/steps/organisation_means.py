"""Scale scores → means over an organisation's answers and deviations from them."""

import pandas as pd

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
