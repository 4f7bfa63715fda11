"""Linked persons → how many of a wave are found again in a later one, and how those who left differed."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from pipelines.tables.linking import ATTRITION, ATTRITION_DIFFERENCES

_WAYS = {"n_linked_by_key": ("key", "decision"), "n_linked_by_code": ("code",)}
_LEAST_SCORES = 2


def attrition(
    responses: pd.DataFrame, links: pd.DataFrame, candidates: pd.DataFrame, codes: pd.DataFrame, waves: list[str]
) -> pd.DataFrame:
    """Count who is found again, for every respondent group and pair of waves.

    The group is that of the earlier wave; people who are new are counted in their group of the later wave.

    Args:
        responses: ``core.responses``.
        links: ``core.links``.
        candidates: ``core.link_candidates``.
        codes: ``core.link_codes``.
        waves: Waves in order.

    Returns:
        ``out.attrition``.
    """
    people = _people(responses, links)
    rows = [
        {
            "respondent_group": group,
            "wave_from": earlier,
            "wave_to": later,
            **_counts(*sides, group, _doubtful(candidates, earlier, later)),
            "expected_false_links": expected_false_links(*(_codes_of(codes, side, group) for side in sides)),
        }
        for earlier, later, group, sides in _groups_and_waves(people, waves)
    ]
    return ATTRITION.typed(pd.DataFrame(rows, columns=list(ATTRITION.columns)))


def attrition_differences(
    responses: pd.DataFrame, links: pd.DataFrame, scores: pd.DataFrame, scales: list[str], waves: list[str]
) -> pd.DataFrame:
    """Compare the scores of those who left with those who stayed: ``out.attrition_differences``.

    The difference is Cohen's d: stayed minus left, over the standard deviation pooled over both.
    """
    people = _people(responses, links).merge(scores.drop(columns="wave"), on="response_id", how="left")
    rows: list[dict[str, object]] = []
    for earlier, later, group, (everybody, after) in _groups_and_waves(people, waves):
        before = everybody[everybody["respondent_group"] == group]
        stayed = before["person_id"].isin(after["person_id"])
        for scale in scales:
            values = before[scale].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
            if np.isfinite(values).any():
                key = {"scale": scale, "respondent_group": group, "wave_from": earlier, "wave_to": later}
                rows.append({**key, **_difference(values[stayed], values[~stayed])})
    return ATTRITION_DIFFERENCES.typed(pd.DataFrame(rows, columns=list(ATTRITION_DIFFERENCES.columns)))


def expected_false_links(earlier: pd.DataFrame, later: pd.DataFrame) -> float | None:
    r"""Return how many pairs of different people chance alone would link by code.

    With :math:`s_k = \sum_v p_k(v) q_k(v)` the chance that element k of two strangers agrees, all elements
    independent: :math:`n m [\prod_k s_k + \sum_j (1 - s_j) \prod_{k \ne j} s_k]`. The rule that a link must be the only
    candidate makes the true number smaller.

    Args:
        earlier: One row a complete code (n), one column an element.
        later: The same of the later wave (m).

    Returns:
        Number of pairs; None when a wave has no codes.
    """
    if not len(earlier) or not len(later):
        return None
    agree = np.array(
        [
            (earlier[element].value_counts(normalize=True) * later[element].value_counts(normalize=True)).sum()
            for element in earlier.columns
        ]
    )
    all_but = [float(np.delete(agree, place).prod()) for place in range(len(agree))]
    chance = float(agree.prod()) + sum((1 - agree[place]) * rest for place, rest in enumerate(all_but))
    return len(earlier) * len(later) * float(chance)


def _people(responses: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    used = links[links["is_used"].astype(bool)][["response_id", "person_id", "rule"]]
    people = responses[responses["is_analysed"].astype(bool)][["response_id", "wave", "respondent_group"]]
    return people.merge(used, on="response_id", validate="one_to_one")


def _groups_and_waves(
    people: pd.DataFrame, waves: list[str]
) -> Iterator[tuple[str, str, str, tuple[pd.DataFrame, pd.DataFrame]]]:
    """Go through pairs of waves and the groups of the earlier one, with everybody of both waves."""
    for earlier, later in combinations(waves, 2):
        before, after = (people[people["wave"] == wave].reset_index(drop=True) for wave in (earlier, later))
        if len(after):
            for group in sorted(before["respondent_group"].unique()):
                yield earlier, later, str(group), (before, after)


def _counts(everybody: pd.DataFrame, after: pd.DataFrame, group: str, doubtful: set[str]) -> dict[str, object]:
    before, of_group = (people[people["respondent_group"] == group] for people in (everybody, after))
    is_linked = before["person_id"].isin(after["person_id"])
    rule = before["rule"].where(is_linked)
    n_linked = int(is_linked.sum())
    return {
        "n_from": len(before),
        "n_to": len(of_group),
        "n_linked": n_linked,
        **{name: int(rule.isin(rules).sum()) for name, rules in _WAYS.items()},
        "n_linked_by_code_less_one": int((rule == "code_less_one").sum()),
        "n_lost": len(before) - n_linked,
        "n_new": int((~of_group["person_id"].isin(everybody["person_id"])).sum()),
        "n_doubtful": int(before["response_id"].isin(doubtful).sum()),
        "retention_rate": n_linked / len(before),
    }


def _doubtful(candidates: pd.DataFrame, earlier: str, later: str) -> set[str]:
    of_pair = candidates[(candidates["wave"] == earlier) & (candidates["other_wave"] == later)]
    return set(of_pair["response_id"])


def _codes_of(codes: pd.DataFrame, people: pd.DataFrame, group: str) -> pd.DataFrame:
    own = codes[codes["response_id"].isin(people[people["respondent_group"] == group]["response_id"])]
    return own.pivot(index="response_id", columns="element", values="pseudonym").dropna()


def _difference(stayed: np.ndarray, left: np.ndarray) -> dict[str, object]:
    groups = [values[np.isfinite(values)] for values in (stayed, left)]
    means = [float(values.mean()) if len(values) else np.nan for values in groups]
    difference = np.nan
    if min(map(len, groups)) >= _LEAST_SCORES:
        weights = [len(values) - 1 for values in groups]
        pooled = sum(weight * float(values.var(ddof=1)) for weight, values in zip(weights, groups, strict=True))
        spread = np.sqrt(pooled / sum(weights))
        difference = (means[0] - means[1]) / spread if spread > 0 else np.nan
    return {
        "n_stayed": len(groups[0]),
        "n_left": len(groups[1]),
        "mean_stayed": means[0],
        "mean_left": means[1],
        "std_difference": difference,
    }
