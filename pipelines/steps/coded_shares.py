"""Coded answers of few people → what may honestly be said of them: x of n with an exact interval, and saturation."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.coding.shares import exact_interval, n_of_n
from models.estimates import Matrix, Vector
from pipelines.load_coding import ANY_ITEM, StudyCoding
from pipelines.steps.judgements import Judgements, resolve
from pipelines.tables.coding import SATURATION, SHARES

_CELL = ["respondent_group", "wave"]


def coded_shares(analysis: pd.DataFrame, coding: StudyCoding) -> pd.DataFrame:
    """Count in how many of those whose answers were judged a code is present: ``out.coded_shares``.

    Args:
        analysis: ``core.analysis``.
        coding: How the study codes.
    """
    rows = [
        row
        for cell, of_cell in analysis.groupby(_CELL, sort=True)
        for row in _of_cell(tuple(map(str, cell)), of_cell, coding)
    ]
    return SHARES.typed(pd.DataFrame(rows, columns=list(SHARES.columns)))


def _of_cell(cell: tuple[str, ...], analysis: pd.DataFrame, coding: StudyCoding) -> Iterator[dict[str, object]]:
    """Count every code of a group and wave that was judged in some answer; others have answered, but are undecided."""
    items = coding.spec.items
    codes = {name: each for name, each in coding.variables().items() if each.kind == "code"}
    values = _numbers(analysis, list(codes))
    answered = _numbers(analysis, [f"answered_{item}" for item in items]) == 1
    for each, present in zip(codes.values(), values.T, strict=True):
        if not np.isnan(present).all():
            asked = [coding.may_have(each.code, item) and each.item in (ANY_ITEM, item) for item in items]
            where = dict(zip(_CELL, cell, strict=True))
            yield {"item": each.item, "code": each.code, **where} | _share(present, answered[:, asked].any(axis=1))


def _numbers(analysis: pd.DataFrame, names: list[str]) -> Matrix:
    return analysis[names].to_numpy(dtype="float64", na_value=np.nan)


def _share(present: Vector, has_answered: NDArray[np.bool_]) -> dict[str, object]:
    is_judged = ~np.isnan(present)
    n, n_with = int(is_judged.sum()), int(present[is_judged].sum())
    low, high = exact_interval(n_with, n)
    return {
        "n_with": n_with,
        "n": n,
        "n_undecided": int((has_answered & ~is_judged).sum()),
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
        judged = rows.loc[rows["response_id"].isin(present.index), "response_id"]
        seen = np.logical_or.accumulate(present.loc[judged].to_numpy() == 1, axis=0).sum(axis=1)
        where = dict(zip(_CELL, map(str, cell), strict=True))
        for number, (n_new, n_codes) in enumerate(zip(np.diff(seen, prepend=0), seen, strict=True), start=1):
            yield {**where, "n_respondents": number, "n_new": n_new, "n_codes": n_codes}
