"""Terms of several fits → rows of a table: what is of interest first, categories under their variable."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from models.sections.inference import OF_COUNTS, OF_ORDERED_OUTCOMES
from pipelines.report_tables.numerals import MOST_DECIMALS, MOST_IN_A_TABLE, P_DECIMALS, decimals_for
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.report_tables.value import EMPTY, Cell, Number, Row
from pipelines.report_tables.words import Words

DAGGER = "†"
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
BLOCKS = ("focal", "controls", "thresholds", "constant")
FIGURES = ("estimate", "std_error", "conf_low", "conf_high", "df", "p_value")
TINY = 0.0005


@dataclass(frozen=True)
class Printed:
    """How the figures of one table are printed.

    Attributes:
        words: Language.
        style: As asked.
        decimals: Of all estimates.
        most: Decimals of a row whose standard errors would be nought otherwise.
    """

    words: Words
    style: Style
    decimals: int
    most: int

    def row(self, row: Sequence[pd.Series | None]) -> tuple[Cell, ...]:
        """Print the estimates of one row: each with estimate, std_error, p_value, conf_low, conf_high, some missing."""
        errors = [error for each in row if each is not None and (error := _known(each, "std_error")) is not None]
        decimals = self.decimals if self.style.decimals is not None else decimals_for(errors, self.most)
        return tuple(EMPTY if each is None else self._cell(each, max(self.decimals, decimals)) for each in row)

    def _cell(self, figures: pd.Series, decimals: int) -> Cell:
        numerals = self.words.numerals
        known = {name: value for name in FIGURES if (value := _known(figures, name)) is not None}
        if "estimate" not in known:
            return EMPTY
        lines = [numerals.plain(known["estimate"], decimals)]
        if self.style.uncertainty == "error" and "std_error" in known:
            lines.append(f"({numerals.plain(known['std_error'], decimals)})")
        elif "conf_low" in known and "conf_high" in known:
            lines.append(numerals.interval(known["conf_low"], known["conf_high"], decimals))
        stars = ""
        if "p_value" in known and self.style.p_values == "exact":
            lines.append(f"p {numerals.p_value(known['p_value'])}")
        elif "p_value" in known:
            stars = next((sign for limit, sign in STARS if known["p_value"] < limit), "")
        return Cell(tuple(lines), tuple((name, _number(name, value, decimals)) for name, value in known.items()), stars)


def _number(name: str, value: float, decimals: int) -> Number:
    if name == "p_value":
        return Number(value, P_DECIMALS, "p")
    return Number(value, 1 if name == "df" else decimals)


def printed(fits: Sequence[ReportedFit], words: Words, style: Style) -> Printed:
    """Settle how a table of fits is printed: as many decimals as most of its standard errors need, two or three."""
    is_released = any(fit.is_released for fit in fits)
    most = MOST_IN_A_TABLE if is_released else MOST_DECIMALS
    if style.decimals is not None:
        return Printed(words, style, min(style.decimals, most), most)
    errors = [
        float(error)
        for fit in fits
        for term, error in zip(fit.estimates["term"], fit.estimates["std_error"], strict=True)
        if fit.places[term].block != "constant" and pd.notna(error) and error >= TINY
    ]
    return Printed(words, style, decimals_for(errors, MOST_IN_A_TABLE), most)


def coefficient_rows(fits: Sequence[ReportedFit], as_printed: Printed) -> list[Row]:
    """Return the rows of all terms, each with a cell for every fit; what is of interest in any fit comes first."""
    words, by_fit = as_printed.words, [_by_key(fit) for fit in fits]
    of_interest = {key for fit, keys in zip(fits, by_fit, strict=True) for key in keys if _is_focal(fit, key)}
    rows: list[Row] = []
    for block in BLOCKS:
        keys = _in_order([key for key in each if _block(key, of_interest) == block] for each in by_fit)
        has_heading = block != "constant" and bool(keys)
        if has_heading:
            rows.append(Row(words.say(block), kind="heading"))
        heading = ""
        for key in keys:
            if key.variable and key.heading(words) != heading:
                rows.append(Row(key.heading(words), kind="heading", depth=1))
            heading = key.heading(words)
            cells = as_printed.row([each.get(key) for each in by_fit])
            is_small = any(key in each and key.term in fit.small_terms for fit, each in zip(fits, by_fit, strict=True))
            depth = int(has_heading) + int(bool(key.variable))
            rows.append(Row(key.label, cells, depth=depth, mark=DAGGER if is_small else ""))
    return rows


@dataclass(frozen=True)
class _Key:
    """What makes two terms of different fits the same row."""

    term: str
    block: str = field(compare=False)
    variable: str
    reference: str
    label: str

    def is_other_reference_of(self, other: "_Key") -> bool:
        return bool(self.variable) and self.variable == other.variable and self.reference != other.reference

    def heading(self, words: Words) -> str:
        if not self.variable:
            return ""
        return words.say("with_reference", variable=self.variable, reference=self.reference)


def _by_key(fit: ReportedFit) -> dict[_Key, pd.Series]:
    found: dict[_Key, pd.Series] = {}
    for _, figures in fit.estimates.iterrows():
        place = fit.places[str(figures["term"])]
        found[_Key(str(figures["term"]), place.block, place.variable, place.reference, place.label)] = figures
    return found


def _is_focal(fit: ReportedFit, key: _Key) -> bool:
    return fit.places[key.term].block == "focal"


def _block(key: _Key, of_interest: Collection[_Key]) -> str:
    return "focal" if key in of_interest else key.block


def _in_order(listed: Iterable[list[_Key]]) -> list[_Key]:
    """Merge lists: what a later list adds comes after what stands before it there, so that categories stay together."""
    merged: list[_Key] = []
    for keys in listed:
        place = len(merged)
        for key in keys:
            if key in merged:
                place = merged.index(key) + 1
                continue
            while place < len(merged) and key.is_other_reference_of(merged[place]):
                place += 1
            merged.insert(place, key)
            place += 1
    return merged


def effect_rows(fits: Sequence[ReportedFit], as_printed: Printed) -> list[Row]:
    """Return the rows of average effects of models of categorical outcomes, by what they are effects on."""
    rows: list[Row] = []
    for of, belongs in (
        ("of_probability", lambda fit: fit.estimator not in (*OF_ORDERED_OUTCOMES, *OF_COUNTS)),
        ("of_each_probability", lambda fit: fit.estimator in OF_ORDERED_OUTCOMES),
        ("of_count", lambda fit: fit.estimator in OF_COUNTS),
    ):
        found = [_effects(fit) if belongs(fit) else {} for fit in fits]
        keys = list(dict.fromkeys(key for each in found for key in each))
        if keys:
            heading = as_printed.words.say("average_effects", of=as_printed.words.say(of))
            rows.append(Row(heading, kind="heading"))
        rows += [
            Row(_effect_label(key, as_printed.words), as_printed.row([each.get(key) for each in found]), depth=1)
            for key in keys
        ]
    return rows


_Effect = tuple[str, str]


def _effects(fit: ReportedFit) -> dict[_Effect, pd.Series]:
    """Return the average effects of a fit by label and value; of an ordered outcome, those of the focal terms only."""
    found: dict[_Effect, pd.Series] = {}
    order = {str(term): position for position, term in enumerate(fit.estimates["term"])}
    effects = fit.effects()
    places = effects["term"].map(order)
    for _, row in effects.loc[places.sort_values(kind="stable").index].iterrows():
        term, on = str(row["term"]), str(row["on"])
        place = fit.places.get(term)
        if place is None or (on and place.block != "focal"):
            continue
        label = f"{place.variable}: {place.label}" if place.variable else place.label
        found[label, on] = row.rename({"value": "estimate"})[["estimate", "conf_low", "conf_high"]]
    return found


def _effect_label(key: _Effect, words: Words) -> str:
    label, on = key
    return words.say("of_value", term=label, value=on) if on else label


def _known(figures: pd.Series, name: str) -> float | None:
    if name not in figures.index or pd.isna(figures[name]):
        return None
    value = float(figures[name])
    return value if math.isfinite(value) else None


def column_list(columns: Iterable[int], words: Words) -> str:
    """Name columns by their numbers: ``(1), (2) and (3)``."""
    return words.listed([f"({column})" for column in columns])


def columns_by(fits: Sequence[ReportedFit], values: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    """Return each value and the numbers of the columns that have it, empty values left out."""
    found: dict[str, list[int]] = {}
    for number, (_, value) in enumerate(zip(fits, values, strict=True), start=1):
        if value:
            found.setdefault(value, []).append(number)
    yield from found.items()
