"""Dates that people gave as answers: which number is the day, column by column, and what each text then means."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.spec import Instrument
from pipelines.readers.bind import bind_plan
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import table_plan
from pipelines.readers.plan import Head, ReadingError, ReadingPlan, Request
from pipelines.sections.sources import DateOrder, Source
from tests.received import whole

Columns = Mapping[str, Sequence[str]]
OPEN, OF_DAY, OF_MONTH = ["01/02/2026", "03/04/2026"], ["13/02/2026", "01/02/2026"], ["02/13/2026", "01/02/2026"]
STATED = (
    "'{}' do not show whether the day or the month comes first, as no number in them is above 12.*"
    "give date_order: {{'{}': day_first}} or date_order: {{'{}': month_first}}"
)
WRITTEN: Mapping[str, DateOrder | None] = {
    "{0.day:02}-{0.month:02}-{0.year}": "day_first", "{0.month}/{0.day}/{0.year}": "month_first",
    "{0.day:02}.{0.month:02}.{0.year}": "day_first", "{0.month:02}/{0.day:02}/{0.year} 9:05 PM": "month_first",
    "{0.year}/{0.month}/{0.day}": None, "{0.day}/{0.month}/{0.year}, 18:30:00": "day_first",
}  # fmt: skip


def planned(columns: Columns, *, habit: DateOrder | None = None, **stated: object) -> ReadingPlan:
    """Plan a table; ``at`` is the start of the response, every other column an item of kind date."""
    height = max(map(len, columns.values()))
    rows = [tuple(texts[place] if place < len(texts) else "" for texts in columns.values()) for place in range(height)]
    head = Head("e.csv", "utf-8", ",", (tuple(columns), *rows), is_whole=True)
    items = {name: {"kind": "date"} for name in columns if name != "at"}
    identifiers = {"started_at": "at"} if "at" in columns else {}
    settings = {"wave": "w1", "files": "e.csv", "time_zone": "UTC"}
    source = Source.model_validate({**settings, "identifiers": identifiers, **stated}, strict=False)
    asked = Instrument.model_validate(whole("x", {"items": items}), strict=False)
    request = Request(source, (asked,))
    plan = bind_plan(table_plan(head, request, "generic", list(columns)), head, request)
    return with_time_formats(plan, head, request, habit)


def days(plan: ReadingPlan, name: str, texts: Sequence[str]) -> list[str | None]:
    meant = [resolve_text(plan.column(name), text, plan) for text in texts]
    assert all((each.rule == "not_a_date") == (each.value is None) for each in meant)
    return [None if each.value is None else str(each.value) for each in meant]


@pytest.mark.parametrize(
    ("shown", "text", "day"),
    [
        (["13-02-2026"], "01-03-2026", "2026-03-01"), (["3/14/2026"], "1/3/2026", "2026-01-03"),
        (["14.03.2026"], "1.3.2026", "2026-03-01"), (["13-02-2026"], "2026-03-01", "2026-03-01"),
        (["13-02-2026"], "01-03-2026 18:50:24", "2026-03-01"), (["3/14/2026 9:00 AM"], "1/3/2026", "2026-01-03"),
        (["2026/03/14"], "2026/1/3", "2026-01-03"), (["13-02-2026"], " 29-02-2024 ", "2024-02-29"),
        (["13-02-2026"], "31-02-2026", None), (["13-02-2026"], "29-02-2026", None), (["2/13/2026"], "0/1/2026", None),
        (["3/14/2026"], "14/03/2026", None), (["13-02-2026"], "02-13-2026", None), (["13-02-2026"], "13/02/2026", None),
        (["13-02-2026"], "13-02-26", None), (["13/02/26"], "13/02/26", None), (["2026-03-14"], "13-02-2026", None),
        (["13-02-2026"], "01-03-2026 25:00", None), (["13-02-2026"], "01-03-2026 soon", None),
        (["13-02-2026"], "2026-13-02", None), (["13-02-2026"], "٠١-03-2026", None), ([], "13-02-2026", None),
    ],
)  # fmt: skip
def test_a_text_means_a_day_only_in_a_form_that_the_first_rows_show(
    shown: list[str], text: str, day: str | None
) -> None:
    assert days(planned({"day": shown or [""]}), "day", [text]) == [day]


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), min_size=1), st.sampled_from(list(WRITTEN)))
def test_days_are_read_as_they_were_written_or_asked_about(given_days: list[dt.date], form: str) -> None:
    texts, order = [form.format(each) for each in given_days], WRITTEN[form]
    meant = [each.isoformat() for each in given_days]
    if order is not None:
        assert days(planned({"day": texts}, date_order=order), "day", texts) == meant
    if order is None or any(each.day > 12 for each in given_days):
        assert days(planned({"day": texts}), "day", texts) == meant
    else:
        with pytest.raises(ReadingError, match="give date_order: day_first or date_order: month_first"):
            planned({"day": texts})


@pytest.mark.parametrize(
    ("columns", "habit", "stated", "orders"),
    [
        ({"at": OF_MONTH, "day": OF_DAY}, None, None, "md"),
        ({"at": OF_DAY, "day": OF_MONTH, "end": OF_DAY}, None, None, "dmd"),
        ({"at": OF_MONTH, "day": OPEN}, None, None, "mm"),
        ({"at": OPEN, "day": OF_DAY}, None, None, "dd"),
        ({"day": OPEN, "end": OF_MONTH}, None, None, "mm"),
        ({"at": ["2026/01/02"], "day": OF_MONTH, "end": OPEN}, None, None, "ymm"),
        ({"at": OPEN, "day": OPEN}, "month_first", None, "mm"),
        ({"at": OPEN, "day": OF_MONTH}, "day_first", {"at": "day_first"}, "dm"),
        ({"at": OPEN, "day": OPEN}, "day_first", "month_first", "mm"),
        ({"at": OF_MONTH, "day": OPEN}, None, {"day": "day_first"}, "md"),
        ({"at": OF_DAY, "day": OPEN, "end": OF_MONTH}, None, {"day": "day_first"}, "ddm"),
        ({"day": [*OF_DAY, *OF_MONTH]}, None, "day_first", "d"),
        ({"day": ["2026-01-02"]}, None, None, "i"),
        ({"at": OF_DAY, "day": [""]}, None, None, "di"),
    ],
)  # fmt: skip
def test_every_column_has_its_own_order(columns: Columns, habit: DateOrder | None, stated: object, orders: str) -> None:
    plan = planned(columns, habit=habit, date_order=stated)
    forms = {"d": ("%d/%m/%Y",), "m": ("%m/%d/%Y",), "y": ("%Y/%m/%d",), "i": ()}
    assert [column.time_formats for column in plan.columns] == [forms[order] for order in orders]


@pytest.mark.parametrize("shown", ["", "2026-01-02"], ids=["nothing", "ISO"])
@pytest.mark.parametrize("by_column", [False, True])
@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("day_first", "03/04/2026", "2026-04-03"), ("month_first", "03/04/2026", "2026-03-04"),
        ("day_first", "3-4-2026", "2026-04-03"), ("month_first", "3.14.2026", "2026-03-14"),
        ("day_first", "03.04.2026 18:30", "2026-04-03"), ("day_first", "2026-04-03", "2026-04-03"),
        ("day_first", "03/14/2026", None), ("month_first", "14/03/2026", None), ("day_first", "03/04/26", None),
    ],
)  # fmt: skip
def test_a_stated_order_counts_where_the_first_rows_show_no_form(
    shown: str, by_column: bool, order: DateOrder, text: str, day: str | None
) -> None:
    plan = planned({"day": [shown]}, date_order={"day": order} if by_column else order)
    assert days(plan, "day", [text]) == [day]


@pytest.mark.parametrize(
    ("columns", "habit", "stated", "said"),
    [
        ({"at": OF_MONTH, "day": OF_DAY, "end": OPEN}, None, None, STATED.format("end", "end", "end")),
        ({"at": OPEN, "day": OF_MONTH}, "day_first", None, STATED.format("at", "at", "at")),
        ({"day": OPEN}, None, None, "the dates of 'day' do not show .*give date_order: day_first or"),
        ({"day": [*OF_DAY, *OF_MONTH]}, None, None, "some of the dates of 'day' can only have the day first and some"),
        ({"at": OF_MONTH, "day": OPEN}, None, "day_first", "can only have the month first.*{'at': month_first}"),
        ({"day": OF_MONTH}, None, "day_first", "dates of 'day' can only have the month first; correct date_order"),
        ({"day": ["13/02/26", "01/02/2026"]}, None, None, "the dates of 'day' do not show"),
        ({"day": OPEN}, None, {"days": "day_first"}, "date_order names 'days', but there is no such column"),
        ({"day": OPEN, "at": OF_DAY}, None, {"at": "month_first"}, "date_order says month_first, but the time stamps"),
    ],
)  # fmt: skip
def test_what_nobody_can_tell_is_refused_with_what_to_state(
    columns: Columns, habit: DateOrder | None, stated: object, said: str
) -> None:
    with pytest.raises(ReadingError, match=said):
        planned(columns, habit=habit, date_order=stated)


def test_a_column_that_others_decided_for_is_warned_of() -> None:
    warnings = planned({"at": OF_MONTH, "day": OPEN}).warnings
    assert [each for each in warnings if "the dates of 'day' do not show" in each and "the month first" in each]
    assert not [each for each in planned({"at": OF_MONTH, "day": OF_DAY}).warnings if "do not show" in each]


def test_what_stands_for_no_answer_does_not_take_part() -> None:
    plan = planned({"day": ["99/01/1900", "31/12/1900", "12/13/2026"]}, missing={"31/12/1900": "refused"})
    assert plan.column("day").time_formats == ("%m/%d/%Y",)
    assert resolve_text(plan.column("day"), "31/12/1900", plan).reason == "refused"


def test_answers_that_contradict_a_stated_order_are_rejected_not_turned() -> None:
    plan = planned({"day": ["13/02/2026", "01/02/2026", "02/13/2026"]}, date_order="day_first")
    assert days(plan, "day", ["13/02/2026", "01/02/2026", "02/13/2026"]) == ["2026-02-13", "2026-02-01", None]
