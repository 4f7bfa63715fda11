"""Labelled files: what is written is what our own opener reads back, and nothing is lost or shortened in silence."""

import csv
import datetime as dt
import stat
import tempfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import EnvironmentFault, UsageError
from instruments.spec import Instrument
from pipelines.exports import statistics_file
from pipelines.exports.statistics_file import write_statistics_file
from pipelines.load import Study
from pipelines.spec import StudySpec
from pipelines.steps.labelled_cells import FIRST_CODES, LETTERS, REASONS
from pipelines.steps.labelled_file import REASON_LABELS, LabelledFile, plan_labelled_file
from pipelines.steps.program_limits import SPSS, STATA, Program
from pipelines.tables.base import DAY, MOMENT, NUMBER, SMALL, TEXT, TRUTH, ColumnOf, Table
from tests.opened import opened_export, plan_of

BOTH = pytest.mark.parametrize(("program", "suffix"), [(SPSS, ".sav"), (SPSS, ".zsav"), (STATA, ".dta")])
LONG = " ".join(["Mange æbler og ål i åen"] * 20)
INSTRUMENT = Instrument.model_validate(
    {
        "name": "block",
        "version": "1",
        "title": {"en": "Block"},
        "response_scales": {
            "agreement": {
                "points": {
                    1: {"label": {"da": "Uenig", "en": "Disagree"}},
                    2: {},
                    3: {"label": {"en": f"{LONG} "}},
                },
                "opt_outs": {9: {"reason": "dont_know"}},
            },
            "tools": {"ordered": False, "points": {1: {"label": {"en": "Mail"}}, 2: {"label": {"en": "Chat"}}}},
        },
        "items": {
            "agrees": {"text": {"da": "Jeg er enig", "en": "I agree"}, "response_scale": "agreement"},
            "used": {"text": {"en": "What do you use?"}, "kind": "multiple_choice", "response_scale": "tools"},
            "tenure": {"text": {"en": LONG}, "kind": "number"},
            "born": {"text": {"en": "Born on"}, "kind": "date"},
            "place": {"text": {"en": "Place"}, "kind": "code"},
        },
        "scales": {"agreement": {"title": {"en": "Agreement"}, "items": ("agrees",), "least_answered": 1}},
    }
)
TABLE = Table(
    "core.analysis",
    "One row an analysed response",
    ("response_id",),
    {
        "response_id": ColumnOf(TEXT, "Response"),
        "agreement": ColumnOf(NUMBER, "Score", may_be_missing=True),
        "agrees": ColumnOf(SMALL, "I agree", may_be_missing=True),
        "used_1": ColumnOf(SMALL, "Mail", may_be_missing=True),
        "used_2": ColumnOf(SMALL, "Chat", may_be_missing=True),
        "tenure": ColumnOf(NUMBER, "Years", may_be_missing=True),
        "born": ColumnOf(DAY, "Born on", may_be_missing=True),
        "place": ColumnOf(TEXT, "Place", may_be_missing=True),
        "is_new": ColumnOf(TRUTH, "Whether new", may_be_missing=True),
        "started_at": ColumnOf(MOMENT, "Start, UTC", may_be_missing=True),
    },
)
ITEMS = ("agrees", "used", "tenure", "born", "place")


def study_of(languages: tuple[str, ...] = ("en",)) -> Study:
    spec = StudySpec.model_validate(
        {
            "name": "small",
            "title": {"en": "A small study"},
            "waves": {"one": {"title": {"en": "One"}}},
            "respondent_groups": {"FRL": {"en": "Staff"}},
            "instruments": ("block",),
            "sources": {"staff": {"wave": "one", "files": "staff.csv"}},
            "release": {"languages": languages},
        }
    )
    return Study(Path("small"), spec, {"block": INSTRUMENT}, {})


def rows(**columns: list) -> pd.DataFrame:
    n = max(map(len, columns.values()))
    whole = {name: columns.get(name, [None] * n) for name in TABLE.columns}
    whole["response_id"] = [f"r{number}" for number in range(n)]
    return TABLE.typed(pd.DataFrame(whole, dtype="object"))


def reasons(**items: dict[int, str]) -> pd.DataFrame:
    found = [(f"r{row}", item, reason) for item, of_rows in items.items() for row, reason in of_rows.items()]
    return pd.DataFrame(found, columns=["response_id", "item", "reason"])


def planned(program: Program, analysis: pd.DataFrame, missing: pd.DataFrame | None = None, **settings) -> LabelledFile:
    return plan_labelled_file(program, study_of(**settings), TABLE, analysis, reasons() if missing is None else missing)


def written(folder: Path, program: Program, suffix: str, analysis: pd.DataFrame, missing: pd.DataFrame) -> Path:
    path = folder / f"analysis{suffix}"
    write_statistics_file(planned(program, analysis, missing), path)
    return path


def read_back(path: Path) -> dict[str, list[str | None]]:
    cells = opened_export(path).cells
    assert cells is not None
    columns = [column.to_pylist() for column in cells.columns]
    return {str(column[0]): column[1:] for column in columns}


@BOTH
def test_values_labels_and_reasons_come_back(tmp_path: Path, program: Program, suffix: str) -> None:
    analysis = rows(
        agreement=[1.5, None, None],
        agrees=[1, None, None],
        used_1=[1, 0, None],
        used_2=[0, 1, None],
        tenure=[0.1, None, 12],
        born=[dt.date(1971, 2, 3), None, None],
        place=["Ærø", None, "Å"],
        is_new=[True, False, None],
        started_at=[pd.Timestamp("2026-03-01 09:30:05.25", tz="UTC"), None, None],
    )
    missing = reasons(
        agrees={1: "dont_know", 2: "refused"},
        used={2: "not_administered"},
        tenure={1: "unknown_blank"},
        born={1: "not_reached", 2: "invalid"},
        place={1: "redacted"},
    )
    path = written(tmp_path, program, suffix, analysis, missing)

    def code(reason: str) -> str:
        place = REASONS.index(reason)  # type: ignore[arg-type]
        return str(-99 + place) if program is SPSS else f".{LETTERS[place]}"

    assert read_back(path) == {
        "response_id": ["r0", "r1", "r2"],
        "agreement": ["1.5", None, None],
        "agrees": ["1", code("dont_know"), code("refused")],
        "used_1": ["1", "0", code("not_administered")],
        "used_2": ["0", "1", code("not_administered")],
        "tenure": ["0.1", code("unknown_blank"), "12"],
        "born": ["1971-02-03", code("not_reached"), code("invalid")],
        "place": ["Ærø", None, "Å"],
        "place_missing": [None, code("redacted"), None],
        "is_new": ["1", "0", None],
        "started_at": ["2026-03-01 09:30:05.250", None, None],
    }
    plan = plan_of(path)
    assert plan.column("agrees").opt_outs == {code("dont_know"): "dont_know", code("refused"): "refused"}
    assert plan.column("used_1").opt_outs == {code("not_administered"): "not_administered"}
    assert plan.column("born").opt_outs == {code("not_reached"): "not_reached", code("invalid"): "invalid"}
    assert plan.column("place_missing").opt_outs == {code("redacted"): "redacted"}
    structure = opened_export(path).head.structure
    assert structure is not None
    assert structure.title == "A small study"
    assert structure.questions["agrees"].text == "I agree"
    assert structure.questions["used_2"].text == "What do you use?: Chat"
    assert [option.label for option in structure.questions["used_1"].options if option.reason is None] == ["No", "Yes"]
    labels = {option.code: option.label for option in structure.questions["agrees"].options}
    assert labels["1"] == "Disagree"
    assert "2" not in labels


@BOTH
@pytest.mark.parametrize("answers", [[None] * 150 + [1, None, 3], [None] * 150])
def test_a_column_whose_first_hundred_cells_are_missing_is_written_whole(
    tmp_path: Path, program: Program, suffix: str, answers: list[int | None]
) -> None:
    why = {row: "not_administered" for row, answer in enumerate(answers) if answer is None and row != 1}
    path = written(tmp_path, program, suffix, rows(agrees=answers, tenure=answers), reasons(agrees=why, tenure=why))
    sign = "-99" if program is SPSS else ".a"
    expected = [str(answer) if answer else sign if row in why else None for row, answer in enumerate(answers)]
    assert read_back(path)["agrees"] == read_back(path)["tenure"] == expected


@BOTH
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_comes_back_as_itself(tmp_path: Path, program: Program, suffix: str, reason: str) -> None:
    path = written(tmp_path, program, suffix, rows(agrees=[None, 1]), reasons(agrees={0: reason}))
    assert set(plan_of(path).column("agrees").opt_outs.values()) == {reason}


def test_a_reason_of_a_cell_that_has_an_answer_or_of_another_row_is_not_written() -> None:
    plan = planned(SPSS, rows(agrees=[1, None]), reasons(agrees={0: "refused", 7: "refused"}))
    agrees = next(each for each in plan.variables if each.name == "agrees")
    assert agrees.cells.series.fillna(0).tolist() == [1, 0]
    assert agrees.cells.missing == {}


@pytest.mark.parametrize(
    ("answers", "first"),
    [([1.0], -99), ([-89.0], -99), ([-90.0], -999), ([-99.0, 5.0], -999), ([-95.0, -995.0], -9_999)],
)
def test_codes_of_missing_values_are_none_that_an_answer_has(answers: list[float], first: int) -> None:
    plan = planned(SPSS, rows(tenure=[*answers, None]), reasons(tenure={len(answers): "refused"}))
    tenure = next(each for each in plan.variables if each.name == "tenure")
    assert tenure.cells.missing_range == (first, first + 9)
    assert tenure.cells.series.tolist()[:-1] == answers
    assert bool(tenure.cells.changes) == (first != FIRST_CODES[0])


def test_labels_are_in_the_first_language_of_the_study_that_they_have() -> None:
    plan = planned(SPSS, rows(agrees=[1]), languages=("da", "en"))
    agrees = next(each for each in plan.variables if each.name == "agrees")
    assert agrees.label == "Jeg er enig"
    assert agrees.value_labels == {1: "Uenig", 3: agrees.value_labels[3]}


@BOTH
def test_what_is_cut_is_cut_at_a_letter_told_and_whole_in_the_codebook(
    tmp_path: Path, program: Program, suffix: str
) -> None:
    plan = planned(program, rows(agrees=[3], tenure=[1]))
    codebook = write_statistics_file(plan, tmp_path / f"analysis{suffix}")
    structure = opened_export(tmp_path / f"analysis{suffix}").head.structure
    assert structure is not None
    label = structure.questions["tenure"].text
    assert label.endswith("…")
    assert LONG.startswith(label[:-1])
    assert any(f"longer than {program.name} allows" in warning and "tenure" in warning for warning in plan.warnings())
    with codebook.open(encoding="utf-8-sig", newline="") as file:
        of_variable = {row["variable"]: row for row in csv.DictReader(file)}
    assert of_variable["tenure"]["label"] == LONG
    assert LONG in of_variable["agrees"]["values"]
    assert "was cut" in of_variable["tenure"]["changes"]
    if program is SPSS:
        assert any("value labels" in warning and "agrees" in warning for warning in plan.warnings())


def test_a_text_that_spss_cannot_hold_is_cut_and_told_and_whole_for_stata(tmp_path: Path) -> None:
    text = "æ" * 20_000
    plan = planned(SPSS, rows(place=[text, "b  "]))
    warnings = " ".join(plan.warnings())
    assert "texts are cut to 32767 bytes: place" in warnings
    assert "blanks at the end of texts are left out: place" in warnings
    write_statistics_file(plan, tmp_path / "a.sav")
    short = read_back(tmp_path / "a.sav")["place"][0]
    assert short == "æ" * 16_382 + "…"
    write_statistics_file(planned(STATA, rows(place=[text, "b  "])), tmp_path / "a.dta")
    assert read_back(tmp_path / "a.dta")["place"] == [text, "b  "]


NUMBERS = st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-200, 200).map(float))
TEXTS = st.one_of(st.none(), st.text("aæøåß你😀,;\"'\n", min_size=1, max_size=40))
DAYS = st.one_of(st.none(), st.dates(dt.date(1583, 1, 1), dt.date(9999, 12, 30)))
WHY = st.dictionaries(st.integers(0, 5), st.sampled_from(REASONS))


@given(data=st.data(), kind=st.sampled_from([(SPSS, ".sav"), (SPSS, ".zsav"), (STATA, ".dta")]))
def test_any_answers_and_reasons_come_back(data: st.DataObject, kind: tuple[Program, str]) -> None:
    n = data.draw(st.integers(1, 6))

    def drawn(cells: st.SearchStrategy) -> list:
        return data.draw(st.lists(cells, min_size=n, max_size=n))

    analysis = rows(
        tenure=drawn(NUMBERS),
        agreement=drawn(NUMBERS),
        agrees=drawn(st.sampled_from([None, 1, 2, 3])),
        place=drawn(TEXTS),
        born=drawn(DAYS),
    )
    why = {item: data.draw(WHY) for item in ITEMS}
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), *kind, analysis, reasons(**why))
        found, plan = read_back(path), plan_of(path)
    for column, item in (("tenure", "tenure"), ("agrees", "agrees"), ("born", "born"), ("used_1", "used")):
        opt_outs = plan.column(column).opt_outs
        for row, value in enumerate(analysis[column]):
            cell = found[column][row]
            if pd.isna(value):
                reason = why[item].get(row)
                assert cell is None if reason is None else opt_outs[str(cell)] == reason
            elif column == "born":
                assert cell == value.isoformat()
            else:
                assert cell not in opt_outs
                assert float(str(cell)) == value
    assert found["place"] == [None if pd.isna(text) else text for text in analysis["place"]]


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    plan, path = planned(SPSS, rows(agrees=[1])), tmp_path / "analysis.sav"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="is there already; give another name, or --force"):
        write_statistics_file(plan, path)
    assert path.read_text(encoding="utf-8") == "precious"
    write_statistics_file(plan, path, replace=True)
    assert read_back(path)["agrees"] == ["1"]


@BOTH
def test_the_file_and_its_codebook_are_for_their_owner_alone(tmp_path: Path, program: Program, suffix: str) -> None:
    written(tmp_path, program, suffix, rows(agrees=[1]), reasons())
    assert {path.name for path in tmp_path.iterdir()} == {f"analysis{suffix}", f"analysis{suffix}.codebook.csv"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.csv", r"expected a name ending in \.sav or \.zsav"), ("none/a.sav", "there is no folder")],
)
def test_a_place_that_will_not_do_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write_statistics_file(planned(SPSS, rows(agrees=[1])), tmp_path / name)


def write_half(frame: pd.DataFrame, path: str, **settings) -> None:
    """Write as the library does on a full disk: a part of the file, and not a word."""
    pyreadstat.write_sav(frame, path, **settings)
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[:-60])


def write_other(frame: pd.DataFrame, path: str, **settings) -> None:
    pyreadstat.write_sav(frame.assign(agrees=frame["agrees"] + 1), path, **settings)


@pytest.mark.parametrize("write", [write_half, write_other])
def test_a_file_that_did_not_arrive_whole_leaves_nothing_behind(tmp_path: Path, monkeypatch, write) -> None:
    plan = planned(SPSS, rows(agrees=[1, 2, 3]))
    original = pyreadstat.write_sav
    monkeypatch.setattr(
        statistics_file.pyreadstat, "write_sav", lambda *a, **k: _once(monkeypatch, original, write, a, k)
    )
    with pytest.raises(EnvironmentFault, match="what arrived on the disk is not what was to be written"):
        write_statistics_file(plan, tmp_path / "analysis.sav")
    assert list(tmp_path.iterdir()) == []


def _once(monkeypatch, original, write, arguments, settings) -> None:
    monkeypatch.setattr(statistics_file.pyreadstat, "write_sav", original)
    write(*arguments, **settings)


def test_every_reason_has_a_label() -> None:
    assert set(REASON_LABELS) == set(REASONS)
    assert len(REASONS) == len(LETTERS) == 10
