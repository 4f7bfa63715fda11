"""Who answered: invited units, responses and response rates."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Figure, Kind, Section, Table

KINDS: dict[str, Kind] = {
    "n_invited": "count",
    "n_responses": "count",
    "response_rate_2": "share",
    "n_organisations": "count",
}


def who_answered(released: Released) -> Section:
    """Write the section from the released ``out.response_rates``."""
    say, rates = released.wording.say, released.arranged("out.response_rates")
    rows = tuple(
        (released.group(row["respondent_group"]), released.wave(row["wave"]), *released.cells(row, KINDS))
        for row in rows_of(rates)
    )
    heads = released.heads("group", "wave", "n_invited", "n_responses", "response_rate", "n_organisations")
    table = Table(say("who_caption"), heads, rows, n_labels=2)
    findings = tuple(told_of(released, row) for _, _, last in released.latest(rates) for row in rows_of(last))
    without = [released.group(each) for each in released.named("no_inference")]
    lines = (say("who_reading"), *([say("no_inference", groups=", ".join(without))] if without else []))
    return Section(say("who_sheet"), say("who_title"), lines, findings, tables=(table,), sheet=table)


def told_of(released: Released, row: Mapping[str, Any]) -> str:
    """Say how many of a respondent group answered in a wave."""
    say, figure = released.wording.say, released.wording.figure
    of = {"group": released.group(row["respondent_group"]), "wave": released.wave(row["wave"])}
    if row["is_hidden"]:
        return say("who_hidden", **of)
    count = figure(Figure(float(row["n_responses"]), "count"))
    if pd.isna(row["response_rate_2"]):
        return say("who_count", n=count, **of)
    return say("who_rate", n=count, rate=figure(Figure(float(row["response_rate_2"]), "share")), **of)
