"""Surveys that are drawn, whose options and answers hold what breaks parsers, and what must be stored of them.

One choice, one multiple choice, one number, one day and one free text; separators, quotation marks, line breaks,
leading zeros, NA, None, -99. How a platform writes them is told by whoever draws; see ``Form``.
"""

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.readers.plan import fold
from tests.received import Delivery, answers_of, reasons_of, receive

QUICK, THOROUGH = 2, int(os.environ.get("SENSEMAKING_ROUND_TRIP_EXAMPLES", "6"))
ITEMS = ("single", "several", "hours", "day", "text")
BLANK, SEEN = "unknown_blank", "seen_unanswered"
STRANGE = (
    "NA", "None", "a1", "A2", "-99", "007", "N/A", "null", "True", "a, b", "a; b", 'say "no"',
    "'", "x\ny", "Bøf & Æg", "ß <b>",
    "你好", "😀", "-", "...", "1.5", "=1+1", "\\n", "%s", "{0}", "Ikke valgt?", "#REF!",
)  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
LETTERED = st.tuples(st.sampled_from("abcøÅ"), WORDS).map("".join)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)).map(dt.date.isoformat)
TEXTS = st.one_of(st.sampled_from(STRANGE), LETTERED, st.tuples(LETTERED, LETTERED).map("\n".join))


@dataclass(frozen=True)
class Answered:
    """One response: code of the choice, ticked codes, number, day, text; None where nothing was answered."""

    single: int | None
    several: frozenset[int] | None
    hours: float | None
    day: str | None
    text: str | None


@dataclass(frozen=True)
class Survey:
    """Labels of the options, by code from 1, and the responses."""

    labels: tuple[str, ...]
    responses: tuple[Answered, ...]

    def instrument(self) -> dict[str, Any]:
        points = {code: {"label": {"en": label}} for code, label in enumerate(self.labels, start=1)}
        return {
            "response_scales": {"s": {"points": points, "ordered": False}},
            "items": {
                "single": {"response_scale": "s"},
                "several": {"response_scale": "s", "kind": "multiple_choice"},
                "hours": {"kind": "number"},
                "day": {"kind": "date"},
                "text": {"kind": "open_text"},
            },
        }

    def answers(self, each: Answered) -> dict[str, Any]:
        """Return what ``core`` must hold of a response."""
        found: dict[str, Any] = {"single": each.single, "hours": each.hours, "day": each.day, "text": each.text}
        if each.several is not None:
            found |= {f"several_{code}": int(code in each.several) for code in range(1, len(self.labels) + 1)}
        return {name: value for name, value in found.items() if value is not None}

    def with_nothing_ticked(self) -> "Survey":
        """Return what a platform can say that writes out every option that is not ticked."""
        return replace(
            self, responses=tuple(replace(each, several=each.several or frozenset()) for each in self.responses)
        )


def missing(each: Answered) -> set[str]:
    return {name for name in ITEMS if getattr(each, name) is None}


@st.composite
def surveys(
    draw: st.DrawFn,
    text: st.SearchStrategy[str],
    label: st.SearchStrategy[str],
    takes_answer: Callable[[object], bool],
) -> Survey:
    labels = draw(st.lists(label, min_size=2, max_size=4, unique_by=fold))
    codes = st.integers(1, len(labels))
    hours = st.one_of(st.integers(-5, 2_000).map(float), st.sampled_from([0.5, 1.25, 99.0, -99.0]))
    answered = st.builds(
        Answered,
        single=st.none() | codes,
        several=st.none() | st.frozensets(codes, min_size=1),
        hours=st.none() | hours.filter(takes_answer),
        day=st.none() | DAYS,
        text=st.none() | text,
    )
    return Survey(tuple(labels), tuple(draw(st.lists(answered, min_size=1, max_size=3))))


def is_of_windows(text: object) -> bool:
    """Say whether a text can be written in Windows-1252 and read as nothing else: some bytes are valid UTF-8 too."""
    try:
        written = str(text).encode("cp1252")
    except UnicodeEncodeError:
        return False
    try:
        return written.isascii() or not written.decode("utf-8")
    except UnicodeDecodeError:
        return True


def fits_a_dictionary(label: str) -> bool:
    """Say whether a label can stand in a field of REDCap, where options are separated by strokes or line breaks."""
    return "|" not in label and "\n" not in label


def number(hours: float | None) -> str:
    return "" if hours is None else f"{hours:g}"


def ids(survey: Survey) -> list[str]:
    return [str(place) for place in range(1, len(survey.responses) + 1)]


Make = Callable[[Survey], Delivery]


@dataclass(frozen=True)
class Form:
    """One form of export.

    Attributes:
        make: Writes a survey.
        reason: Why an answer that is not there is missing, as far as the form says it.
        reasons: The same of items of which it says something else.
        writes_unticked: Whether it writes out what was not ticked, also where nothing was.
        takes_label: Whether the platform's definition can hold a label.
        takes_answer: Whether the export can hold a text or a number as an answer.
    """

    make: Make
    reason: str = BLANK
    reasons: Mapping[str, str] = field(default_factory=dict)
    writes_unticked: bool = False
    takes_label: Callable[[str], bool] = lambda _: True
    takes_answer: Callable[[object], bool] = lambda _: True


def with_days(make: Make, form: str, **stated: object) -> Make:
    """Write days in another form than ISO.

    Args:
        make: Writes a survey.
        form: Of a day, for ``str.format``.
        stated: What the source says of it.
    """

    def written(survey: Survey) -> Delivery:
        days = [each.day and form.format(dt.date.fromisoformat(each.day)) for each in survey.responses]
        people = tuple(replace(each, day=day) for each, day in zip(survey.responses, days, strict=True))
        delivery = make(replace(survey, responses=people))
        return replace(delivery, source={**delivery.source, **stated})

    return written


def check(form: Form, survey: Survey) -> None:
    """Write a survey as a platform does and compare what is stored with what was drawn, cell for cell."""
    said = survey.with_nothing_ticked() if form.writes_unticked else survey
    with tempfile.TemporaryDirectory() as folder:
        result = receive(Path(folder), form.make(survey), {"x": survey.instrument()})
    assert list(answers_of(result).values()) == [said.answers(each) for each in said.responses]
    reasons = [{name: form.reasons.get(name, form.reason) for name in missing(each)} for each in said.responses]
    assert list(reasons_of(result).values()) == reasons
    assert result.rejects.empty


def held(form: Form, n_examples: int) -> None:
    drawn = surveys(TEXTS.filter(form.takes_answer), TEXTS.filter(form.takes_label), form.takes_answer)

    @settings(max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def holds(survey: Survey) -> None:
        check(form, survey)

    holds()
