"""Forms of time stamps, and the moments they mean."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import table_plan
from pipelines.readers.plain_tables.stamps import common_orders, stamp_of
from pipelines.readers.plan import Head, ReadingPlan, Request
from pipelines.sections.sources import DateOrder, Source
from tests.moments import read_moments

FORMS: dict[str, DateOrder | None] = {
    "%d-%m-%Y %H:%M:%S": "day_first", "%m/%d/%Y %I:%M:%S %p": "month_first", "%d.%m.%Y %H.%M": "day_first",
    "%d/%m/%y": "day_first", "%m/%d/%y %H:%M": "month_first", "%Y/%m/%d %I:%M:%S %p": None, "%m-%d-%Y": "month_first",
    "%d/%m/%Y, %H:%M:%S": "day_first",
}  # fmt: skip
SOONEST, LATEST = (pd.Timestamp(f"{year}-01-01").to_pydatetime() for year in (2001, 2068))


def formats_of(texts: list[str], order: DateOrder | None = None) -> tuple[str, ...]:
    head = Head("e.csv", "utf-8", ",", (("started",), *((text,) for text in texts)), is_whole=True)
    request = Request(Source(wave="w1", files="e.csv", time_zone="Europe/Copenhagen", date_order=order))
    plan = table_plan(head, request, "generic", ["started"])
    plan = ReadingPlan(**{**vars(plan), "keys": {"started_at": "started"}})
    return with_time_formats(plan, head, request).column("started").time_formats


def read(texts: list[str], formats: tuple[str, ...], zone: str = "Europe/Copenhagen") -> list[str | None]:
    return [None if each is None else each.isoformat() for each in read_moments(texts, zone, formats)]


@given(
    st.lists(st.datetimes(SOONEST, LATEST), min_size=1, max_size=5),
    st.sampled_from(list(FORMS)),
)
def test_what_was_written_in_any_form_is_read_back(times: list[dt.datetime], form: str) -> None:
    texts = [each.strftime(form) for each in times]
    formats = formats_of(texts, FORMS[form])
    assert [each.strftime(form) for each in read_moments(texts, "UTC", formats)] == texts


def test_a_number_above_twelve_decides_for_the_whole_column() -> None:
    assert formats_of(["01/02/2026", "13/02/2026"]) == ("%d/%m/%Y",)
    assert formats_of(["01/02/2026", "02/13/2026"]) == ("%m/%d/%Y",)


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (["01/02/2026"], {"day_first", "month_first"}), (["13/02/2026"], {"day_first"}),
        (["02/13/2026"], {"month_first"}), (["13/02/2026", "02/13/2026"], set()),
        (["2026-02-13"], {"day_first", "month_first"}),
        (["no date"], {"day_first", "month_first"}),
    ],
)  # fmt: skip
def test_orders_that_texts_allow(texts: list[str], orders: set[str]) -> None:
    assert common_orders(stamp for text in texts if (stamp := stamp_of(text)) is not None) == orders


def test_iso_time_stamps_need_no_form() -> None:
    assert formats_of(["2026-01-02 10:00:00", "2026-01-03"]) == ()


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("day_first", "03-04-2026"), ("day_first", "3/4/2026 10:00"), ("day_first", "03.04.2026 10:00:00"),
        ("month_first", "4/3/2026 10:00 AM"), ("month_first", "04/03/2026 10:00:00 AM"),
    ],
)  # fmt: skip
def test_a_stated_order_reads_time_stamps_of_which_the_first_rows_show_none(order: DateOrder, text: str) -> None:
    assert formats_of([""]) == ()
    (moment,) = read([text], formats_of([""], order), "UTC")
    assert (moment or "").startswith("2026-04-03T")


def test_local_times_are_moved_to_utc_and_stated_offsets_go_before_the_zone() -> None:
    assert read(["02-07-2026 10:00:00"], ("%d-%m-%Y %H:%M:%S",)) == ["2026-07-02T08:00:00+00:00"]
    assert read(["2026/07/02 3:17:39 PM GMT+5", "2026/07/02 3:17:39 PM GMT-3:30"], ("%Y/%m/%d %I:%M:%S %p %z",)) == [
        "2026-07-02T10:17:39+00:00",
        "2026-07-02T18:47:39+00:00",
    ]


def test_a_text_in_no_stated_form_is_no_time() -> None:
    assert read(["31/12/2026", "12/31/2026", "soon", "2026-12-31"], ("%d/%m/%Y",)) == [
        "2026-12-30T23:00:00+00:00", None, None, "2026-12-30T23:00:00+00:00",
    ]  # fmt: skip
