"""Which waves and which respondent groups of a scale may stand side by side: those a release says are comparable.

Pure functions, table in, answer out. What is not known is not shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

SHOWN = ""
OTHER_WAVES = "other_waves"
REASONS = ("not_shown", "not_tested", "too_few", OTHER_WAVES, "no_test", "not_looked_at")
"""Why waves stand apart, in the order in which a page says it."""
Verdicts = Sequence[Mapping[str, object]]
"""Of one scale: respondent_group, over, verdict, compared."""
OTHER_GROUPS, ONE_GROUP = "other_groups", "one_group"
GROUP_REASONS = ("not_shown", "not_tested", "too_few", OTHER_GROUPS, "no_test", "not_looked_at", ONE_GROUP)
"""Why respondent groups stand apart, in the order in which a page says it."""


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
    return _why_apart(_of_scales(comparisons)[scale], group, set(waves))


def _why_apart(of_scale: Verdicts, group: str, waves: set[str]) -> str:
    if len(waves) < 2:  # noqa: PLR2004 - one wave is compared with nothing
        return SHOWN
    reason, compared = _judged(of_scale, group, "wave")
    return OTHER_WAVES if reason == SHOWN and not waves <= compared else reason


def groups_side_by_side(comparisons: pd.DataFrame, scale: str, groups: Sequence[str]) -> tuple[list[str], str]:
    """Return which respondent groups of a scale may be set side by side, and why the others must not.

    Args:
        comparisons: See ``queries.comparisons``.
        scale: The scale.
        groups: Respondent groups that were asked, in the order wanted.

    Returns:
        The groups, two or more or none, and one of ``GROUP_REASONS``, or ``SHOWN`` when no group is left out.
    """
    if len(groups) < 2:  # noqa: PLR2004 - one group is compared with nothing
        return [], ONE_GROUP
    reason, compared = _judged(_of_scales(comparisons)[scale], "", "respondent_group")
    named = [group for group in groups if group in compared]
    if reason != SHOWN:
        return [], reason
    return (named if len(named) > 1 else [], SHOWN if len(named) == len(groups) else OTHER_GROUPS)


def _of_scales(comparisons: pd.DataFrame) -> Mapping[str, Verdicts]:
    """Return the verdicts on each scale; none on a scale without any."""
    found = defaultdict[str, list[Mapping[str, object]]](list)
    columns = ["scale", "respondent_group", "over", "verdict", "compared"]
    for verdict in comparisons[columns].to_dict("records"):
        found[verdict["scale"]].append({str(name): value for name, value in verdict.items()})
    return found


def _judged(of_scale: Verdicts, group: str, over: str) -> tuple[str, set[str]]:
    """Return why averages must not be set side by side, or ``SHOWN`` and the names of those that may."""
    found = [each for each in of_scale if each["respondent_group"] == group and each["over"] == over]
    if len(found) != 1:
        has_no_test = any(each["verdict"] == "no_test" for each in of_scale)
        return ("no_test" if has_no_test else "not_looked_at"), set()
    verdict = str(found[0]["verdict"])
    if verdict != "shown":
        return (verdict if verdict in REASONS else "not_looked_at"), set()
    return SHOWN, set(str(found[0]["compared"]).split("; "))


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
    of_scales = _of_scales(comparisons)
    found = {
        (scale, group): _why_apart(of_scales[str(scale)], str(group), set(waves))
        for (scale, group), waves in means.groupby(keys)["wave"]
    }
    of_rows = zip(means["scale"], means["respondent_group"], strict=True)
    return pd.Series([found[key] for key in of_rows], index=means.index, dtype="object")
