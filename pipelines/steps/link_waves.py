"""Responses of several waves → persons: by key, by decision, by self-generated code, by code less one element.

Put here which responses belong to one person; how codes become pseudonyms is in ``pseudonyms``, who is lost between
waves in ``attrition``.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from instruments.faults import DataError
from pipelines.sections.linking import LinkCode
from pipelines.tables.linking import LINK_CANDIDATES, LINKS, RULES

_PAIR = ["response_id", "other_response_id"]
_EDGE = [*_PAIR, "n_equal", "rule"]
_DECISIONS = ("same", "different")
_FIRM = ("key", "decision")


class DecisionError(DataError):
    """The list of decisions cannot be used; the message says where and why."""


@dataclass(frozen=True)
class LinkedWaves:
    """What linking yields.

    Attributes:
        links: ``core.links``.
        candidates: ``core.link_candidates``.
    """

    links: pd.DataFrame
    candidates: pd.DataFrame


@dataclass(frozen=True)
class _Pairs:
    """Pairs of responses of two waves: those that are linked, and those left to a person."""

    linked: pd.DataFrame
    doubtful: pd.DataFrame


def link_waves(
    responses: pd.DataFrame, codes: pd.DataFrame, waves: list[str], rule: LinkCode | None, decisions: pd.DataFrame
) -> LinkedWaves:
    """Find the responses of each person.

    A respondent key links for certain, and so does a decision. Then equal codes link when the code is given once in
    either wave; then codes that differ in one element link when each response is the only such candidate of the other.
    An element that is not given agrees with nothing. All other pairs with at most one differing element are candidates
    for a person to decide. Links by code that would put two responses of a wave on one person are taken back.

    Args:
        responses: ``core.responses``.
        codes: ``core.link_codes``.
        waves: Waves in order.
        rule: The self-generated code; None when the study has none.
        decisions: response_id, other_response_id, decision.

    Returns:
        A row for every response, whether or not it is linked; and the pairs in doubt.
    """
    ordered = _by_preference(responses)
    is_used = ~(ordered["respondent_key"].notna() & ordered.duplicated(["wave", "respondent_key"]))
    used = ordered[is_used]
    wide = codes.pivot(index="response_id", columns="element", values="pseudonym") if len(codes) else pd.DataFrame()
    linked = [_by_key(ordered), _decided_same(decisions)]
    doubtful: list[pd.DataFrame] = []
    if rule is not None and len(wide):
        for earlier, later in combinations(waves, 2):
            sides = [used[used["wave"] == wave]["response_id"] for wave in (earlier, later)]
            pairs = _by_code([wide.reindex(side.to_numpy()) for side in sides], rule, pd.concat(linked), decisions)
            linked.append(pairs.linked)
            doubtful.append(pairs.doubtful)
    edges = pd.concat(linked, ignore_index=True).drop_duplicates(_PAIR).reindex(columns=_EDGE)
    edges, contradicting = _without_contradictions(edges, used)
    n_elements = len(rule.elements) if rule else 0
    candidates = _undecided(pd.concat([*doubtful, contradicting], ignore_index=True), decisions)
    return LinkedWaves(_links(ordered, edges, is_used), _candidates(candidates, ordered, n_elements))


def check_decisions(decisions: pd.DataFrame, responses: pd.DataFrame) -> None:
    """Refuse a list of decisions with unknown words, unknown responses or pairs that are decided twice.

    Raises:
        DecisionError: With the first row that is wrong, headers counted.
    """
    absent = [name for name in (*_PAIR, "decision") if name not in decisions]
    if absent:
        raise DecisionError(f"the column {absent[0]} is missing; expected {', '.join((*_PAIR, 'decision'))}")
    unknown = ~decisions["decision"].isin(_DECISIONS)
    stranger = ~decisions[_PAIR].isin(set(responses["response_id"])).all(axis=1)
    repeated = decisions.duplicated(_PAIR)
    for is_wrong, message in (
        (unknown, f"expected {' or '.join(_DECISIONS)} as decision"),
        (stranger, "there is no such response; copy the ids from core.link_candidates"),
        (repeated, "this pair is decided twice; keep one row"),
    ):
        if is_wrong.any():
            raise DecisionError(f"row {int(is_wrong.to_numpy().argmax()) + 2}: {message}")


def _by_preference(responses: pd.DataFrame) -> pd.DataFrame:
    """Sort so that of several answers of a person in a wave the analysed, most complete, earliest one comes first."""
    order = responses.assign(
        rank=~responses["is_analysed"].astype(bool), gap=1 - responses["share_answered"].fillna(0.0).astype(float)
    )
    return order.sort_values(["rank", "gap", "response_id"], kind="stable")


def _by_key(ordered: pd.DataFrame) -> pd.DataFrame:
    """Link every response with the first one that has the same key."""
    keyed = ordered[ordered["respondent_key"].notna()]
    first = keyed.groupby("respondent_key", sort=False)["response_id"].transform("first")
    pairs = pd.DataFrame({"response_id": first, "other_response_id": keyed["response_id"], "rule": "key"})
    return pairs[pairs["response_id"] != pairs["other_response_id"]]


def _decided_same(decisions: pd.DataFrame) -> pd.DataFrame:
    return decisions[decisions["decision"] == "same"][_PAIR].assign(rule="decision")


def _by_code(sides: list[pd.DataFrame], rule: LinkCode, linked: pd.DataFrame, decisions: pd.DataFrame) -> _Pairs:
    """Compare the codes of two waves.

    Args:
        sides: The earlier and the later wave: index response_id, one column an element.
        rule: The code.
        linked: Pairs that are linked already.
        decisions: Decided pairs.
    """
    elements = list(rule.elements)
    codes = [side.reindex(columns=elements) for side in sides]
    exact = _equal_on(codes, elements).assign(n_equal=len(elements), rule="code", reason="not_unique")
    near = [_equal_on(codes, [each for each in elements if each != element]) for element in elements]
    less_one = _without(pd.concat(near, ignore_index=True).drop_duplicates(), exact)
    less_one = less_one.assign(n_equal=len(elements) - 1, rule="code_less_one", reason="one_element_differs")
    for column in _PAIR:
        less_one = less_one[~less_one[column].isin(exact[column])]
    exact = exact.assign(is_only=_is_only(exact))
    less_one = less_one.assign(is_only=_is_only(less_one) & rule.one_may_differ)
    found = _free(_without(pd.concat([exact, less_one], ignore_index=True), decisions), sides, linked)
    is_linked = found["is_only"].astype(bool)
    return _Pairs(found[is_linked][[*_PAIR, "n_equal", "rule"]], found[~is_linked][[*_PAIR, "n_equal", "reason"]])


def _equal_on(codes: list[pd.DataFrame], elements: list[str]) -> pd.DataFrame:
    """Return all pairs whose codes agree on every one of the elements."""
    earlier, later = (side.dropna(subset=elements)[elements].rename_axis("id").reset_index() for side in codes)
    joined = earlier.merge(later, on=elements, suffixes=("", "_other"))
    return joined.rename(columns={"id": "response_id", "id_other": "other_response_id"})[_PAIR]


def _without(pairs: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Leave out pairs that stand among the others, in either order."""
    if not len(others):
        return pairs
    known = pd.MultiIndex.from_frame(others[_PAIR])
    turned = pd.MultiIndex.from_frame(others[_PAIR[::-1]])
    index = pd.MultiIndex.from_frame(pairs[_PAIR])
    return pairs[~index.isin(known) & ~index.isin(turned)]


def _free(pairs: pd.DataFrame, sides: list[pd.DataFrame], linked: pd.DataFrame) -> pd.DataFrame:
    """Leave out responses that are linked to the other wave already, whoever else shares their code."""
    both = pd.concat([linked[_PAIR], linked[_PAIR[::-1]].set_axis(_PAIR, axis=1)])
    earlier, later = (set(side.index) for side in sides)
    done_earlier = set(both[both["other_response_id"].isin(later)]["response_id"]) & earlier
    done_later = set(both[both["other_response_id"].isin(earlier)]["response_id"]) & later
    return pairs[~pairs["response_id"].isin(done_earlier) & ~pairs["other_response_id"].isin(done_later)]


def _is_only(pairs: pd.DataFrame) -> pd.Series:
    """Say which pairs are the only one of both their responses."""
    return ~pairs.duplicated("response_id", keep=False) & ~pairs.duplicated("other_response_id", keep=False)


def _without_contradictions(edges: pd.DataFrame, used: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take back links by code of persons who would have two answers in one wave."""
    person = _components(edges, used["response_id"])
    of_wave = used.assign(person=person.reindex(used["response_id"]).to_numpy())
    crowded = set(of_wave[of_wave.duplicated(["person", "wave"], keep=False)]["person"])
    is_weak = ~edges["rule"].isin(_FIRM) & edges["response_id"].map(person).isin(crowded)
    taken_back = edges[is_weak][[*_PAIR, "n_equal"]].assign(reason="contradicts_other_links")
    return edges[~is_weak], taken_back


def _components(edges: pd.DataFrame, responses: pd.Series) -> pd.Series:
    """Number the persons: response_id → number."""
    ids = pd.Index(pd.concat([responses, edges["response_id"], edges["other_response_id"]]).unique())
    places = [ids.get_indexer(edges[column]) for column in _PAIR]
    from scipy.sparse import coo_array  # noqa: PLC0415 - takes a tenth of a second, which no other step needs
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_array((np.ones(len(edges)), (places[0], places[1])), shape=(len(ids), len(ids)))
    return pd.Series(connected_components(graph, directed=False)[1], index=ids)


def _undecided(doubtful: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    return _without(doubtful, decisions).drop_duplicates(_PAIR)


def _links(ordered: pd.DataFrame, edges: pd.DataFrame, is_used: pd.Series) -> pd.DataFrame:
    person = _components(edges, ordered["response_id"])
    rows = ordered[["response_id", "wave"]].assign(
        number=person.reindex(ordered["response_id"]).to_numpy(), is_used=is_used
    )
    rows["person_id"] = rows.groupby("number")["response_id"].transform("min")
    ends = pd.concat([edges.rename(columns={column: "id"})[["id", "rule"]] for column in _PAIR])
    strongest = ends.assign(place=ends["rule"].map(RULES.index)).sort_values("place").drop_duplicates("id")
    rule = rows["response_id"].map(strongest.set_index("id")["rule"]).fillna("none")
    waves_of_person = rows.groupby("number")["wave"].transform("nunique")
    rows["rule"] = rule.where(waves_of_person > 1, "none")
    return LINKS.typed(rows.sort_values("response_id"))


def _candidates(doubtful: pd.DataFrame, ordered: pd.DataFrame, n_elements: int) -> pd.DataFrame:
    wave = ordered.set_index("response_id")["wave"]
    rows = doubtful.assign(
        wave=doubtful["response_id"].map(wave),
        other_wave=doubtful["other_response_id"].map(wave),
        n_elements=n_elements,
    )
    return LINK_CANDIDATES.typed(rows.sort_values(_PAIR))
