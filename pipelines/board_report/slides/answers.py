"""Slides of how the answers fall: the questions of some scales, a bar a question, one part of it an answer option."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipelines.board_report.answers import answers, band_of
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.slides.rows import in_parts, notes_of, part_title, told_rows
from pipelines.board_report.slides.value import Bars, Series, Slide
from pipelines.board_report.value import Cell, Figure

MOST_QUESTIONS = 10
Band = tuple[int, int, str]
"""First and last code, and the words for them."""
Options = frozenset[str]
"""Answer options in words, each after its code."""


@dataclass
class _Room:
    """Questions of scales with the same answer options, which stand on one slide.

    Attributes:
        options: Of every question.
        asked: Questions by scale, in order.
    """

    options: frozenset[Options]
    asked: dict[str, list[str]] = field(default_factory=dict)

    @property
    def questions(self) -> list[str]:
        """All questions in order."""
        return [item for of_scale in self.asked.values() for item in of_scale]

    def has_room_for(self, options: frozenset[Options], asked: Sequence[str]) -> bool:
        """Tell whether the questions of one more scale find room."""
        return options == self.options and len(self.questions) + len(asked) <= MOST_QUESTIONS


def answer_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides of the latest wave of every respondent group from the released ``out.distributions``.

    A question of several scales stands with the first of them. Scales with the same answer options share slides.
    """
    reading = " ".join(answers(released).lines)
    options = _options(released)
    for group, wave, rows in released.latest(released.arranged("out.distributions")):
        caption = released.wording.say("answers_caption", group=released.group(group), wave=released.wave(wave))
        for room in _rooms(_by_scale(released, rows), options):
            named = "; ".join(released.scale(each) for each in room.asked)
            title = released.wording.say("slide_of", title=caption, part=named)
            parts = list(in_parts(room.questions, MOST_QUESTIONS))
            for part in parts:
                bars = _bars(released, rows, {item: scale for scale in room.asked for item in room.asked[scale]}, part)
                told = title if len(parts) == 1 else part_title(released, title, _questions(released, part))
                yield Slide(told, figure=bars, notes=notes_of(released, reading, bars.told))


def _by_scale(released: Released, rows: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    items = released.table("meta.items").sort_values("position", kind="stable")
    left = {str(each) for each in rows["item"]}
    for scale in released.scales:
        asked = [str(each) for each in items.loc[items["scale"] == scale, "item"] if each in left]
        left -= set(asked)
        if asked:
            yield scale, asked


def _options(released: Released) -> dict[str, Options]:
    labels = released.wording.words.texts
    found = dict[str, set[str]]()
    for (kind, name), text in labels.items():
        item, _, code = name.rpartition("=")
        if kind == "point_label":
            found.setdefault(item, set()).add(f"{code} {text}")
    return {item: frozenset(each) for item, each in found.items()}


def _rooms(by_scale: Iterator[tuple[str, list[str]]], options: Mapping[str, Options]) -> list[_Room]:
    """Put every scale on the first slide with its answer options that has room for it."""
    rooms = list[_Room]()
    for scale, asked in by_scale:
        own = frozenset(options.get(item, frozenset()) for item in asked)
        room = next((each for each in rooms if each.has_room_for(own, asked)), None)
        if room is None:
            rooms.append(room := _Room(own))
        room.asked[scale] = asked
    return rooms


def _bars(released: Released, rows: pd.DataFrame, scale_of: Mapping[str, str], asked: Sequence[str]) -> Bars:
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
    names = tuple(_label(released, _named(released, scale_of, item), counts[item]) for item in asked)
    return Bars(told_rows(released, names, series), names, series, is_stacked=True)


def _named(released: Released, scale_of: Mapping[str, str], item: str) -> str:
    """Return a question, after its scale where those of several share a slide."""
    text = released.wording.text("item_text", item)
    if len(set(scale_of.values())) == 1:
        return text
    return released.wording.say("slide_of", title=released.scale(scale_of[item]), part=text)


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
