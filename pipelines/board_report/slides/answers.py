"""Slides of how the answers fall: the questions of a scale, a bar a question, one part of it an answer option."""

from collections.abc import Iterator, Sequence

import pandas as pd

from pipelines.board_report.answers import answers, band_of
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.slides.rows import in_parts, notes_of, part_title, told_rows
from pipelines.board_report.slides.value import Bars, Series, Slide
from pipelines.board_report.value import Cell, Figure

MOST_QUESTIONS = 7
Band = tuple[int, int, str]
"""First and last code, and the words for them."""


def answer_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides of the latest wave of every respondent group from the released ``out.distributions``.

    A question of several scales stands with the first of them.
    """
    items = released.table("meta.items").sort_values("position", kind="stable")
    reading = " ".join(answers(released).lines)
    for group, wave, rows in released.latest(released.arranged("out.distributions")):
        caption = released.wording.say("answers_caption", group=released.group(group), wave=released.wave(wave))
        left = {str(each) for each in rows["item"]}
        for scale in released.scales:
            asked = [str(each) for each in items.loc[items["scale"] == scale, "item"] if each in left]
            left -= set(asked)
            title = released.wording.say("slide_of", title=caption, part=released.scale(scale))
            for part in in_parts(asked, MOST_QUESTIONS):
                bars = _bars(released, rows, part)
                named = title if len(part) == len(asked) else part_title(released, title, _questions(released, part))
                yield Slide(named, figure=bars, notes=notes_of(released, reading, bars.told))


def _bars(released: Released, rows: pd.DataFrame, asked: Sequence[str]) -> Bars:
    """Draw the bands of some questions; a question has no part for options that it joins with others."""
    shares: dict[tuple[str, Band], Figure] = {}
    counts: dict[str, Cell] = {}
    for row in rows_of(rows[rows["item"].isin(asked)]):
        item, band = str(row["item"]), (int(row["code_from"]), int(row["code_to"]), band_of(released, row))
        percent, counts[item] = released.cells(row, {"percent": "per_cent", "n_obs": "count"})
        if isinstance(percent, Figure):
            shares[item, band] = percent
    hidden = released.wording.say("not_shown")
    bands = sorted({band for _, band in shares})
    series = tuple(
        Series(
            band[2],
            tuple(shares.get((item, band), "" if isinstance(counts[item], Figure) else hidden) for item in asked),
            _tone(band, bands),
        )
        for band in bands
    ) or (Series(hidden, (hidden,) * len(asked)),)
    names = tuple(
        _label(released, text, counts[item]) for item, text in zip(asked, _questions(released, asked), strict=True)
    )
    return Bars(told_rows(released, names, series), names, series, is_stacked=True)


def _questions(released: Released, asked: Sequence[str]) -> list[str]:
    return [released.wording.text("item_text", item) for item in asked]


def _label(released: Released, text: str, n: Cell) -> str:
    wording = released.wording
    if isinstance(n, Figure):
        return wording.say("slide_n", label=text, n=wording.figure(n))
    return wording.say("slide_hidden", label=text)


def _tone(band: Band, bands: Sequence[Band]) -> float:
    """Return where a band lies between the lowest and the highest answer, from 0 to 1."""
    lowest, highest = min(each[0] for each in bands), max(each[1] for each in bands)
    return 0.5 if lowest == highest else ((band[0] + band[1]) / 2 - lowest) / (highest - lowest)
