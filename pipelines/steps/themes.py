"""Judgements and open answers → variables for analysis: codes present and absent, questions answered, words."""

import math

import numpy as np
import pandas as pd

from pipelines.load_coding import ANY_ITEM, CodedVariable, StudyCoding
from pipelines.steps.judgements import Judgements, resolve

ASKED_ONLY = ("seen_unanswered", "refused", "dont_know", "unknown_blank")


def themes(
    responses: pd.DataFrame, answers: pd.DataFrame, missing: pd.DataFrame, judged: Judgements, coding: StudyCoding
) -> pd.DataFrame:
    """Make the variables of coded answers: ``core.coded_themes``.

    A question that was not answered has no codes: they are missing, never 0. A code over all questions is 1 where some
    answer has it, 0 where every answer was judged and none has it.

    Args:
        responses: ``core.responses``.
        answers: ``core.open_answers``.
        missing: ``core.missing``.
        judged: Judgements.
        coding: How the study codes.

    Returns:
        One row a response, sorted by response_id.
    """
    ids = responses[["response_id", "wave"]].sort_values("response_id").reset_index(drop=True)
    index = pd.Index(ids["response_id"])
    items = list(coding.spec.items)
    words = _by_item(answers.assign(n=[len(str(text).split()) for text in answers["text"]]), "n", index, items)
    unanswered = missing[missing["reason"].isin(ASKED_ONLY)].assign(n=0.0)
    asked = _by_item(unanswered, "n", index, items).fillna(words.notna().astype(float).replace(0.0, np.nan))
    held = judged.answers.assign(**dict(zip(judged.codes, resolve(judged, coding).T, strict=True)))
    of_code = {code: [item for item in items if coding.may_have(code, item)] for code in judged.codes}
    codes = {code: _by_item(held, code, index, items) for code in judged.codes}
    columns = {
        name: _variable(each, words, asked, codes[each.code][of_code[each.code]] if each.code else None).to_numpy()
        for name, each in coding.variables().items()
    }
    return pd.concat([ids, pd.DataFrame(columns, index=ids.index)], axis=1)


def _by_item(rows: pd.DataFrame, column: str, index: pd.Index, items: list[str]) -> pd.DataFrame:
    """Return one row a response, one column an open question; NaN where there is nothing."""
    chosen = rows[rows["item"].isin(items)]
    wide = chosen.pivot(index="response_id", columns="item", values=column)
    return wide.reindex(index=index, columns=items).astype("float64")


def _variable(
    variable: CodedVariable, words: pd.DataFrame, asked: pd.DataFrame, codes: pd.DataFrame | None
) -> pd.Series:
    item = variable.item
    if codes is not None:
        values = codes.where(words[codes.columns].notna())
        return _of_any(values, words[codes.columns]) if item == ANY_ITEM else values[item]
    if variable.kind == "answered":
        return asked.max(axis=1) if item == ANY_ITEM else asked[item]
    n = words.sum(axis=1, min_count=1) if item == ANY_ITEM else words[item]
    return n.where(n > 0).map(math.log, na_action="ignore")


def _of_any(values: pd.DataFrame, words: pd.DataFrame) -> pd.Series:
    is_open = (values.isna() & words.notna()).any(axis=1)
    largest = values.max(axis=1)
    return largest.where((largest == 1) | ~is_open)
