"""Answers and paradata → ``core.quality_flags``: what every check says of every analysed response of a wave."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from pipelines.sections.screening import RepeatPolicy
from pipelines.steps.screening_answers import check_answers
from pipelines.steps.screening_form import Form, Verdict
from pipelines.steps.screening_paradata import check_paradata
from pipelines.tables.screening import QUALITY_FLAGS


def screen_wave(forms: Iterable[Form], wave: str, policy: RepeatPolicy) -> pd.DataFrame:
    """Screen the analysed responses of a wave.

    Args:
        forms: Its forms, each with its responses.
        wave: The wave.
        policy: Which of several responses of a person stands.

    Returns:
        ``core.quality_flags``: a row for every check that a form has data for. Where a check cannot say,
        ``is_flagged`` is missing and ``reason`` says why.
    """
    found: list[pd.DataFrame] = []
    responses: list[pd.DataFrame] = []
    for form in forms:
        responses.append(form.responses)
        found += [_rows(form.responses["response_id"], verdict) for verdict in _verdicts(form)]
    if responses:
        found.append(repeated_respondents(pd.concat(responses, ignore_index=True), policy))
    if not found:
        return QUALITY_FLAGS.empty()
    return QUALITY_FLAGS.typed(pd.concat(found, ignore_index=True).assign(wave=wave))


def repeated_respondents(responses: pd.DataFrame, policy: RepeatPolicy) -> pd.DataFrame:
    """Flag the responses of a person beside the one that stands.

    Args:
        responses: Analysed responses of one wave.
        policy: ``first_complete``: the first complete one, or the first one; ``most_complete``: the one with the
            largest answered share, the later of equals; ``last``: the one that ended last.

    Returns:
        Rows of ``core.quality_flags`` without the wave; none when no response has a respondent key.
    """
    keys = responses["respondent_key"]
    if not keys.notna().any():
        return _rows(responses["response_id"].head(0), None)
    ended = responses["ended_at"].fillna(responses["started_at"])
    late = policy != "first_complete"
    is_complete = responses["disposition"] == "complete"
    share = responses["share_answered"].fillna(0.0) if policy == "most_complete" else 0.0
    order = responses.assign(
        share=share, complete=is_complete if policy == "first_complete" else False, ended=ended
    ).sort_values(
        ["share", "complete", "ended", "row_number"], ascending=[False, False, not late, not late], kind="stable"
    )
    standing = order.dropna(subset=["respondent_key"]).drop_duplicates("respondent_key")
    stands = keys.map(standing.set_index("respondent_key")["response_id"])
    n_own = keys.map(keys.value_counts()).to_numpy(dtype=float, na_value=np.nan)
    superseded = (stands.notna() & (stands != responses["response_id"])).to_numpy(dtype=bool)
    has_key = keys.notna().to_numpy(dtype=bool)
    verdict = Verdict(
        "repeated_respondent",
        "",
        n_own,
        np.full(len(keys), 2.0),
        np.where(has_key, superseded.astype(float), np.nan),
        np.nan_to_num(n_own),
        pd.Series("no_key", index=keys.index, dtype=object).where(~has_key, None).to_numpy(),
    )
    return _rows(responses["response_id"], verdict).assign(superseded_by=stands.where(superseded).to_numpy())


def _verdicts(form: Form) -> Iterator[Verdict]:
    yield from check_answers(form)
    yield from check_paradata(form)


def _rows(response_ids: pd.Series, verdict: Verdict | None) -> pd.DataFrame:
    if verdict is None:
        return QUALITY_FLAGS.empty().drop(columns="wave")
    return pd.DataFrame(
        {
            "response_id": response_ids.to_numpy(),
            "check_name": verdict.check_name,
            "block": verdict.block,
            "value": pd.array(verdict.value, dtype="Float64"),
            "threshold": pd.array(verdict.threshold, dtype="Float64"),
            "is_flagged": pd.array(verdict.is_flagged, dtype="Float64").astype("boolean"),
            "n_used": verdict.n_used.astype("int64"),
            "reason": pd.Series(verdict.reason, dtype="str"),
            "superseded_by": pd.Series([None] * len(response_ids), dtype="str"),
        }
    ).astype({"check_name": "str", "block": "str"})
