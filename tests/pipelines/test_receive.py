"""Reading exports into the rows of core, cell by cell."""

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.spec import Instrument
from pipelines.readers.cells import conservation, results
from pipelines.readers.files.head import read_head
from pipelines.readers.opening import Settings, opened
from pipelines.readers.plan import ReadingError, Request, fold
from pipelines.readers.registry import make_plan
from pipelines.receive import ReadResult, ReceiveContext, count_filled_cells, read_export, staging
from pipelines.sections.sources import Source
from pipelines.tables.core import MISSING, OPEN_ANSWERS, REJECTS
from pipelines.tables.raw import CONSERVATION
from tests.opened import opened_export

QUALTRICS = "data/qualtrics"
AGREEMENT = {
    "points": {
        1: {"label": {"en": "Strongly disagree"}},
        2: {"label": {"en": "Disagree"}},
        3: {"label": {"en": "Neither agree or disagree"}},
        4: {"label": {"en": "Agree"}},
        5: {"label": {"en": "Strongly agree"}},
    },
    "opt_outs": {9: {"reason": "dont_know", "label": {"en": "Don't know"}}},
}
SCALES = {"agreement": AGREEMENT}


def instrument(items: dict[str, dict[str, Any]], scales: dict[str, Any] = SCALES) -> Instrument:
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    return Instrument.model_validate(raw, strict=False)


def source(**settings: Any) -> Source:
    defaults = {"wave": "w1", "files": "e.csv", "platform": "generic", "respondent_group": "manager"}
    return Source.model_validate({**defaults, **settings}, strict=False)


def read(path: Path, each: Instrument, settings: Source) -> ReadResult:
    head = read_head(path, encoding=settings.encoding, delimiter=settings.delimiter)
    plan = make_plan(head, Request(settings, (each,)))
    return read_export(opened_export(path), plan, ReceiveContext("s", settings, (each,), "w1", "f" * 64))


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "e.csv"
    path.write_bytes(text.encode(encoding))
    return path


def choices(*names: str) -> Instrument:
    return instrument({name: {"response_scale": "agreement"} for name in names})


def answers_of(result: ReadResult, item: str) -> list[object]:
    return [None if pd.isna(value) else value for value in result.answers[item]]


def rejected(result: ReadResult) -> list[tuple[int, str | None, str]]:
    columns = [None if pd.isna(name) else name for name in result.rejects["column_name"]]
    return list(zip(result.rejects["row_number"], columns, result.rejects["rule"], strict=True))


def test_labels_codes_opt_outs_and_blanks_each_find_their_place(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\nStrongly  AGREE,1\ndon't know,9\n,4.0\n  ,Agree\n")
    result = read(path, choices("a", "b"), source())
    assert answers_of(result, "a") == [5, None, None, None]
    assert answers_of(result, "b") == [1, None, 4, 4]
    reasons = list(zip(result.missing["response_id"], result.missing["item"], result.missing["reason"], strict=True))
    assert reasons == [
        ("s/row-3", "a", "dont_know"),
        ("s/row-4", "a", "unknown_blank"),
        ("s/row-5", "a", "unknown_blank"),
        ("s/row-3", "b", "dont_know"),
    ]
    assert not len(result.rejects)


def test_a_whole_number_outside_the_scale_goes_through_for_validation_to_name(tmp_path: Path) -> None:
    result = read(written(tmp_path, "a,b\n7,1\n-3,2\n"), choices("a", "b"), source())
    assert answers_of(result, "a") == [7, -3]
    assert not len(result.rejects)


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        ("choice", "Rather agree", "not_an_answer_option"),
        ("choice", "1,4", "not_an_answer_option"),
        ("choice", "4.6", "not_an_answer_option"),
        ("choice", "123456", "not_an_answer_option"),
        ("number", "about ten", "not_a_number"),
        ("number", "1,5", "not_a_number"),
        ("number", "nan", "not_a_number"),
        ("number", "1e999", "not_a_number"),
        ("date", "in March 2026", "not_a_date"),
        ("date", "12/03/26", "not_a_date"),
        ("date", "2026-02-30", "not_a_date"),
    ],
)
def test_a_text_that_is_no_answer_is_rejected_without_being_shown(
    tmp_path: Path, kind: str, text: str, rule: str
) -> None:
    item = {"response_scale": "agreement"} if kind == "choice" else {"kind": kind}
    path = written(tmp_path, f'a;b\n1;"{text}"\n')
    each = instrument({"a": {"response_scale": "agreement"}, "b": item})
    result = read(path, each, source())
    assert rejected(result) == [(2, "b", rule)]
    assert not any(text in str(cell) for cell in result.rejects.loc[0])
    assert list(result.missing["reason"]) == ["invalid"]


@pytest.mark.parametrize(
    ("decimal", "text", "number"),
    [
        (".", "1.5", 1.5),
        (",", "1,5", 1.5),
        (".", " 12 ", 12.0),
        (".", "-0.25", -0.25),
        (".", "1e-3", 0.001),
        (".", ".5", 0.5),
    ],
)
def test_numbers_follow_the_decimal_sign_of_the_source(tmp_path: Path, decimal: str, text: str, number: float) -> None:
    each = instrument({"a": {"kind": "number"}, "b": {"kind": "number"}})
    result = read(written(tmp_path, f"a;b\n{text};3\n"), each, source(decimal=decimal))
    assert answers_of(result, "a") == [number]
    assert answers_of(result, "b") == [3.0]


def test_missing_codes_of_a_number_do_not_become_numbers(tmp_path: Path) -> None:
    each = instrument({"a": {"kind": "number"}, "b": {"kind": "number"}})
    result = read(written(tmp_path, "a,b\n-99,5\n"), each, source(missing={"-99": "refused"}))
    assert answers_of(result, "a") == [None]
    assert list(result.missing["reason"]) == ["refused"]


def test_dates_codes_and_open_texts_keep_what_was_given(tmp_path: Path) -> None:
    each = instrument({"d": {"kind": "date"}, "c": {"kind": "code"}, "o": {"kind": "open_text"}})
    text = 'd,c,o\n2026-03-01,0101,"First line\nsecond ""line"" "\n2026-03-02 10:00:00, x ,\n,,NA\n'
    result = read(written(tmp_path, text), each, source())
    assert answers_of(result, "d") == [dt.date(2026, 3, 1), dt.date(2026, 3, 2), None]
    assert answers_of(result, "c") == ["0101", "x", None]
    assert list(result.open_answers["text"]) == ['First line\nsecond "line" ', "NA"]
    assert "o" not in result.answers


def test_constants_fill_every_row_and_items_not_asked_are_not_administered(tmp_path: Path) -> None:
    each = instrument(
        {
            "a": {"response_scale": "agreement"},
            "b": {"response_scale": "agreement"},
            "c": {"kind": "code"},
            "o": {"kind": "open_text", "is_required": False},
        }
    )
    settings = source(constants={"b": 4, "c": "health"}, not_administered=["o"])
    result = read(written(tmp_path, "a,z\n1,\n2,\n"), each, settings)
    assert answers_of(result, "b") == [4, 4]
    assert answers_of(result, "c") == ["health", "health"]
    assert list(zip(result.missing["item"], result.missing["reason"], strict=True)) == [("o", "not_administered")] * 2


def test_instruments_of_other_sources_are_not_administered(tmp_path: Path) -> None:
    settings, asked = source(), choices("a", "b")
    path = written(tmp_path, "a,b\n1,2\n")
    plan = make_plan(read_head(path), Request(settings, (asked,)))
    context = ReceiveContext("s", settings, (asked, choices("z")), "w1", "f" * 64)
    result = read_export(opened_export(path), plan, context)
    assert answers_of(result, "z") == [None]
    assert list(result.missing["reason"]) == ["not_administered"]


def test_blank_and_odd_rows_are_rejected_by_their_number_and_shift_no_other_row(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"two\n\nlines"\n\n,\n3,x,y\n4\n5,last\n\n\n')
    result = read(path, instrument({"a": {"response_scale": "agreement"}, "b": {"kind": "open_text"}}), source())
    assert rejected(result) == [
        (3, None, "blank_row"),
        (4, None, "blank_row"),
        (5, None, "too_many_cells"),
        (6, None, "too_few_cells"),
    ]
    assert list(result.responses["row_number"]) == [2, 7]
    assert answers_of(result, "a") == [1, 5]
    assert list(result.conservation["n_cells"]) == [6, 6]
    assert list(result.conservation["n_rejected"]) == [4, 4]


def test_mixed_line_ends_are_read_like_any_other(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\r\n1,"x\ry"\n2,z\r\n3,\n')
    result = read(path, instrument({"a": {"response_scale": "agreement"}, "b": {"kind": "open_text"}}), source())
    assert answers_of(result, "a") == [1, 2, 3]
    assert list(result.open_answers["text"]) == ["x\ry", "z"]


def test_an_unclosed_quotation_mark_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n")
    settings, each = source(), choices("a", "b")
    plan = make_plan(read_head(path), Request(settings, (each,)))
    path.write_text('a,b\n1,2\n"3,4\n5,1\n', encoding="utf-8")
    with pytest.raises(ReadingError, match="row 3 cannot be cut into cells"):
        read_export(opened_export(path), plan, ReceiveContext("s", settings, (each,), "w1", "f" * 64))


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "a,b\n\n", "a,b\n,\n , \n"])
def test_headers_without_answers_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadingError, match="has headers but no answers"):
        read(written(tmp_path, text), choices("a", "b"), source())


def test_repeated_response_ids_are_kept_for_validation_to_report(tmp_path: Path) -> None:
    settings = source(identifiers={"response_id": "id"})
    result = read(written(tmp_path, "id,a,b\nR1,1,2\nR1,3,\n,4,5\n"), choices("a", "b"), settings)
    sha256 = result.responses["file_sha256"].iloc[0]
    assert list(result.responses["response_id"]) == ["s/R1", "s/R1", f"s/{sha256[:8]}-row-4"]
    assert answers_of(result, "a") == [1, 3, 4]
    assert len(result.missing) == 1


def test_groups_come_from_a_column_and_unknown_ones_reject_the_row(tmp_path: Path) -> None:
    settings = source(
        respondent_group=None,
        identifiers={"respondent_group": "role", "organisation_id": "org"},
        groups={"Top manager": "top", "Team lead": "line"},
    )
    path = written(tmp_path, "role,org,a,b\nTOP  manager,k1,1,2\nJanitor,k1,1,2\nteam lead,,1,2\n")
    result = read(path, choices("a", "b"), settings)
    assert list(result.responses["respondent_group"]) == ["top", "line"]
    assert [None if pd.isna(each) else each for each in result.responses["organisation_id"]] == ["k1", None]
    assert rejected(result) == [(3, "role", "unknown_respondent_group")]


def test_a_preview_without_a_group_is_set_aside_and_no_unknown_group(tmp_path: Path) -> None:
    settings = source(
        platform="qualtrics", respondent_group=None, identifiers={"respondent_group": "role"}, groups={"Lead": "line"}
    )
    header = "StartDate,EndDate,Status,Finished,role,a,b\n"
    rows = ",,1,1,,1,2\n,,0,1,lead,3,4\n,,1,1,lead,5,1\n"
    result = read(written(tmp_path, header + rows), choices("a", "b"), settings)
    assert list(result.responses["is_preview"]) == [False, True]
    assert rejected(result) == [(2, "Status", "preview_without_group")]


def test_times_are_moved_to_utc_from_the_zone_of_the_source(tmp_path: Path) -> None:
    settings = source(
        time_zone="Europe/Copenhagen",
        identifiers={"started_at": "start", "ended_at": "end", "response_seconds": "seconds", "language": "lang"},
    )
    rows = [
        "2026-01-15 10:00:00,2026-07-15 10:00:00,90.5,DA,1,2",
        "2026-03-29 02:30:00,2026-10-25 02:30:00,,EN,1,2",
        "2026-01-15T10:00:00Z,2026-01-15 10:00:00+02:00,60,,1,2",
        "yesterday,,soon,,1,2",
    ]
    path = written(tmp_path, "start,end,seconds,lang,a,b\n" + "\n".join(rows) + "\n")
    result = read(path, choices("a", "b"), settings)
    started, ended = result.responses["started_at"], result.responses["ended_at"]
    stamps = [None if pd.isna(each) else each.strftime("%m-%d %H:%M") for each in (*started, *ended)]
    assert stamps == [
        "01-15 09:00", "03-29 01:00", "01-15 10:00", None, "07-15 08:00", "10-25 00:30", "01-15 08:00", None,
    ]  # fmt: skip
    assert [None if pd.isna(each) else each for each in result.responses["response_seconds"]] == [
        90.5,
        18_142_200.0,
        60.0,
        None,
    ]
    assert [None if pd.isna(each) else each for each in result.responses["language"]] == ["da", "en", None, None]
    assert sorted(rejected(result)) == [(5, "seconds", "not_a_number"), (5, "start", "not_a_time")]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-01-15 10:00:00", "2026-01-15 10:07:30", 450), ("2026-03-29 01:59:00", "2026-03-29 03:01:00", 120),
        ("2026-01-15T10:00:00Z", "2026-01-15 11:00:10", 10), ("2026-01-15 10:00:00", "2026-01-15 10:00:00", 0),
        ("2026-01-15 10:00:00", "2026-01-15 09:59:59", None), ("2026-01-15", "2026-01-16", None),
        ("2026-01-15", "2026-01-15 10:00:00", None), ("2026-01-15 00:00:00", "2026-01-15 00:00:00", None),
        ("2026-01-15 10:00:00", "", None), ("", "2026-01-15 10:00:00", None),
    ],
)  # fmt: skip
def test_how_long_a_response_took_is_from_start_to_end_where_no_column_says_it(
    tmp_path: Path, start: str, end: str, seconds: int | None
) -> None:
    settings = source(time_zone="Europe/Copenhagen", identifiers={"started_at": "start", "ended_at": "end"})
    result = read(written(tmp_path, f"start,end,a,b\n{start},{end},1,2\n"), choices("a", "b"), settings)
    (found,) = result.responses["response_seconds"]
    assert (None if pd.isna(found) else found) == seconds


def test_a_limesurvey_response_is_finished_when_it_was_submitted(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,submitdate,lastpage,startlanguage,a,b\n"
        "1,2026-01-15 10:00:00,3,en,1,2\n2,,1,da,1,\n3,1980-01-01 00:00:00,3,da,4,5\n",
    )
    result = read(path, choices("a", "b"), source(platform=None, time_zone="UTC"))
    assert list(result.responses["is_finished"]) == [True, False, True]
    assert list(result.responses["ended_at"].isna()) == [False, True, True]
    assert list(result.responses["language"]) == ["en", "da", "da"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_changes_no_answer(tmp_path: Path, encoding: str) -> None:
    each = instrument({"a": {"kind": "code"}, "o": {"kind": "open_text"}})
    path = written(tmp_path, '"a\nline",o\nblå,"Rødgrød, ""æøå"""\n', encoding)
    result = read(path, each, source(columns={"a": "a line"}, encoding=None if encoding != "cp1252" else "cp1252"))
    assert answers_of(result, "a") == ["blå"]
    assert list(result.open_answers["text"]) == ['Rødgrød, "æøå"']
    assert list(result.responses["row_number"]) == [2]


def test_a_path_with_pattern_signs_is_read_as_that_file_alone(tmp_path: Path) -> None:
    for name, code in [("e[1].csv", 1), ("e1.csv", 2)]:
        (tmp_path / name).write_text(f"a,b\n{code},{code}\n", encoding="utf-8")
    assert answers_of(read(tmp_path / "e[1].csv", choices("a", "b"), source()), "a") == [1]


def test_reading_leaves_no_file_behind_and_changes_no_byte(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,ø\n\n2,x\n", "cp1252")
    before = path.read_bytes()
    each = instrument({"a": {"response_scale": "agreement"}, "b": {"kind": "code"}})
    staging = tmp_path / "staging"
    with opened(path, Settings(staging=staging)) as export:
        plan = make_plan(export.head, Request(source(), (each,)))
        read_export(export, plan, ReceiveContext("s", source(), (each,), "w1", "f" * 64))
        assert len(list(staging.iterdir())) == 1
    assert (path.read_bytes(), list(staging.iterdir())) == (before, [])


def test_rows_and_filled_cells_are_counted_without_reading_answers(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n\n,\n3\n4,5\n\n")
    plan = make_plan(read_head(path), Request(source(), (choices("a", "b"),)))
    counted = count_filled_cells(opened_export(path), plan)
    assert (counted.n_rows, counted.by_position) == (5, {1: 2, 2: 2})


def test_the_tables_fit_their_descriptions(tmp_path: Path) -> None:
    each = instrument({"a": {"response_scale": "agreement"}, "o": {"kind": "open_text"}})
    result = read(written(tmp_path, "a,o\n1,x\nwrong,\n"), each, source())
    for table, rows in [
        (MISSING, result.missing),
        (OPEN_ANSWERS, result.open_answers),
        (REJECTS, result.rejects),
        (CONSERVATION, result.conservation),
    ]:
        table.schema().validate(rows)


def test_an_export_larger_than_the_memory_it_is_given_is_read_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = instrument({**{f"q{k}": {"response_scale": "agreement"} for k in range(9)}, "o": {"kind": "open_text"}})
    codes = [",".join(str(1 + (row + k) % 5) for k in range(9)) for row in range(5)]
    lines = [f"{codes[row % 5]},text {row * 7919 % 1_000_003} {str(row * row) * 150}" for row in range(120_000)]
    path = written(tmp_path, "\n".join([",".join([*(f"q{k}" for k in range(9)), "o"]), *lines]) + "\n")
    with_room = read(path, each, source())
    monkeypatch.setattr(staging, "LEAST_MEGABYTES", 100)
    spilled: list[int] = []
    settle = staging.Staging.settle

    def watched(self: staging.Staging, *arguments: Any, **settings: Any) -> None:
        spilled.append(self.count("SELECT sum(temporary_storage_bytes) FROM duckdb_memory()"))
        settle(self, *arguments, **settings)

    monkeypatch.setattr(staging.Staging, "settle", watched)
    without = read(path, each, source())
    assert spilled[0] > 0
    pd.testing.assert_frame_equal(without.answers, with_room.answers)
    pd.testing.assert_frame_equal(without.open_answers, with_room.open_answers)


@pytest.mark.parametrize(
    ("lost", "loses"),
    [
        ("answers", lambda query: f"SELECT * REPLACE (nullif(a, 1) AS a) FROM ({query})"),
        ("answers", lambda query: f"FROM ({query}) LIMIT 2"),
        ("gaps", lambda query: f"FROM ({query}) WHERE false"),
        ("read_cells", lambda query: f"SELECT * REPLACE (CAST(NULL AS INTEGER) AS v2) FROM ({query})"),
    ],
    ids=["an answer", "a row", "a missing reason", "a cell on the way in"],
)
def test_the_audit_refuses_a_result_that_lost_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str, loses: Callable[[str], str]
) -> None:
    path = written(tmp_path, "a,b\n1,2\n3,4\n5,\n")
    read(path, choices("a", "b"), source())
    owner = staging if hasattr(staging, lost) else results
    made = getattr(owner, lost)
    monkeypatch.setattr(owner, lost, lambda *arguments: loses(made(*arguments)))
    with pytest.raises(ReadingError, match="do not add up"):
        read(path, choices("a", "b"), source())


@pytest.mark.parametrize(
    ("wrong", "count"),
    [
        ("n_filled", {1: 2, 2: 1}),
        ("stored", {"a": 1, "b": 2}),
        ("missing", {"a": 1}),
        ("states", {"kept": 1}),
    ],
)
def test_the_audit_refuses_every_count_that_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, count: dict[Any, int]
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("pipelines.receive.staging.audit", lambda *arguments: seen.append(arguments))
    read(written(tmp_path, "a,b\n1,2\n3,4\n"), choices("a", "b"), source())
    file, counts, accounted = seen[0]
    conservation.audit(file, counts, accounted)
    file = replace(file, n_filled=count) if wrong == "n_filled" else file
    counts = counts if wrong == "n_filled" else replace(counts, **{wrong: count})
    with pytest.raises(ReadingError, match="do not add up"):
        conservation.audit(file, counts, conservation.account(file, counts))


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12),
    st.text(',;\t"\n\r \x1c\x85\u3000\ufeffæa1', max_size=6),
)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_every_written_cell_is_an_answer_a_missing_reason_or_part_of_a_rejected_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, line_end: str, delimiter: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "e.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerows([["a", "b", "rest"], *rows])
    each = instrument({"a": {"kind": "open_text"}, "b": {"kind": "open_text"}})
    if not any(fold(cell) for row in rows for cell in row):
        return
    result = read(path, each, source(delimiter=delimiter, columns={}))
    kept = [row for row in rows if any(map(fold, row))]
    texts = result.open_answers.set_index(["response_id", "item"])["text"]
    for response_id, row in zip(result.responses["response_id"], kept, strict=True):
        for item, cell in zip("ab", row, strict=False):
            assert texts.get((response_id, item)) == (cell if fold(cell) else None)
    assert len(result.rejects) == len(rows) - len(kept)
    assert list(result.conservation["n_cells"]) == [len(rows)] * 3


@given(
    cells=st.lists(
        st.one_of(
            st.sampled_from(["1", "5", "9", "", " ", "\u2003", "agree", "AGREE\t", "Don't know", "7", "4.0", "wrong"]),
            CELLS,
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_scan_gives_the_same_meaning_as_folding_each_cell(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.mktemp("scan") / "e.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["a", "b"], *([cell, "x"] for cell in cells)])
    each = instrument({"a": {"response_scale": "agreement"}, "b": {"kind": "code"}})
    result = read(path, each, source())
    labels = {"agree": 4, **{str(code): code for code in range(1, 6)}, "4.0": 4, "7": 7}
    for place, cell in enumerate(cells):
        if fold(cell) in labels:
            assert answers_of(result, "a")[place] == labels[fold(cell)]
        elif fold(cell) in ("", "9", "don't know"):
            assert answers_of(result, "a")[place] is None
            assert place + 2 not in list(result.rejects["row_number"])


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "n_rows", "n_preview", "n_finished"),
    [
        ("qualtRics-sample/sample.csv", 1, 0, 1),
        ("excluder/qualtrics_raw.csv", 100, 2, 94),
        ("excluder/qualtrics_text.csv", 100, 2, 94),
        ("excluder/qualtrics_numeric.csv", 100, 2, 94),
        ("porter-rescue/full_anonymized.csv", 171, 0, 171),
        ("model-evaluation/Model+evaluation_February+26,+2021_01.25.csv", 65, 0, 64),
        ("qt-no-basis/No_Basis_for_Evaluation (Insights).csv", 15, 15, 15),
        ("qt-no-basis/No_Basis_for_Evaluation (Legacy).csv", 15, 15, 15),
    ],
)
def test_real_qualtrics_rows_are_all_there(
    reference: Path, path: str, n_rows: int, n_preview: int, n_finished: int
) -> None:
    nothing = instrument({"unasked": {"kind": "code", "is_required": False}})
    result = read(reference / QUALTRICS / path, nothing, source(platform="qualtrics", time_zone="UTC"))
    responses = result.responses
    assert (len(responses), responses["is_preview"].sum(), responses["is_finished"].sum()) == (
        n_rows,
        n_preview,
        n_finished,
    )
    assert not len(result.rejects)


@pytest.mark.reference
def test_porter_conservatism_has_the_mean_of_the_index(reference: Path) -> None:
    seven = {"seven": {"points": {code: {} for code in range(1, 8)}}}
    each = instrument({name: {"response_scale": "seven"} for name in ("conserv", "liberal")}, seven)
    path = reference / QUALTRICS / "porter-rescue/full_anonymized.csv"
    result = read(path, each, source(platform="qualtrics", identifiers={"respondent_key": "newID"}))
    assert result.answers["conserv"].count() == 170
    assert round(float(result.answers["conserv"].mean()), 4) == 3.2412
    assert result.responses["respondent_key"].is_unique


@pytest.mark.reference
def test_times_of_a_qualtrics_export_are_moved_from_the_zone_in_its_header(reference: Path) -> None:
    path = reference / QUALTRICS / "model-evaluation/Model+evaluation_February+26,+2021_01.25.csv"
    nothing = instrument({"unasked": {"kind": "code", "is_required": False}})
    responses = read(path, nothing, source(platform="qualtrics")).responses
    # The first row says 2021-02-01 10:50:49 in America/Denver, which is seven hours behind UTC in February.
    assert responses["started_at"][0] == pd.Timestamp("2021-02-01 17:50:49", tz="UTC")
    assert responses["response_seconds"][0] == 600249


@pytest.mark.reference
@pytest.mark.parametrize(
    ("country", "question", "n_rows"), [("uk", ["2", "2", "1", "3"], 253), ("us", ["", "", "", ""], 164)]
)
def test_rse_affective_satisfaction_is_read_from_labels(
    reference: Path, country: str, question: list[str], n_rows: int
) -> None:
    prefixes = [f"likertagree{number}" if number else "likert2" for number in question]
    columns = {f"affSat{place}": f"{prefix}[affSat{place}]" for place, prefix in enumerate(prefixes, start=1)}
    path = reference / f"data/limesurvey/rse-2017-{country}/public_data.csv"
    settings = source(platform="limesurvey", columns=columns, identifiers={"response_id": "column_1"})
    result = read(path, choices(*columns), settings)
    assert len(result.responses) == n_rows
    assert not len(result.rejects)
    if country == "uk":
        complete = result.answers[list(columns)].dropna().astype(float)
        means = [round(float(result.answers[item].mean()), 3) for item in columns]
        assert len(complete) == 208
        assert means == [4.196, 3.848, 3.581, 3.874]


@pytest.mark.reference
def test_lq2002_keeps_a_scale_that_begins_at_zero(reference: Path) -> None:
    scales = {
        "zero": {"points": {code: {} for code in range(5)}},
        "one": {"points": {code: {} for code in range(1, 6)}},
    }
    items = {f"LEAD{number:02}": {"response_scale": "one"} for number in range(1, 12)}
    items |= {f"HOSTIL{number:02}": {"response_scale": "zero"} for number in range(1, 6)}
    settings = source(identifiers={"response_id": "SUB", "organisation_id": "COMPID"})
    result = read(reference / "data/substantive/lq2002/lq2002.csv", instrument(items, scales), settings)
    assert (len(result.responses), result.responses["organisation_id"].nunique()) == (2042, 49)
    assert not len(result.missing)
    answers = result.answers.drop(columns=["response_id", "wave"])
    assert (answers.min().min(), answers.max().max()) == (0, 5)
    hostile = answers.filter(like="HOSTIL").astype(float).mean(axis=1)
    published = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")["HOSTILE"]
    pd.testing.assert_series_equal(hostile, published, check_names=False, rtol=1e-6)
