"""Which waves of a scale may be set side by side: only those whose averages a release says were shown to be comparable.

Pure functions, table in, answer out. What is not known is not shown.
"""

from collections.abc import Iterable

import pandas as pd

SHOWN = ""
OTHER_WAVES = "other_waves"
REASONS = ("not_shown", "not_tested", "too_few", OTHER_WAVES, "no_test", "not_looked_at")
"""Why waves stand apart, in the order in which a page says it."""


def why_apart(comparisons: pd.DataFrame, scale: str, group: str, waves: Iterable[str]) -> str:
    """Return why the averages of a scale in some waves must not be set side by side; empty when they may.

    Args:
        comparisons: See ``queries.comparisons``.
        scale: The scale.
        group: The respondent group.
        waves: Waves to be shown; one alone is no comparison.

    Returns:
        One of ``REASONS``, or ``SHOWN``.
    """
    wanted = set(waves)
    if len(wanted) < 2:  # noqa: PLR2004 - one wave is compared with nothing
        return SHOWN
    is_asked = (comparisons["scale"] == scale) & (comparisons["respondent_group"] == group)
    found = comparisons[is_asked & (comparisons["over"] == "wave")].to_dict("records")
    if len(found) != 1:
        return "not_looked_at"
    verdict = str(found[0]["verdict"])
    if verdict != "shown":
        return verdict if verdict in REASONS else "not_looked_at"
    return SHOWN if wanted <= set(str(found[0]["compared"]).split("; ")) else OTHER_WAVES


def levels_reached(comparisons: pd.DataFrame, group: str, scales: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return which level of invariance over waves was shown of scales that may be compared.

    Args:
        comparisons: See ``queries.comparisons``.
        group: The respondent group.
        scales: Scales whose waves are set side by side.

    Returns:
        Level → scale → parameters that differ all the same; scales with one wave only have no level.
    """
    is_asked = (comparisons["respondent_group"] == group) & (comparisons["over"] == "wave")
    shown = comparisons[is_asked & (comparisons["verdict"] == "shown")].set_index("scale")
    found: dict[str, dict[str, int]] = {}
    for scale in (each for each in scales if each in shown.index):
        row = shown.loc[scale]
        found.setdefault(str(row["level_reached"]), {})[scale] = int(row["n_differing"])
    return found


def reasons_apart(comparisons: pd.DataFrame, means: pd.DataFrame) -> pd.Series:
    """Return for every row of scores why its waves must not be set side by side; empty where they may.

    Args:
        comparisons: See ``queries.comparisons``.
        means: Columns scale, respondent_group, wave; one row a scale, group and wave.
    """
    keys = ["scale", "respondent_group"]
    waves = means.groupby(keys)["wave"].agg(set).to_dict()
    found = [
        why_apart(comparisons, scale, group, waves[scale, group])
        for scale, group in zip(means["scale"], means["respondent_group"], strict=True)
    ]
    return pd.Series(found, index=means.index, dtype="object")
