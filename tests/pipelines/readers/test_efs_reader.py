"""Unipark and EFS Survey exports: zeros that are missing, and zeros that are not."""

from pathlib import Path
from typing import Any

import pytest

from instruments.spec import Instrument
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import ReadingPlan
from pipelines.sections.sources import Source
from tests.opened import plan_of
from tests.writers.efs import result_export

VARIABLES = ("v_1", "v_2", "v_3", "v_4", "p_0001", "u_email")
PARTICIPANTS = (
    {"v_1": "4", "v_2": "0", "v_3": "-99", "v_4": "12"},
    {"v_1": "0", "v_2": "1", "v_3": "ja", "v_4": "0", "dispcode": "22", "duration": "-1"},
    {"v_1": "-77", "v_2": "-77", "v_3": "-66", "tester": "1"},
)
AGREEMENT, HAPPENED = {1: {}, 4: {}}, {0: {}, 1: {}}


def efs_plan(tmp_path: Path, items: dict[str, Any] | None = None, **settings: Any) -> ReadingPlan:
    path = tmp_path / "data.csv"
    path.write_bytes(result_export(VARIABLES, PARTICIPANTS))
    if items is None:
        return plan_of(path)
    scales = {"agreement": {"points": AGREEMENT}, "happened": {"points": HAPPENED}}
    raw = {"name": "v", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    source = Source.model_validate(
        {"wave": "w1", "files": "d.csv", "time_zone": "Europe/Berlin", **settings}, strict=False
    )
    return plan_of(path, source=source, instruments=(Instrument.model_validate(raw, strict=False),))


ITEMS: dict[str, Any] = {
    "v_1": {"response_scale": "agreement"}, "v_2": {"response_scale": "happened"}, "v_3": {"kind": "open_text"},
    "v_4": {"kind": "number", "least": 0},
}  # fmt: skip


def test_own_columns_are_told_from_questions(tmp_path: Path) -> None:
    plan = efs_plan(tmp_path)
    assert (plan.platform, plan.encoding, plan.delimiter) == ("efs", "utf-8", ";")
    assert {c.name for c in plan.columns if c.role == "item"} == {"v_1", "v_2", "v_3", "v_4", "p_0001"}
    assert {c.name for c in plan.columns if c.is_personal_data} == {"external_lfdn", "p_0001", "u_email", "referer"}
    assert (plan.column("rts5396166").role, plan.column("page_history").role) == ("timing", "display_order")
    assert plan.keys["last_page"] == "lastpage"
    assert plan.test_statuses >= {"1"}


def test_the_disposition_code_is_kept_and_two_of_its_values_mean_the_end_was_reached(tmp_path: Path) -> None:
    plan = efs_plan(tmp_path)
    assert plan.keys["platform_disposition"] == plan.keys["is_finished"] == "dispcode"
    assert {"31", "32"} <= plan.finished_texts
    assert not {"22", "37"} & plan.finished_texts


@pytest.mark.parametrize(
    ("item", "text", "expected"),
    [
        ("v_1", "0", "seen_unanswered"), ("v_1", "-77", "not_administered"), ("v_1", "4", 4),
        ("v_2", "0", 0), ("v_2", "-77", "not_administered"),
        ("v_3", "0", "0"), ("v_3", "-99", "seen_unanswered"), ("v_3", "-66", "not_administered"),
        ("v_4", "0", 0.0), ("v_4", "-99", "seen_unanswered"), ("v_4", "-77", "not_administered"),
    ],
)  # fmt: skip
def test_zero_is_missing_only_where_it_is_no_answer(tmp_path: Path, item: str, text: str, expected: object) -> None:
    plan = efs_plan(tmp_path, ITEMS)
    resolved = resolve_text(plan.column(item), text, plan)
    assert (resolved.reason if resolved.value is None else resolved.value) == expected


def test_the_zero_that_cannot_be_told_apart_is_warned_of_and_no_other(tmp_path: Path) -> None:
    warnings = [warning for warning in efs_plan(tmp_path, ITEMS).warnings if warning.startswith("0 is an answer")]
    assert len(warnings) == 1
    assert "of v_2 and stays one" in warnings[0]


def test_a_study_that_says_what_zero_means_is_believed(tmp_path: Path) -> None:
    plan = efs_plan(tmp_path, ITEMS, missing={"0": "seen_unanswered"})
    assert resolve_text(plan.column("v_2"), "0", plan).reason == "seen_unanswered"
    assert not any(warning.startswith("0 is an answer of v_2") for warning in plan.warnings)
