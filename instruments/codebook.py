"""A codebook as plain values: the tables of a study or an instrument, and what every variable in them holds.

Put here what a codebook consists of; ``codebooks`` makes variables of instruments and writes the notations. No answers,
no counts, no personal data.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from instruments.sections.response_scale import MissingReason
from instruments.spec import Instrument, Scale
from instruments.spec_file import Texts

VariableKind = Literal["code", "whole", "number", "truth", "date", "moment", "text"]
Measure = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Category:
    """One value that a variable may have.

    Attributes:
        value: The code, or the text of a text variable.
        label: Its meaning by language; empty where only the value is shown.
    """

    value: int | str
    label: Texts


@dataclass(frozen=True)
class OptOutCode:
    """A code that respondents can choose and that counts as missing.

    Attributes:
        code: The code that the platform exports; in the tables the cell is empty.
        reason: The missing reason it is stored as.
        label: Its wording by language.
    """

    code: int
    reason: MissingReason
    label: Texts


@dataclass(frozen=True)
class Variable:
    """One column of a table.

    Attributes:
        name: The column.
        label: What it holds in short, by language: the wording of an item, the title of a scale.
        kind: Type of the values.
        measure: What may be done with the values.
        categories: Every value it may have, in order; empty when there is no closed list.
        opt_outs: Codes that count as missing.
        least: Smallest value.
        most: Largest value.
        is_required: Whether every row has a value.
        may_identify: Whether the value may identify a person.
        instrument: Name of the instrument; empty for keys.
        item: Name of the item it is the answer to.
        scale: Name of the scale it is the score of.
    """

    name: str
    label: Texts
    kind: VariableKind
    measure: Measure = "nominal"
    categories: tuple[Category, ...] = ()
    opt_outs: tuple[OptOutCode, ...] = ()
    least: float | None = None
    most: float | None = None
    is_required: bool = False
    may_identify: bool = False
    instrument: str = ""
    item: str = ""
    scale: str = ""

    @property
    def is_key(self) -> bool:
        """Whether it is neither an answer nor a score."""
        return not self.item and not self.scale


@dataclass(frozen=True)
class CodebookTable:
    """One table.

    Attributes:
        name: Its name, small letters.
        title: Title by language.
        grain: What a row is, by language.
        key: Variables that are unique together.
        variables: Its columns in order.
    """

    name: str
    title: Texts
    grain: Texts
    key: tuple[str, ...]
    variables: tuple[Variable, ...]


@dataclass(frozen=True)
class Period:
    """A round of the survey.

    Attributes:
        name: The wave.
        title: Title by language.
        starts_on: First day in the field.
        ends_on: Last day in the field.
    """

    name: str
    title: Texts
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


@dataclass(frozen=True)
class Codebook:
    """What a study's data hold, or what an instrument's or form's data will hold.

    Attributes:
        name: Name of the study, form or instrument.
        title: Title by language.
        languages: Languages of the wordings, the first as the default.
        instruments: The instruments as asked, in order, with labels in their slots.
        tables: The tables, in order.
        description: What it is, by language.
        version: Version of the wording; empty for a study.
        population: Whom the study speaks about.
        is_synthetic: Whether the answers are invented.
        periods: Rounds of the survey in order.
        groups: Respondent group → title by language.
        asked_of: Item → groups whose form has it.
        unprompted: Items that every form puts before the word that the study is about.
    """

    name: str
    title: Texts
    languages: tuple[str, ...]
    instruments: tuple[Instrument, ...]
    tables: tuple[CodebookTable, ...]
    description: Texts = field(default_factory=dict[str, str])
    version: str = ""
    population: str = ""
    is_synthetic: bool = False
    periods: tuple[Period, ...] = ()
    groups: Mapping[str, Texts] = field(default_factory=dict[str, Texts])
    asked_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unprompted: frozenset[str] = frozenset()

    def variables(self) -> Iterator[Variable]:
        """Yield the variables of every table."""
        for table in self.tables:
            yield from table.variables

    def variables_of(self, table: str) -> tuple[Variable, ...]:
        """Return the variables of a table; none when there is no such table."""
        return next((each.variables for each in self.tables if each.name == table), ())

    def instrument(self, name: str) -> Instrument:
        """Return an instrument by name."""
        return next(each for each in self.instruments if each.name == name)


def scales_with(instrument: Instrument, item: str) -> dict[str, Scale]:
    """Return the scales that an item belongs to, by name, in the instrument's order."""
    return {name: scale for name, scale in instrument.scales.items() if item in scale.items}


def worded(texts: Texts, languages: Sequence[str]) -> Texts:
    """Return a text in those of the languages it is worded in, in their order; else in its own first language."""
    known = {each: texts[each] for each in languages if texts.get(each)}
    return known or next(({each: text} for each, text in texts.items() if text), dict[str, str]())


def first_text(texts: Texts, languages: Sequence[str]) -> str:
    """Return a text in the first of the languages it is worded in, else in its own first; empty when there is none."""
    return next(iter(worded(texts, languages).values()), "")
