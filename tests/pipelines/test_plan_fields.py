"""Every field of a reading plan, carried out on a file: answers, missing reasons, repetitions, rejects, counts."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from instruments.spec import Instrument
from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.structure import Question
from pipelines.receive import ReadResult, ReceiveContext, read_export
from pipelines.sections.sources import Source
from tests.opened import opened_export

SCALES = {
    "agreement": {"points": {1: {}, 2: {}, 3: {}}, "opt_outs": {9: {"reason": "dont_know"}}},
    "tools": {"ordered": False, "points": {1: {}, 2: {}}, "opt_outs": {-1: {"reason": "refused"}}},
}
ITEMS = {
    "a": {"response_scale": "agreement"},
    "b": {"kind": "number"},
    "c": {"kind": "open_text"},
    "tools": {"kind": "multiple_choice", "response_scale": "tools"},
}
CODES = {"codes": {"1": 1, "2": 2, "3": 3}}


def instrument(*names: str) -> Instrument:
    items = {name: ITEMS[name] for name in names}
    scales = {name: SCALES[name] for name in {str(each.get("response_scale")) for each in items.values()} & set(SCALES)}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    return Instrument.model_validate(raw, strict=False)


def column(name: str, kind: str | None = None, item: str = "", **more: Any) -> PlannedColumn:
    own = {"a": CODES}.get(name, {})
    return PlannedColumn(0, name, name, "item", item=(item or name) if kind else None, kind=kind, **{**own, **more})


def option(name: str, code: str, **more: Any) -> PlannedColumn:
    ticks = {"ticked": frozenset({"1"}), "unticked": frozenset({"0"})}
    return column(name, "multiple_choice", "tools", option=code, **{**ticks, **more})


def read(
    tmp_path: Path, columns: list[PlannedColumn], rows: list[str], repeats_of: str | None = None, **plan: Any
) -> ReadResult:
    path = tmp_path / "e.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([each.name for each in columns])
        writer.writerows([row.split("|") for row in rows])
    numbered = tuple(PlannedColumn(**{**vars(each), "position": at}) for at, each in enumerate(columns, start=1))
    plan = {"decimal": ".", "keys": {}, **plan}
    whole = ReadingPlan("generic", "", "utf-8", ",", time_zone="UTC", header_rows=1, columns=numbered, **plan)
    items = instrument(*dict.fromkeys(each.item for each in columns if each.item))
    settings = {"wave": "w1", "files": "e.csv", "platform": "generic", "respondent_group": "m"}
    source = Source.model_validate({**settings, "repeats_of": repeats_of}, strict=False)
    return read_export(opened_export(path), whole, ReceiveContext("s", source, (items,), "w1", "f" * 64))


def cells(result: ReadResult, name: str) -> list[Any]:
    return [None if pd.isna(value) else value for value in result.answers[name]]


def reasons(result: ReadResult, item: str) -> dict[int, str]:
    """Return row → reason, rows counted from 1 without the header."""
    rows = {each: place for place, each in enumerate(result.responses["response_id"], start=1)}
    of_item = result.missing[result.missing["item"] == item]
    return {rows[each]: reason for each, reason in zip(of_item["response_id"], of_item["reason"], strict=True)}


def went(result: ReadResult, position: int) -> tuple[int, ...]:
    """Return how many cells were answered, missing, rejected and kept in the file only."""
    row = result.conservation.set_index("position").loc[position]
    return tuple(int(row[name]) for name in ("n_answered", "n_missing", "n_rejected", "n_kept_raw"))


def test_a_response_is_named_by_all_parts_of_its_key_that_are_filled(tmp_path: Path):
    columns = [column("id"), column("event"), column("form"), column("turn"), column("a", "choice")]
    rows = ["7|base|||1", "7| |||2", "7|visit||2|3", "7|base|diary|2|1", "|base|||2"]
    result = read(
        tmp_path,
        columns,
        rows,
        keys={"response_id": "id", "repeat_instrument": "form", "repeat_instance": "turn"},
        key_parts={"response_id": ("event", "turn")},
    )
    assert list(result.responses["response_id"]) == ["s/7/base", "s/7", "s/7/visit/2", "s/ffffffff-row-6"]
    assert list(result.repeats["response_id"]) == ["s/7/base"]
    assert (list(result.repeats["instrument"]), list(result.repeats["instance"])) == (["diary"], [2])
    assert went(result, 1) == (4, 1, 0, 0)
    assert went(result, 2) == (4, 1, 0, 0)


def test_a_sign_of_a_blank_cell_is_none_in_keys_items_and_guards(tmp_path: Path):
    sign = {"blanks": frozenset({"{gone}"})}
    columns = [
        column("ended", **sign),
        column("page", **sign),
        column("a", "choice", shown_if="page", **sign),
        column("b", "number", **sign),
        column("c", "open_text", **sign),
    ]
    rows = ["2026-03-01 10:00:00|1|1|5|{gone} too", "{GONE}|{gone}|{gone}|{gone}|{Gone}", "|1||{gone}|"]
    result = read(tmp_path, columns, rows, keys={"ended_at": "ended", "is_finished": "ended", "last_page": "page"})
    assert list(result.responses["is_finished"]) == [True, False, False]
    assert list(result.responses["ended_at"].isna()) == [False, True, True]
    assert reasons(result, "a") == {2: "not_administered", 3: "unknown_blank"}
    assert reasons(result, "b") == reasons(result, "c") == {2: "unknown_blank", 3: "unknown_blank"}
    assert list(result.open_answers["text"]) == ["{gone} too"]
    assert not len(result.rejects)
    assert [went(result, position)[0] for position in range(1, 6)] == [1, 2, 1, 1, 1]


@pytest.mark.parametrize(("is_unticked", "second"), [(True, [0, 0, None]), (False, [None, 0, None])])
def test_a_blank_option_is_unticked_beside_a_ticked_one_only_where_it_may_be(
    tmp_path: Path, is_unticked: bool, second: list[int | None]
):
    columns = [option(f"tools_{n}", str(n), blank_is_unticked=is_unticked) for n in (1, 2)]
    result = read(tmp_path, [*columns, column("a", "choice")], ["1||1", "1|0|1", "||1"])
    assert cells(result, "tools_1") == [1, 1, None]
    assert cells(result, "tools_2") == second
    assert reasons(result, "tools") == ({} if is_unticked else {1: "unknown_blank"}) | {3: "unknown_blank"}


ESCAPES = {"{newline}": "\n", "{quote}": '"', "{lbrace}": "{"}


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("one{newline}two", "one\ntwo"),
        ("{lbrace}newline}", "{newline}"),
        ("{lbrace}{lbrace}quote}{quote}", '{{quote}"'),
        ("{quote}said", '"said'),
        ("'=1+1", "=1+1"),
        ("'={newline}", "=\n"),
        ("it's '=", "it's '="),
        ("{lbrace}gone}", "{gone}"),
        ("{gone}", None),
        ("{newline}", None),
        ("{other}", "{other}"),
    ],
)
def test_escapes_are_taken_back_once_from_left_to_right(tmp_path: Path, text: str, means: str | None):
    columns = [column("a", "choice"), column("c", "open_text", opt_outs={"{gone}": "not_administered"})]
    result = read(tmp_path, columns, [f"1|{text}"], escapes=ESCAPES, leading_escapes={"'=": "="})
    assert list(result.open_answers["text"]) == ([] if means is None else [means])
    assert reasons(result, "c") == (
        {} if means is not None else {1: "not_administered" if text == "{gone}" else "unknown_blank"}
    )


def test_codes_numbers_and_lists_are_compared_without_their_escapes(tmp_path: Path):
    columns = [
        column("a", "choice", codes={'"yes"': 1, "{quote}yes{quote}": 2, "=3": 3}),
        column("b", "number"),
        column("tools", "multiple_choice", codes={'"x"': 1, "y": 2}, separator=";"),
    ]
    rows = ["{quote}yes{quote}|'=4|{quote}x{quote};y", "'=3|{newline}4|y"]
    result = read(tmp_path, columns, rows, escapes=ESCAPES, leading_escapes={"'=": "="})
    assert cells(result, "a") == [1, 3]
    assert cells(result, "b") == [None, 4.0]
    assert (cells(result, "tools_1"), cells(result, "tools_2")) == ([1, 0], [1, 1])
    assert list(result.rejects["rule"]) == ["not_a_number"]


def test_what_stands_after_the_last_page_was_not_reached_whatever_the_sign_says(tmp_path: Path):
    def asked(name: str, kind: str, page: int) -> PlannedColumn:
        question = Question(name, "", "number", page=page)
        return column(name, kind, question=question, opt_outs={"{no}": "not_administered", "-9": "refused"})

    columns = [column("ended"), column("page"), asked("a", "choice", 1), asked("b", "number", 2)]
    rows = ["|1|1|{no}", "|1|{no}|", "x|1||{no}", "||{no}|{no}", "||1|{no}", "|-|{no}|{no}", "|1|1|-9", "|1|1|2"]
    result = read(
        tmp_path,
        columns,
        rows,
        keys={"is_finished": "ended", "last_page": "page"},
        unreached="after_last_page",
    )
    not_asked = "not_administered"
    assert reasons(result, "a") == {2: not_asked, 3: "unknown_blank", 4: "not_reached", 6: not_asked}
    assert reasons(result, "b") == {
        1: "not_reached", 2: "not_reached", 3: not_asked, 4: "not_reached", 5: not_asked, 6: not_asked, 7: "refused",
    }  # fmt: skip
    assert cells(result, "b")[-1] == 2.0


def test_a_blank_guard_hides_what_is_blank_and_check_boxes_of_which_none_is_ticked(tmp_path: Path):
    guard = {"shown_if": "status"}
    columns = [
        column("status"),
        column("a", "choice", **guard),
        column("c", "open_text", **guard),
        option("tools_1", "1", **guard),
        option("tools_2", "2", **guard),
    ]
    rows = ["|||0|0", "|2|x|0|1", " | | |0|", "0|||0|0", "|||1 |0"]
    result = read(tmp_path, columns, rows)
    hidden = "not_administered"
    assert reasons(result, "a") == {1: hidden, 3: hidden, 4: "unknown_blank", 5: hidden}
    assert reasons(result, "c") == {1: hidden, 3: hidden, 4: "unknown_blank", 5: hidden}
    assert reasons(result, "tools") == {1: hidden, 3: hidden}
    assert cells(result, "a") == [None, 2, None, None, None]
    assert cells(result, "tools_1") == [None, 0, None, 0, 1]
    assert cells(result, "tools_2") == [None, 1, None, 0, 0]


def test_a_column_has_its_own_decimal_sign(tmp_path: Path):
    columns = [column("a", "choice"), column("b", "number", decimal=",")]
    result = read(tmp_path, columns, ["1|1,5", "1| 2,5 ", "1|3", "1|1.5"])
    assert cells(result, "b") == [1.5, 2.5, 3.0, None]
    assert list(result.rejects["rule"]) == ["not_a_number"]


def test_rows_of_a_child_table_are_numbered_within_their_parent_and_name_their_block(tmp_path: Path):
    columns = [column("parent"), column("a", "choice")]
    rows = ["u1|1", "u2|2", "u1|3", "u1|"]
    result = read(tmp_path, columns, rows, repeats_of="main", keys={"response_id": "parent"}, repeated_block="members")
    found = result.repeats[["response_id", "instrument", "instance", "code"]].to_numpy().tolist()
    assert sorted(found) == [["main/u1", "members", 1, 1], ["main/u1", "members", 2, 3], ["main/u2", "members", 1, 2]]


def test_an_opt_out_ticked_alone_makes_the_item_missing_and_beside_others_is_listed(tmp_path: Path):
    columns = [
        option("tools_1", "1"),
        option("tools_2", "2"),
        option("tools_x", "-1", ticked_means="refused"),
        option("tools_unk", "unk", ticked_means="dont_know"),
    ]
    rows = ["0|0|1|0", "1|0|1|0", "0|0|0|1", "0|1|0|0", "0|0|0|0", "0|0|1|1"]
    result = read(tmp_path, columns, rows)
    assert cells(result, "tools_1") == [None, 1, None, 0, 0, None]
    assert cells(result, "tools_2") == [None, 0, None, 1, 0, None]
    assert reasons(result, "tools") == {1: "refused", 3: "dont_know", 6: "refused"}
    assert result.rejects[["row_number", "column_name", "rule"]].to_numpy().tolist() == [
        [3, "tools_x", "opt_out_beside_answers"]
    ]
    assert went(result, 3) == (2, 3, 1, 0)


def test_an_option_whose_cells_hold_its_label_is_an_opt_out_all_the_same(tmp_path: Path):
    none = {"ticked": frozenset[str](), "unticked": frozenset[str]()}
    columns = [
        option("tools_1", "1", **none),
        option("tools_x", "-1", ticked_means="refused", opt_outs={"i will not say": "refused"}, **none),
        column("a", "choice"),
    ]
    result = read(tmp_path, columns, ["Pen||1", "|Das sage ich nicht|1", "|I will not say|1", "Pen|No|1", "||1"])
    assert cells(result, "tools_1") == [1, None, None, 1, None]
    assert reasons(result, "tools") == {2: "refused", 3: "refused", 5: "unknown_blank"}
    assert list(result.rejects["row_number"]) == [5]


def test_an_opt_out_in_a_list_of_options_counts_alone_and_is_listed_beside_answers(tmp_path: Path):
    listed = column("tools", "multiple_choice", codes={"pen": 1, "ink": 2}, opt_outs={"none": "refused"}, separator=" ")
    result = read(tmp_path, [listed, column("a", "choice")], ["pen none|1", "none|1", "pen ink|1", "pen nothing|1"])
    assert cells(result, "tools_1") == [1, None, 1, None]
    assert cells(result, "tools_2") == [0, None, 1, None]
    assert reasons(result, "tools") == {2: "refused", 4: "invalid"}
    rules = dict(zip(result.rejects["row_number"], result.rejects["rule"], strict=True))
    assert rules == {2: "opt_out_beside_answers", 5: "not_an_answer_option"}


def test_an_opt_out_ticked_in_a_repetition_is_the_reason_of_its_item(tmp_path: Path):
    columns = [
        column("parent"),
        option("tools_1", "1"),
        option("tools_2", "2"),
        option("tools_x", "-1", ticked_means="refused"),
    ]
    result = read(tmp_path, columns, ["u|0|0|1", "u|1|0|0"], repeats_of="main", keys={"response_id": "parent"})
    found = [
        tuple(None if pd.isna(each[name]) else each[name] for name in ("instance", "item", "code", "reason"))
        for each in result.repeats.to_dict("records")
    ]
    assert sorted(found, key=str) == [(1, "tools", None, "refused"), (2, "tools_1", 1, None), (2, "tools_2", 0, None)]
