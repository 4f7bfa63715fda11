"""What a reading plan may ask for beyond plain items: multiple choices, hidden questions, repetitions, formats."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.spec import Instrument
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.opening import OpenedExport
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan
from pipelines.readers.structure import Question
from pipelines.receive import ReadResult, ReceiveContext, Staging, read_export
from pipelines.sections.sources import Source
from pipelines.tables.core import REPEATS
from tests.opened import plan_alone

TOOLS = {"points": {1: {"label": {"en": "Mail"}}, 2: {"label": {"en": "Chat, video"}}, -3: {"label": {"en": "None"}}}}
SCALE = {"points": {code: {} for code in range(1, 6)}}
CODES = {"1": 1, "mail": 1, "2": 2, "chat, video": 2, "-3": -3, "none": -3}


def instrument(**items: dict[str, Any]) -> Instrument:
    scales = {"tools": TOOLS, "scale": SCALE}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    return Instrument.model_validate(raw, strict=False)


WORK = instrument(
    a={"response_scale": "scale"},
    tools={"kind": "multiple_choice", "response_scale": "tools"},
    b={"response_scale": "scale"},
    hours={"kind": "number"},
    note={"kind": "open_text"},
)


def column(position: int, name: str, **more: Any) -> PlannedColumn:
    return PlannedColumn(position, name, name, more.pop("role", "item"), **more)


def choice(position: int, name: str, **more: Any) -> PlannedColumn:
    codes = {str(code): code for code in range(1, 6)}
    return column(position, name, item=name, kind="choice", codes=codes, **more)


def option(position: int, code: int, **more: Any) -> PlannedColumn:
    name = f"tools_{code}"
    return column(position, name, item="tools", kind="multiple_choice", option=str(code), **more)


def plan_of(*columns: PlannedColumn, **more: Any) -> ReadingPlan:
    defaults = {"encoding": "utf-8", "delimiter": ",", "decimal": ".", "time_zone": "", "header_rows": 1, "keys": {}}
    return ReadingPlan("generic", "any", columns=columns, **{**defaults, **more})


def context_of(each: Instrument = WORK, name: str = "s", **settings: Any) -> ReceiveContext:
    defaults = {"wave": "w1", "files": "e.csv", "respondent_group": "staff"}
    source = Source.model_validate({**defaults, **settings}, strict=False)
    return ReceiveContext(name, source, (each,), "w1", "f" * 64)


def export_of(folder: Path, *rows: str) -> OpenedExport:
    path = folder / "e.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return OpenedExport(Head("e.csv", "utf-8", ",", (), is_whole=False), path, folder)


def read(folder: Path, plan: ReadingPlan, *rows: str, context: ReceiveContext | None = None) -> ReadResult:
    header = ",".join(each.name for each in plan.columns)
    return read_export(export_of(folder, header, *rows), plan, context or context_of())


def answers_of(result: ReadResult, item: str) -> list[object]:
    return [None if pd.isna(value) else value for value in result.answers[item]]


def missing_of(result: ReadResult, item: str) -> list[tuple[str, str]]:
    rows = result.missing[result.missing["item"] == item].sort_values("response_id")
    return list(zip(rows["response_id"].str.removeprefix("s/row-"), rows["reason"], strict=True))


def rejected(result: ReadResult) -> list[tuple[int, str | None, str]]:
    columns = [None if pd.isna(name) else name for name in result.rejects["column_name"]]
    return list(zip(result.rejects["row_number"], columns, result.rejects["rule"], strict=True))


def adds_up(result: ReadResult) -> bool:
    parts = ["n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw"]
    return bool((result.conservation[parts].sum(axis=1) == result.conservation["n_cells"]).all())


SPLIT = plan_of(*(option(place, code) for place, code in enumerate((1, 2, -3), start=1)), choice(4, "a"))


def test_a_blank_option_is_not_ticked_where_another_one_is(tmp_path: Path) -> None:
    result = read(tmp_path, SPLIT, "Mail,,,1", ",,,1", "1,Chat,,1", ",,None, 1")
    assert answers_of(result, "tools_1") == [1, None, 1, 0]
    assert answers_of(result, "tools_2") == [0, None, 1, 0]
    assert answers_of(result, "tools_minus_3") == [0, None, 0, 1]
    assert missing_of(result, "tools") == [("3", "unknown_blank")]
    assert adds_up(result)


def test_options_keep_what_the_platform_says_of_ticked_unticked_and_unseen(tmp_path: Path) -> None:
    marks: dict[str, Any] = {"ticked": frozenset({"yes", "1"}), "unticked": frozenset({"no", "0"})}
    options = [
        option(place, code, opt_outs={"-99": "seen_unanswered"}, **marks) for place, code in ((1, 1), (2, 2), (3, -3))
    ]
    result = read(
        tmp_path, plan_of(*options, choice(4, "a")), "YES,no,0,1", "-99,-99,-99,1", "perhaps,1,0,1", "0,0,0,1"
    )
    assert answers_of(result, "tools_1") == [1, None, None, 0]
    assert answers_of(result, "tools_2") == [0, None, 1, 0]
    assert missing_of(result, "tools") == [("3", "seen_unanswered"), ("4", "invalid")]
    assert rejected(result) == [(4, "tools_1", "not_an_answer_option")]
    assert adds_up(result)


def test_one_cell_with_all_options_is_cut_by_the_longest_known_labels(tmp_path: Path) -> None:
    listed = column(
        1, "tools", item="tools", kind="multiple_choice", separator=",", codes=CODES, opt_outs={"9": "refused"}
    )
    rows = ('"Mail,Chat, video",1', '"2,-3",1', '"Mail,Letters",1', ",1", '"9",1', '"chat,  VIDEO",1')
    result = read(tmp_path, plan_of(listed, choice(2, "a")), *rows)
    assert answers_of(result, "tools_1") == [1, 0, None, None, None, 0]
    assert answers_of(result, "tools_2") == [1, 1, None, None, None, 1]
    assert answers_of(result, "tools_minus_3") == [0, 1, None, None, None, 0]
    assert missing_of(result, "tools") == [("4", "invalid"), ("5", "unknown_blank"), ("6", "refused")]
    assert rejected(result) == [(4, "tools", "not_an_answer_option")]
    assert adds_up(result)


@pytest.mark.parametrize(
    ("codes", "separator", "text", "value", "rule"),
    [
        ({"a": 1, "b": 2, "a, b": 3}, ",", "a, b", None, "ambiguous_options"),
        ({"a": 1, "b, c": 2}, ",", "a, b, c", [1, 2], None),
        ({"1": 1, "2": 2, "12": 12}, " ", "1  12", [1, 12], None),
        ({"1": 1, "2": 2}, ";", "1;2;", [1, 2], None),
        ({"1": 1, "2": 2}, "\n", "1\n2", [1, 2], None),
        ({"1": 1}, ",", "1,1", [1], None),
        ({"1": 1}, ",", ",", [], None),
        ({"a b": 1}, "", "A  B", [1], None),
        ({"a": 1}, ",", "a,x", None, "not_an_answer_option"),
    ],
)  # fmt: skip
def test_lists_of_options(codes: dict[str, int], separator: str, text: str, value: object, rule: str | None) -> None:
    each = column(1, "t", item="tools", kind="multiple_choice", separator=separator, codes=codes)
    meaning = resolve_text(each, text, plan_alone())
    assert (meaning.value, meaning.rule) == (value, rule)


@given(st.sets(st.sampled_from(sorted({1, 2, -3})), min_size=1), st.randoms())
def test_any_set_of_labels_is_read_back(picked: set[int], chance: Any) -> None:
    labels = {1: "Mail", 2: "Chat, video", -3: "None"}
    texts = [labels[code] for code in picked]
    chance.shuffle(texts)
    each = column(1, "t", item="tools", kind="multiple_choice", separator=",", codes=CODES)
    assert resolve_text(each, ",".join(texts), plan_alone()).value == sorted(picked)


def test_cells_of_a_form_that_was_never_opened_are_not_administered_unless_they_are_answered(tmp_path: Path) -> None:
    guard = column(1, "form_complete", role="metadata")
    marks: dict[str, Any] = {"ticked": frozenset({"1"}), "unticked": frozenset({"0"}), "shown_if": "form_complete"}
    hours = column(6, "hours", item="hours", kind="number", shown_if="form_complete")
    note = column(7, "note", item="note", kind="open_text", role="open_text", shown_if="form_complete")
    plan = plan_of(
        guard, choice(2, "a", shown_if="form_complete"), option(3, 1, **marks), option(4, 2, **marks),
        option(5, -3, **marks), hours, note, choice(8, "b"),
    )  # fmt: skip
    result = read(tmp_path, plan, "2,1,0,1,0,38,x,1", ",,0,0,0,,,1", " ,5,0,0,0,40,y,1")
    assert answers_of(result, "a") == [1, None, 5]
    assert answers_of(result, "tools_2") == [1, None, None]
    assert answers_of(result, "hours") == [38.0, None, 40.0]
    assert list(result.open_answers["text"]) == ["x", "y"]
    assert missing_of(result, "tools") == [("3", "not_administered"), ("4", "not_administered")]
    for item in ("a", "hours", "note"):
        assert missing_of(result, item) == [("3", "not_administered")]
    assert adds_up(result)


def test_blanks_after_the_last_answer_of_an_unfinished_response_were_not_reached(tmp_path: Path) -> None:
    finished = column(1, "finished", role="metadata")
    hours = column(4, "hours", item="hours", kind="number")
    plan = plan_of(
        finished, choice(2, "a"), choice(3, "b"), hours, keys={"is_finished": "finished"},
        finished_texts=frozenset({"1"}), unreached="after_last_answer",
    )  # fmt: skip
    result = read(tmp_path, plan, "0,,2,", "1,,2,", "0,,,", "0,1,,7", ",1,,", "0,wrong,,")
    assert missing_of(result, "b") == [
        ("4", "not_reached"), ("5", "unknown_blank"), ("6", "unknown_blank"), ("7", "not_reached"),
    ]  # fmt: skip
    assert missing_of(result, "a") == [
        ("2", "unknown_blank"), ("3", "unknown_blank"), ("4", "not_reached"), ("7", "invalid"),
    ]  # fmt: skip
    assert missing_of(result, "hours")[0] == ("2", "not_reached")
    assert adds_up(result)


def test_blanks_of_pages_after_the_last_one_were_not_reached(tmp_path: Path) -> None:
    def on(page: int) -> Question:
        return Question("q", "t", "choice", page=page)

    columns = (column(1, "done", role="metadata"), column(2, "page", role="metadata"))
    plan = plan_of(
        *columns, choice(3, "a", question=on(1)), choice(4, "b", question=on(2)),
        keys={"is_finished": "done", "last_page": "page"}, finished_texts=frozenset({"1"}), unreached="after_last_page",
    )  # fmt: skip
    result = read(tmp_path, plan, "0,1,,", "0,2,,", "1,1,,", "0,,1,")
    assert missing_of(result, "b") == [
        ("2", "not_reached"), ("3", "unknown_blank"), ("4", "unknown_blank"), ("5", "unknown_blank"),
    ]  # fmt: skip
    assert {reason for _, reason in missing_of(result, "a")} == {"unknown_blank"}


REPEATED = plan_of(
    column(1, "id", role="identifier"), column(2, "block", role="repeat"), column(3, "nr", role="repeat"),
    choice(4, "a", opt_outs={"9": "refused"}), option(5, 1), option(6, 2), option(7, -3),
    column(8, "hours", item="hours", kind="number"), column(9, "note", item="note", kind="open_text"),
    keys={"response_id": "id", "repeat_instrument": "block", "repeat_instance": "nr"},
)  # fmt: skip


def test_repetitions_go_to_a_table_of_their_own(tmp_path: Path) -> None:
    rows = ("R1,,,1,,,,,", "R1,visit,1,2,x,,,3.5,", "R1,visit,2,9,,,,,well", "R1,visit,x,wrong,,,,,", "R2,,,3,,,,,")
    result = read(tmp_path, REPEATED, *rows)
    assert list(result.responses["response_id"]) == ["s/R1", "s/R2"]
    assert answers_of(result, "a") == [1, 3]
    repeats = REPEATS.typed(result.repeats)
    REPEATS.schema().validate(repeats)
    shown = repeats[["response_id", "instrument", "instance", "item", "code", "number", "text", "reason"]]
    found = sorted(tuple(None if pd.isna(value) else value for value in row) for row in shown.itertuples(index=False))
    assert found == [
        ("s/R1", "visit", 1, "a", 2, None, None, None),
        ("s/R1", "visit", 1, "hours", None, 3.5, None, None),
        ("s/R1", "visit", 1, "tools_1", 1, None, None, None),
        ("s/R1", "visit", 1, "tools_2", 0, None, None, None),
        ("s/R1", "visit", 1, "tools_minus_3", 0, None, None, None),
        ("s/R1", "visit", 2, "a", None, None, None, "refused"),
        ("s/R1", "visit", 2, "note", None, None, "well", None),
        ("s/R1", "visit", 3, "a", None, None, None, "invalid"),
    ]
    assert rejected(result) == [(5, "nr", "not_a_number"), (5, "a", "not_an_answer_option")]
    assert adds_up(result)


def test_a_child_table_belongs_to_the_responses_of_its_parent(tmp_path: Path) -> None:
    plan = plan_of(column(1, "parent", role="identifier"), choice(2, "a"), keys={"response_id": "parent"})
    context = context_of(name="child", repeats_of="s", respondent_group=None)
    result = read(tmp_path, plan, "R1,2", "R1,3", "R2,4", context=context)
    assert len(result.responses) == len(result.missing) == 0
    found = result.repeats[["response_id", "source", "instrument", "instance", "code"]]
    assert sorted(found.itertuples(index=False, name=None)) == [
        ("s/R1", "child", "child", 1, 2), ("s/R1", "child", "child", 2, 3), ("s/R2", "child", "child", 1, 4),
    ]  # fmt: skip
    assert adds_up(result)


def test_a_child_table_without_the_id_of_its_parent_is_refused(tmp_path: Path) -> None:
    context = context_of(name="child", repeats_of="s")
    with pytest.raises(ReadingError, match=r"repeat responses of s, .* identifiers\.response_id"):
        read(tmp_path, plan_of(choice(1, "a")), "2", context=context)


def test_rows_of_other_events_are_set_aside_and_counted(tmp_path: Path) -> None:
    plan = plan_of(column(1, "event", role="metadata"), choice(2, "a"))
    result = read(tmp_path, plan, "Baseline,1", "follow up,2", ",3", context=context_of(only={"event": ["baseline"]}))
    assert answers_of(result, "a") == [1]
    assert rejected(result) == [(3, None, "row_of_another_source"), (4, None, "row_of_another_source")]
    assert list(result.conservation["n_rejected"]) == [2, 2]
    with pytest.raises(ReadingError, match="only names 'evnt', but there is no such column; did you mean 'event'"):
        read(tmp_path, plan, "Baseline,1", context=context_of(only={"evnt": ["baseline"]}))


def test_cells_of_other_formats_are_read_as_text(tmp_path: Path) -> None:
    texts = [["id", "a", "tools", "note"], ["R1", "2", "Mail", 'x,\n"y"'], ["R2", "wrong", None, None], [None] * 4]
    cells = pa.table({f"c{place}": pa.array(column) for place, column in enumerate(zip(*texts, strict=True), start=1)})
    listed = column(3, "tools", item="tools", kind="multiple_choice", codes=CODES)
    note = column(4, "note", item="note", kind="open_text")
    plan = plan_of(column(1, "id", role="identifier"), choice(2, "a"), listed, note, keys={"response_id": "id"})
    export = OpenedExport(Head("e.xlsx", "utf-8", ",", (), is_whole=True), tmp_path / "e.xlsx", tmp_path, cells)
    result = read_export(export, plan, context_of())
    assert list(result.responses["row_number"]) == [2, 3]
    assert answers_of(result, "a") == [2, None]
    assert answers_of(result, "tools_1") == [1, None]
    assert list(result.open_answers["text"]) == ['x,\n"y"']
    assert rejected(result) == [(3, "a", "not_an_answer_option"), (4, None, "blank_row")]
    assert adds_up(result)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ("2026-03-01 10:00:00", "2026-03-02 10:00:00", 2),
        ("2026-03-02 10:00:00", "2026-03-01 10:00:00", 1),
        ("2026-03-01 10:00:00", "2026-03-01 10:00:00", 2),
        ("2026-03-02 10:00:00", "", 2),
        ("", "2026-03-01 10:00:00", 2),
    ],
)
def test_of_two_exports_the_response_recorded_later_counts_else_the_newer_file(
    tmp_path: Path, first: str, second: str, counts: int
) -> None:
    keys: dict[Any, str] = {"response_id": "id", "recorded_at": "at"}
    plan = plan_of(column(1, "id", role="identifier"), column(2, "at", role="metadata"), choice(3, "a"), keys=keys)
    with Staging(tmp_path) as staging:
        for number, at in enumerate((first, second), start=1):
            context = replace(context_of(), file_sha256=str(number) * 64)
            export = export_of(tmp_path, "id,at,a", f"R1,{at},{number}", f"own{number},,{number + 2}")
            staging.add(export, plan, context)
        staging.settle({name: number for number, name in enumerate(WORK.items)})
        answers = staging.fetch(staging.relation("answers")).set_index("response_id")["a"]
        rejects = staging.fetch(staging.relation("rejects"))
    assert answers.to_dict() == {"s/R1": counts, "s/own1": 3, "s/own2": 4}
    assert list(rejects["rule"]) == ["superseded_by_later_export"]
    assert list(rejects["file_sha256"]) == [str(3 - counts) * 64]


def test_answers_that_are_not_allowed_become_missing_each_with_a_reject(tmp_path: Path) -> None:
    each = instrument(a={"response_scale": "scale"}, hours={"kind": "number", "least": 0, "most": 60.5})
    plan = plan_of(choice(1, "a"), column(2, "hours", item="hours", kind="number"))
    with Staging(tmp_path) as staging:
        staging.add(export_of(tmp_path, "a,hours", "1,60.5", "7,61", "-2,-0.5", "5,"), plan, context_of(each))
        staging.settle({"a": 0, "hours": 1}, set_missing=True)
        answers = staging.fetch(staging.relation("answers"))
        missing = staging.fetch(staging.relation("missing"))
        rejects = staging.fetch(staging.relation("rejects"))
        counted = staging.fetch(staging.relation("conservation"))
    assert answers["a"].fillna(-9).tolist() == [1, -9, -9, 5]
    assert answers["hours"].fillna(-9).tolist() == [60.5, -9, -9, -9]
    assert missing.groupby("reason").size().to_dict() == {"invalid": 4, "unknown_blank": 1}
    assert rejects[["row_number", "column_name", "rule"]].to_numpy().tolist() == [
        [3, "a", "outside_response_scale"], [3, "hours", "outside_range"],
        [4, "a", "outside_response_scale"], [4, "hours", "outside_range"],
    ]  # fmt: skip
    assert counted[["n_answered", "n_missing", "n_rejected"]].to_numpy().tolist() == [[2, 0, 2], [1, 1, 2]]
