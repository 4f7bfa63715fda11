"""SPSS and Stata files: codes as text, nothing declared missing is emptied, labels become the structure."""

import csv
import datetime as dt
import os
import signal
import struct
import tempfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.reliability import cronbach_alpha
from pipelines.readers.files.opener import Settings
from pipelines.readers.plan import ReadingError
from pipelines.readers.statistics import process as statistics_process
from pipelines.readers.statistics import reading as statistics_reading
from pipelines.readers.statistics.missing_labels import reason_of_missing_value
from pipelines.readers.statistics.variables import duration_text, number_text
from tests.opened import opened_export, plan_of


def rows_of(path: Path, encoding: str = "") -> list[list[str | None]]:
    cells = opened_export(path, Settings(encoding=encoding)).cells
    assert cells is not None
    return [list(row) for row in zip(*(column.to_pylist() for column in cells.columns), strict=True)]


def column_of(path: Path, name: str) -> list[str | None]:
    header, *rows = rows_of(path)
    return [row[header.index(name)] for row in rows]


def saved_sav(tmp_path: Path, frame: pd.DataFrame, **settings) -> Path:
    pyreadstat.write_sav(frame, str(tmp_path / "export.sav"), **settings)
    return tmp_path / "export.sav"


def options_of(path: Path, variable: str) -> dict[str, tuple[str, str | None]]:
    structure = opened_export(path).head.structure
    assert structure is not None
    return {option.code: (option.label, option.reason) for option in structure.questions[variable].options}


def question_of(path: Path, variable: str):
    structure = opened_export(path).head.structure
    assert structure is not None
    return structure.questions[variable]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-99.0, "-99"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (2500.25, "2500.25"),
        (1e300, "1e+300"),
        (1e15, "1" + "0" * 15),
    ],
)
def test_a_code_is_written_with_no_more_digits_than_it_has(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00:00"), (36_610, "10:10:10"), (43_870.09, "12:11:10.090"), (108_300, "30:05:00"), (-60, "-00:01:00")],
)
def test_a_length_of_time_is_written_in_hours(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Don't know", "dont_know"),
        ("Don’t  KNOW", "dont_know"),
        ("Do not know", "dont_know"),
        ("Ved ikke", "dont_know"),
        ("Vet ikke", "dont_know"),
        ("weiß nicht", "dont_know"),
        ("Weet niet", "dont_know"),
        ("No opinion", "dont_know"),
        ("Refused", "refused"),
        ("Prefer not to say", "refused"),
        ("Ønsker ikke at svare", "refused"),
        ("Verweigert", "refused"),
        ("Not applicable", "not_applicable"),
        ("N/A", "not_applicable"),
        ("Ikke relevant", "not_applicable"),
        ("trifft nicht zu", "not_applicable"),
        ("Not asked in this wave", "not_administered"),
        ("Ikke stillet", "not_administered"),
        ("No answer", "seen_unanswered"),
        ("Ikke besvaret", "seen_unanswered"),
        ("Uoplyst", "seen_unanswered"),
        ("keine Angabe", "seen_unanswered"),
        ("Not reached", "not_reached"),
        ("Afbrudt", "not_reached"),
        ("Invalid answer", "invalid"),
        ("Technical error", "technical"),
        ("Anonymised", "redacted"),
        ("missing", "unknown_blank"),
        ("undetermined", "unknown_blank"),
        ("skipped", "unknown_blank"),
        ("Don't know / refused", "unknown_blank"),
        ("", "unknown_blank"),
        ("Agree", "unknown_blank"),
        ("Banana", "unknown_blank"),
    ],
)
def test_a_label_gives_the_reason_that_it_names_and_no_other(label: str, reason: str) -> None:
    assert reason_of_missing_value(label) == reason


def test_declared_missing_values_stay_codes_with_reasons_from_their_labels(tmp_path: Path) -> None:
    path = saved_sav(
        tmp_path,
        pd.DataFrame({"q1": [1.0, 5.0, -99.0, -98.0, -95.0, None], "s": ["a", "XX", "", "b", "XX", "YY"]}),
        column_labels={"q1": "How  much?", "s": ""},
        variable_value_labels={
            "q1": {1: "Little", 5: "Much", -99: "Ved ikke", -98: "Refused"},
            "s": {"XX": "Not asked"},
        },
        missing_ranges={"q1": [{"lo": -99, "hi": -90}], "s": ["XX", "YY"]},
    )
    assert column_of(path, "q1") == ["1", "5", "-99", "-98", "-95", None]
    assert column_of(path, "s") == ["a", "XX", None, "b", "XX", "YY"]
    assert options_of(path, "q1") == {
        "-99": ("Ved ikke", "dont_know"),
        "-98": ("Refused", "refused"),
        "1": ("Little", None),
        "5": ("Much", None),
        "-95": ("", "unknown_blank"),
    }
    assert options_of(path, "s") == {"XX": ("Not asked", "not_administered"), "YY": ("", "unknown_blank")}
    assert question_of(path, "q1").text == "How much?"
    assert question_of(path, "q1").kind == "choice"
    warnings = opened_export(path).head.warnings
    assert "no label says why values are declared missing in q1, s" in warnings[0]


def test_the_plan_reads_declared_missing_values_as_their_reasons(tmp_path: Path) -> None:
    path = saved_sav(
        tmp_path,
        pd.DataFrame({"q1": [1.0, 2.0, 8.0], "age": [30.0, 999.0, 40.5], "note": ["x" * 40, "", ""]}),
        variable_value_labels={"q1": {1: "No", 2: "Yes", 8: "Don't know"}, "age": {999: "Refused"}},
        missing_ranges={"q1": [8], "age": [999]},
        variable_measure={"age": "scale"},
    )
    plan = plan_of(path)
    assert (plan.platform, plan.layout, plan.header_rows) == ("spss", "labelled_variables", 1)
    assert [column.role for column in plan.columns] == ["item", "item", "open_text"]
    assert plan.column("q1").opt_outs == {"8": "dont_know"}
    assert plan.column("age").opt_outs == {"999": "refused"}
    assert question_of(path, "age").kind == "number"


def test_days_moments_and_times_are_iso(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 3, 1, 9, 30, 5, tzinfo=dt.UTC).replace(tzinfo=None)
    frame = pd.DataFrame({"day": [dt.date(2026, 3, 1), None], "at": [moment, None], "time": [dt.time(9, 30), None]})
    path = saved_sav(tmp_path, frame)
    pyreadstat.write_dta(frame, str(tmp_path / "export.dta"))
    for each in (path, tmp_path / "export.dta"):
        assert rows_of(each)[1:] == [["2026-03-01", "2026-03-01 09:30:05", "09:30:00"], [None, None, None]]
    assert [question_of(path, name).kind for name in ("day", "at", "time")] == ["date", "metadata", "timing"]


def test_a_file_in_an_older_encoding_keeps_its_letters_when_it_is_named(tmp_path: Path) -> None:
    path = saved_sav(tmp_path, pd.DataFrame({"by": ["Ærø"]}))
    content = path.read_bytes().replace("Ærø".encode().ljust(8), "Ærø".encode("cp1252").ljust(8))
    path.write_bytes(content.replace(b"UTF-8", b"WINDOW"[:5]))
    with pytest.raises(ReadingError, match="give encoding, such as cp1252"):
        opened_export(path)
    assert column_of_encoded(path) == ["Ærø"]


def column_of_encoded(path: Path) -> list[str | None]:
    return [row[0] for row in rows_of(path, encoding="CP1252")[1:]]


def test_neighbours_with_the_same_labels_are_proposed_as_a_battery(tmp_path: Path) -> None:
    labels = {1: "Never", 2: "Always"}
    path = saved_sav(
        tmp_path,
        pd.DataFrame({name: [1.0, 2.0] for name in ("q1_1", "q1_2", "other", "q1_3", "q2_1", "q2_2")}),
        variable_value_labels=dict.fromkeys(("q1_1", "q1_2", "other", "q1_3", "q2_1"), labels)
        | {"q2_2": {1: "never", 2: "Always "}},
    )
    batteries = [question_of(path, name).battery for name in ("q1_1", "q1_2", "other", "q1_3", "q2_1", "q2_2")]
    assert batteries == ["q1_1", "q1_1", "", "q1_3", "q1_3", "q1_3"]


def test_the_weight_is_the_one_that_the_header_names(tmp_path: Path) -> None:
    frame = pd.DataFrame({"long": ["x" * 600], "w1": [1.0], "note": ["y" * 20], "w2": [2.0]})
    path = saved_sav(tmp_path, frame, column_labels=["a", "b b b", "", "d"], missing_ranges={"w1": [9, 8]})
    assert "weight" not in [column.role for column in plan_of(path).columns]
    content = bytearray(path.read_bytes())
    named: dict[str, list[int]] = {}
    for index in range(1, 100):
        struct.pack_into("<i", content, 76, index)
        path.write_bytes(content)
        for column in plan_of(path).columns:
            if column.role == "weight":
                named.setdefault(column.name, []).append(index)
    assert list(named) == ["long", "w1", "note", "w2"]
    assert len(named["w1"]) == len(named["w2"]) == 1
    assert named["w2"][0] == named["w1"][0] + 4


def test_a_big_file_is_read_in_blocks_without_losing_a_row(tmp_path: Path, monkeypatch) -> None:
    path = saved_sav(tmp_path, pd.DataFrame({"n": [float(number) for number in range(25)]}))
    monkeypatch.setattr(statistics_reading, "_CELLS_OF_A_BLOCK", 1)
    for rows in (1, 4, 5, 25, 26):
        monkeypatch.setattr(statistics_reading, "_LEAST_ROWS_OF_A_BLOCK", rows)
        _, cells = statistics_reading.read_statistics_file(path, "export.sav", "")
        assert cells["c1"].to_pylist() == ["n", *(str(number) for number in range(25))]


NAMES = st.lists(st.from_regex(r"\A[a-z][a-z0-9_]{0,20}\Z"), min_size=1, max_size=4, unique=True)
TEXTS = st.text("abcæøåß你😀 ,;\"'\n", max_size=30).map(str.rstrip)
NUMBERS = st.one_of(st.none(), st.integers(-99, 10).map(float), st.floats(-1e9, 1e9))


@given(data=st.data(), extension=st.sampled_from(["sav", "zsav", "dta"]))
def test_any_table_reads_back_cell_for_cell(data: st.DataObject, extension: str) -> None:
    names, n_rows = data.draw(NAMES), data.draw(st.integers(1, 5))
    columns = {
        name: data.draw(st.lists(data.draw(st.sampled_from([TEXTS, NUMBERS])), min_size=n_rows, max_size=n_rows))
        for name in names
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype=kind_of(values)) for name, values in columns.items()})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{extension}"
        if extension == "dta":
            pyreadstat.write_dta(frame, str(path))
        else:
            pyreadstat.write_sav(frame, str(path), compress=extension == "zsav")
        header, *rows = rows_of(path)
    assert header == names
    assert rows == [[in_words(columns[name][row]) for name in names] for row in range(n_rows)]


def kind_of(values: list) -> str:
    return "str" if any(isinstance(value, str) for value in values) else "float64"


def in_words(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return f"{value + 0.0:.0f}" if value == round(value) else repr(value)


with tempfile.TemporaryDirectory() as _folder:
    _frame = pd.DataFrame({"q1": [1.0, 2.0, None], "text": ["a", "bb", ""]})
    pyreadstat.write_sav(_frame, f"{_folder}/a.sav", variable_value_labels={"q1": {1: "No", 2: "Yes"}})
    pyreadstat.write_sav(_frame, f"{_folder}/a.zsav", compress=True)
    pyreadstat.write_dta(_frame, f"{_folder}/a.dta", variable_value_labels={"q1": {1: "No", 2: "Yes"}})
    pyreadstat.write_dta(_frame, f"{_folder}/old.dta", version=12)
    pyreadstat.write_por(_frame, f"{_folder}/a.por")
    WHOLE = [path.read_bytes() for path in sorted(Path(_folder).iterdir())]


@pytest.mark.parametrize("content", WHOLE)
def test_every_kind_of_file_is_told_by_its_content(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "export.csv").write_bytes(content)
    assert [row[1:] for row in rows_of(tmp_path / "export.csv")[1:]] == [["a"], ["bb"], [None]]


@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.sav"
        path.write_bytes(content[: data.draw(st.integers(4, len(content)))])
        try:
            assert opened_export(path).head.rows
        except ReadingError as error:
            assert error.message  # noqa: PT017 - either outcome is right


def test_a_file_that_brings_the_library_down_is_refused_and_the_next_one_is_read(tmp_path: Path, monkeypatch) -> None:
    good = saved_sav(tmp_path, pd.DataFrame({"q1": [1.0]}))
    assert column_of(good, "q1") == ["1"]
    reading = statistics_process._the_process().running
    assert reading is not None
    os.kill(reading.pid, signal.SIGSTOP)
    wait = statistics_process.select.select

    def dies_meanwhile(*arguments):
        os.kill(reading.pid, signal.SIGKILL)
        return wait(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(statistics_process.select, "select", dies_meanwhile)
        with pytest.raises(ReadingError, match="the file is damaged: it cannot be read"):
            opened_export(good)
    assert column_of(good, "q1") == ["1"]


def test_a_file_that_is_read_for_ever_is_refused(tmp_path: Path, monkeypatch) -> None:
    good = saved_sav(tmp_path, pd.DataFrame({"q1": [1.0]}))
    assert column_of(good, "q1") == ["1"]
    reading = statistics_process._the_process().running
    assert reading is not None
    os.kill(reading.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr(statistics_process, "_LEAST_SECONDS", 0.1)
        with pytest.raises(ReadingError, match="the file is damaged: it cannot be read"):
            opened_export(good)
    assert column_of(good, "q1") == ["1"]


@given(st.binary(max_size=1_000), st.sampled_from([b"$FL2", b"$FL3", b"<stata_dta>", b"r\1\1\0", b"s\2\1\0"]))
def test_random_bytes_after_a_signature_are_refused(content: bytes, signature: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.sav"
        path.write_bytes(signature + content)
        with pytest.raises(ReadingError):
            opened_export(path)


def numbers(path: Path, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.to_numeric(pd.Series(column_of(path, name))) for name in names})


@pytest.mark.reference
def test_hotel_has_five_items_and_the_alphas_that_the_index_states(reference: Path) -> None:
    path = reference / "data/spss-stata/pspp-examples/hotel.sav"
    items = numbers(path, ["v1", "v2", "v3", "v4", "v5"])
    assert len(items) == 17
    assert cronbach_alpha(items).estimate == pytest.approx(-0.4623, abs=5e-5)
    turned = items.assign(v3=6 - items["v3"], v5=6 - items["v5"])
    assert cronbach_alpha(turned).estimate == pytest.approx(0.1147, abs=5e-5)
    assert cronbach_alpha(turned[["v1", "v3", "v4"]]).estimate == pytest.approx(0.8075, abs=5e-5)
    assert options_of(path, "v1")["1"] == ("Strongly Disagree", None)
    assert {question_of(path, f"v{number}").battery for number in range(1, 6)} == {"v1"}


@pytest.mark.reference
@pytest.mark.parametrize("name", ["efc.sav", "efc.dta"])
def test_efc_has_the_complete_cases_and_the_alpha_that_the_index_states(reference: Path, name: str) -> None:
    path = reference / "data/spss-stata/efc" / name
    cops = ["c82cop1", "c83cop2", "c84cop3", "c85cop4", "c86cop5", "c87cop6", "c88cop7", "c89cop8"]
    items = numbers(path, cops)
    assert len(items) == 908
    assert len(items.dropna()) == 892
    assert cronbach_alpha(items).estimate == pytest.approx(0.5549, abs=5e-5)
    header = rows_of(path)[0]
    labelled = [name for name in header if question_of(path, str(name)).options]
    assert (len(header), len(labelled)) == (26, 17)
    assert options_of(path, "c82cop1") == {
        "1": ("never", None),
        "2": ("sometimes", None),
        "3": ("often", None),
        "4": ("always", None),
    }
    assert len({question_of(path, each).battery for each in cops}) == 1


@pytest.mark.reference
def test_sample_missing_equals_both_expected_tables(reference: Path) -> None:
    folder = reference / "data/spss-stata/pyreadstat-fixtures"
    path = folder / "sample_missing.sav"
    header, *rows = rows_of(path)
    with_user_missing = expected_rows(folder / "sample_missing_user.csv")
    assert [header, *rows] == with_user_missing
    without = [
        [None if cell in missing_codes(path, str(name)) else cell for name, cell in zip(header, row, strict=True)]
        for row in rows
    ]
    assert [header, *without] == expected_rows(folder / "sample_missing.csv")


def missing_codes(path: Path, variable: str) -> set[str]:
    return {code for code, (_, reason) in options_of(path, variable).items() if reason is not None}


def expected_rows(path: Path) -> list[list[str | None]]:
    """Read pyreadstat's own expectation: two decimals, a T before the time, #NULL! for nothing."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    return [rows[0], *([expected_cell(cell) for cell in row] for row in rows[1:])]


def expected_cell(cell: str) -> str | None:
    if cell in ("", "#NULL!"):
        return None
    if ":" in cell:
        text = cell.replace("T", " ").removesuffix(".000000")
        return text if len(text) != 7 else f"0{text}"
    return f"{float(cell):g}" if cell.replace("-", "", 1).replace(".", "", 1).isdigit() else cell


@pytest.mark.reference
def test_multiple_response_sets_become_multiple_choices_with_the_counted_value(reference: Path) -> None:
    path = reference / "data/spss-stata/pyreadstat-fixtures/simple_alltypes.sav"
    plan = plan_of(path)
    for name in ("bool1", "bool2", "bool3"):
        column = plan.column(name)
        assert (column.role, column.option) == ("multiple_choice_option", name)
        assert (column.ticked, column.unticked) == ({"1"}, {"0"})
        assert column.question is not None
        assert column.question.text == "My multiple response set"
        assert [option.code for option in column.question.options] == ["bool1", "bool2", "bool3"]
    for name in ("ca_subvar_1", "ca_subvar_2", "ca_subvar_3"):
        assert plan.column(name).role == "item"
        assert question_of(path, name).battery == "categorical_array"
    assert options_of(path, "z")["999"] == ("skipped", "unknown_blank")
    assert options_of(path, "z")["-9"] == ("", "unknown_blank")
    assert options_of(path, "x")["99"] == ("", "unknown_blank")
    assert question_of(path, "z").kind == "number"
    assert column_of(path, "z") == ["-9", None, "1.234", "999", "3.14159", None]


@pytest.mark.reference
def test_stata_keeps_its_extended_missing_values_apart(reference: Path) -> None:
    folder = reference / "data/spss-stata"
    _, row = rows_of(folder / "pyreadstat-fixtures/missing_test.dta")
    assert row == [".a", ".b", ".c", ".x", ".y", ".z", None, None, "1"]
    plan = plan_of(folder / "pyreadstat-fixtures/missing_test.dta")
    assert plan.platform == "stata"
    assert sum(bool(column.opt_outs) for column in plan.columns) == 6
    for name in ("tagged-na-double.dta", "tagged-na-int.dta"):
        assert column_of(folder / "haven-fixtures" / name, "x") == ["1", "2", "3", "4", "5", ".a", ".h", ".z"]
        assert {
            code: label for code, (label, reason) in options_of(folder / "haven-fixtures" / name, "x").items() if reason
        } == {".a": "apple", ".z": ".zebra", ".h": ""}


@pytest.mark.reference
def test_small_files_of_haven_keep_missing_values_umlauts_and_titles(reference: Path) -> None:
    folder = reference / "data/spss-stata/haven-fixtures"
    assert column_of(folder / "labelled-num-na.sav", "VAR00002") == ["1", "9"]
    assert options_of(folder / "labelled-num-na.sav", "VAR00002") == {
        "1": ("This is one", None),
        "9": ("", "unknown_blank"),
    }
    assert options_of(folder / "labelled-str.sav", "gender") == {"F": ("Female", None), "M": ("Male", None)}
    labels = options_of(folder / "umlauts.sav", "var1")
    assert [label for label, _ in labels.values()] == ["the ä umlaut", "the ü umlaut", "the ö umlaut"]
    structure = opened_export(folder / "notes.dta").head.structure
    assert structure is not None
    assert structure.title == "This is a test dataset."


@pytest.mark.reference
def test_a_date_beyond_the_calendar_stays_a_number_and_is_told(reference: Path) -> None:
    path = reference / "data/spss-stata/haven-fixtures/datetime.sav"
    assert rows_of(path)[1:] == [
        ["2014-09-22", "6306150067200", "12:11:10.090"],
        ["2014-09-23", "2014-09-23 15:59:20", "15:59:20.010"],
    ]
    assert "outside of the years 1 to 9999" in opened_export(path).head.warnings[0]
    assert "date.posix" in opened_export(path).head.warnings[0]


@pytest.mark.reference
@pytest.mark.parametrize("name", ["sample.zsav", "sample.dta", "sample.por"])
def test_the_same_table_reads_the_same_from_every_format(reference: Path, name: str) -> None:
    folder = reference / "data/spss-stata/pyreadstat-fixtures"
    header, *rows = rows_of(folder / name)
    assert [str(each).lower() for each in header] == ["mychar", "mynum", "mydate", "dtime", "mylabl", "myord", "mytime"]
    assert rows == expected_rows(folder / "sample_missing.csv")[1:6]


@pytest.mark.reference
def test_a_portable_file_says_what_it_loses(reference: Path) -> None:
    opened = opened_export(reference / "data/spss-stata/pyreadstat-fixtures/sample.por")
    assert "read as blank; save the file as .sav" in opened.head.warnings[0]


@pytest.mark.reference
def test_every_real_file_is_planned(reference: Path) -> None:
    paths = [
        path for path in sorted((reference / "data").rglob("*")) if path.suffix in (".sav", ".zsav", ".por", ".dta")
    ]
    assert len(paths) >= 20
    for path in paths:
        plan = plan_of(path)
        assert plan.platform == ("stata" if path.suffix == ".dta" else "spss")
        assert {column.role for column in plan.columns} <= {
            "item",
            "open_text",
            "metadata",
            "timing",
            "multiple_choice_option",
        }
