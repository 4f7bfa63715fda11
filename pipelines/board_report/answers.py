"""How the answers fall: shares of answer options by question, respondent group and wave."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Cell, Kind, Section, Table

KINDS: dict[str, Kind] = {"percent": "per_cent", "n_obs": "count"}


def answers(released: Released) -> Section:
    """Write the section from the released ``out.distributions``."""
    say = released.wording.say
    items = released.table("meta.items").drop_duplicates("item").set_index("item")["position"]
    bands = released.arranged("out.distributions")
    every = tuple(
        (released.group(row["respondent_group"]), released.wave(row["wave"]), *_row(released, row))
        for row in rows_of(bands)
    )
    heads = ("question", "answer", "share", "n")
    tables = tuple(
        Table(
            say("answers_caption", group=released.group(group), wave=released.wave(wave)),
            released.heads(*heads),
            tuple(_row(released, row) for row in rows_of(_in_order(rows, items))),
            n_labels=2,
        )
        for group, wave, rows in released.latest(bands)
    )
    sheet = Table(say("answers_all"), released.heads("group", "wave", *heads), every, n_labels=4)
    lines = (say("answers_reading"),)
    return Section(
        say("answers_sheet"), say("answers_title"), lines, tables=tables, sheet=sheet, is_detail=True
    )  # fmt: skip


def _in_order(rows: pd.DataFrame, items: pd.Series) -> pd.DataFrame:
    place = rows["item"].map(items)
    return rows.assign(place=place).sort_values(["place", "item", "code_from"], kind="stable")


def _row(released: Released, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    question = released.wording.text("item_text", str(row["item"]))
    return (question, band_of(released, row), *released.cells(row, KINDS))


def band_of(released: Released, row: Mapping[str, Any]) -> str:
    """Return the answer option of a row in words, or the first and the last of those that are joined."""
    first, last = (_option(released, str(row["item"]), int(row[end])) for end in ("code_from", "code_to"))
    return first if row["code_from"] == row["code_to"] else released.wording.say("band", first=first, last=last)


def _option(released: Released, item: str, code: int) -> str:
    return released.wording.written_text("point_label", f"{item}={code}") or str(code)
