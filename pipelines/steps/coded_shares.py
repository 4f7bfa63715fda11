"""Coded answers of few people → what may honestly be said of them: x of n with an exact interval, and saturation."""

from collections.abc import Iterator

import pandas as pd

from models.coding.shares import exact_interval, n_of_n
from pipelines.load_coding import CodedVariable, StudyCoding
from pipelines.steps.judgements import Judgements, resolve
from pipelines.tables.coding import SATURATION, SHARES

_CELL = ["respondent_group", "wave"]


def coded_shares(analysis: pd.DataFrame, coding: StudyCoding) -> pd.DataFrame:
    """Count in how many of those whose answers were judged a code is present: ``out.coded_shares``.

    Args:
        analysis: ``core.analysis``.
        coding: How the study codes.
    """
    codes = {name: each for name, each in coding.variables().items() if each.kind == "code"}
    rows = [
        {"item": each.item, "code": each.code, **dict(zip(_CELL, map(str, cell), strict=True))}
        | _share(of_cell[name], _has_answered(of_cell, each, coding))
        for cell, of_cell in analysis.groupby(_CELL, sort=True)
        for name, each in codes.items()
        if of_cell[name].notna().any()
    ]
    return SHARES.typed(pd.DataFrame(rows, columns=list(SHARES.columns)))


def _has_answered(rows: pd.DataFrame, variable: CodedVariable, coding: StudyCoding) -> pd.Series:
    """Say who answered the question of a variable, or any question that the code may be given to."""
    every = [item for item in coding.spec.items if coding.may_have(variable.code, item)]
    items = [variable.item] if variable.item else every
    return rows[[f"answered_{item}" for item in items]].eq(1).any(axis=1)


def _share(present: pd.Series, has_answered: pd.Series) -> dict[str, object]:
    n, n_with = int(present.notna().sum()), int(present.sum())
    low, high = exact_interval(n_with, n)
    n_undecided = int((has_answered & present.isna()).sum())
    return {
        "n_with": n_with,
        "n": n,
        "n_undecided": n_undecided,
        "conf_low": low,
        "conf_high": high,
        "says": n_of_n(n_with, n),
    }


def saturation(responses: pd.DataFrame, judged: Judgements, coding: StudyCoding) -> pd.DataFrame:
    """Count how many codes have appeared after each further respondent, in the order they began: ``out.saturation``.

    Args:
        responses: ``core.responses`` of the analysed.
        judged: Judgements.
        coding: How the study codes.
    """
    technical = [code for code, each in coding.scheme.codes.items() if each.stands_alone or each.is_proposal]
    codes = [code for code in judged.codes if code not in technical]
    held = judged.answers.assign(**dict(zip(judged.codes, resolve(judged, coding).T, strict=True)))
    present = held.groupby("response_id")[codes].max()
    ordered = responses.sort_values(["started_at", "response_id"], kind="stable", na_position="last")
    return SATURATION.typed(pd.DataFrame(_curves(ordered, present), columns=list(SATURATION.columns)))


def _curves(ordered: pd.DataFrame, present: pd.DataFrame) -> Iterator[dict[str, object]]:
    for cell, rows in ordered.groupby(_CELL, sort=True):
        seen: set[str] = set()
        judged = [each for each in rows["response_id"] if each in present.index]
        for number, response in enumerate(judged, start=1):
            given = present.loc[response]
            new = set(given.index[given == 1]) - seen
            seen |= new
            where = dict(zip(_CELL, map(str, cell), strict=True))
            yield {**where, "n_respondents": number, "n_new": len(new), "n_codes": len(seen)}
