"""Flags → which responses the exclusion rules leave out, the analysis without them, and how often checks flag."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import pandas as pd

from models.regression.design import excluded_column
from pipelines.sections.screening import Exclusions
from pipelines.steps.organisation_means import organisation_means
from pipelines.tables.screening import EXCLUDED, EXCLUSIONS, SCREENING, SCREENING_OVERLAP

Rules = Mapping[str, Exclusions]
CELL = ["wave", "respondent_group"]


def excluded_responses(flags: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Find the responses that each rule leaves out.

    Args:
        flags: ``core.quality_flags`` of one wave or more.
        rules: Exclusion rules by name.

    Returns:
        ``core.exclusions``.
    """
    waves = flags.drop_duplicates("response_id").set_index("response_id")["wave"]
    is_flagged = _by_check(flags, flags["is_flagged"].fillna(value=False).astype(bool))
    found = [EXCLUSIONS.empty()]
    for name, rule in rules.items():
        named = is_flagged.reindex(columns=list(rule.checks()), fill_value=False)
        own = named[_meets(named, rule)]
        listed = [", ".join(own.columns[row]) for row in own.to_numpy(dtype=bool)]
        rows = {"response_id": own.index, "wave": waves.reindex(own.index).to_numpy(), "checks": listed}
        found.append(pd.DataFrame(rows).assign(exclusions=name, n_flags=own.sum(axis=1).to_numpy()))
    return EXCLUSIONS.typed(pd.concat(found, ignore_index=True))


def without_excluded(rows: pd.DataFrame, exclusions: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the rows of the responses that a rule keeps, in the same order."""
    return rows[~_is_excluded(rows, exclusions, rule)].reset_index(drop=True)


def mark_excluded(analysis: pd.DataFrame, exclusions: pd.DataFrame, rule: str, scales: list[str]) -> pd.DataFrame:
    """Say in the analysis table whom a rule leaves out, and take organisation means over those it keeps.

    Args:
        analysis: ``core.analysis``.
        exclusions: ``core.exclusions``.
        rule: Name of the rule.
        scales: Names of the scales.

    Returns:
        The table with the column that ``models`` reads; organisation means and deviations are computed anew over the
        responses the rule keeps, and missing for the others.
    """
    is_excluded = _is_excluded(analysis, exclusions, rule)
    means = organisation_means(analysis[~is_excluded], scales).reindex(analysis.index)
    return analysis.assign(**{excluded_column(rule): is_excluded}, **{str(name): means[name] for name in means})


def screening_report(flags: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Count the flags of every check: ``out.screening``.

    Args:
        flags: ``core.quality_flags``.
        responses: ``core.responses``.
    """
    key = [*CELL, "check_name", "block"]
    groups = _with_group(flags, responses).groupby(key, sort=True)
    counts = groups.agg(
        n_responses=("response_id", "size"),
        n_computable=("value", "count"),
        n_judged=("is_flagged", "count"),
        n_flagged=("is_flagged", "sum"),
        threshold=("threshold", "min"),
        highest=("threshold", "max"),
    ).reset_index()
    share = counts["n_flagged"] / counts["n_judged"].where(counts["n_judged"] > 0)
    threshold = counts["threshold"].where(counts["threshold"] == counts["highest"])
    return SCREENING.typed(counts.assign(share_flagged=share, threshold=threshold))


def overlap_report(flags: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Count the responses that two checks both flag: ``out.screening_overlap``."""
    found: list[dict[str, object]] = []
    for cell, rows in _with_group(flags, responses).groupby(CELL, sort=True):
        is_flagged = _by_check(rows, rows["is_flagged"].fillna(value=False).astype(bool))
        for check, other in combinations(sorted(is_flagged.columns), 2):
            first, second = is_flagged[check], is_flagged[other]
            found.append(
                {
                    **dict(zip(CELL, cell, strict=True)),
                    "check_name": check,
                    "other_check": other,
                    "n_flagged": int(first.sum()),
                    "n_flagged_other": int(second.sum()),
                    "n_flagged_both": int((first & second).sum()),
                }
            )
    return SCREENING_OVERLAP.typed(pd.DataFrame(found, columns=list(SCREENING_OVERLAP.columns)))


def exclusions_report(flags: pd.DataFrame, responses: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Count the responses that each rule leaves out, or keeps for want of data: ``out.exclusions``."""
    analysed = responses[responses["is_analysed"].astype(bool)]
    is_flagged = _by_check(flags, flags["is_flagged"].fillna(value=False).astype(bool))
    is_judged = _by_check(flags, flags["is_flagged"].notna())
    found = list(_counted(analysed, is_flagged, is_judged, rules))
    return EXCLUDED.typed(pd.DataFrame(found, columns=list(EXCLUDED.columns)))


def _counted(
    analysed: pd.DataFrame, is_flagged: pd.DataFrame, is_judged: pd.DataFrame, rules: Rules
) -> Iterator[dict[str, object]]:
    for name, rule in rules.items():
        checks = list(rule.checks())
        flagged = _aligned(is_flagged, analysed, checks)
        may_be_flagged = flagged | ~_aligned(is_judged, analysed, checks)
        is_excluded, may_be_excluded = _meets(flagged, rule), _meets(may_be_flagged, rule)
        for cell, rows in analysed.groupby(CELL, sort=True):
            excluded = is_excluded[rows["response_id"]]
            yield {
                **dict(zip(CELL, cell, strict=True)),
                "exclusions": name,
                "n_responses": len(rows),
                "n_excluded": int(excluded.sum()),
                "n_not_judged": int((may_be_excluded[rows["response_id"]] & ~excluded).sum()),
                "share_excluded": float(excluded.mean()),
                "declared_on": rule.declared_on,
                "because": rule.because,
            }


def _meets(is_flagged: pd.DataFrame, rule: Exclusions) -> pd.Series:
    """Say which responses a rule leaves out; one row a response, one column a check of the rule."""
    met = is_flagged[list(dict.fromkeys(rule.all_of))].all(axis=1)
    if rule.any_of:
        met &= is_flagged[list(dict.fromkeys(rule.any_of))].sum(axis=1) >= rule.fewest_flags
    return met


def _by_check(flags: pd.DataFrame, is_true: pd.Series) -> pd.DataFrame:
    """Return one row a response, one column a check: whether it is true of any block."""
    grouped = is_true.groupby([flags["response_id"], flags["check_name"]]).any()
    return grouped.unstack(fill_value=False).astype(bool)


def _aligned(by_check: pd.DataFrame, analysed: pd.DataFrame, checks: list[str]) -> pd.DataFrame:
    return by_check.reindex(index=analysed["response_id"], columns=checks, fill_value=False).astype(bool)


def _is_excluded(rows: pd.DataFrame, exclusions: pd.DataFrame, rule: str) -> pd.Series:
    return rows["response_id"].isin(exclusions.loc[exclusions["exclusions"] == rule, "response_id"])


def _with_group(flags: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    return flags.merge(responses[["response_id", "respondent_group"]], on="response_id", validate="many_to_one")
