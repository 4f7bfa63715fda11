"""Bad input: what the user is told, with which exit code, and that earlier tables and the release are unharmed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.command_line import Ended, content_hashes, done, program, sensemaking, state_of, table
from tests.small_study import N_RESPONSES, SECRET, answers, write_export

ANSWER_TEXT = "Agree, but only on Tuesdays"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
WORKBOOK = b"PK\x03\x04\x14\x00\x06\x00" + bytes(200)


@dataclass(frozen=True)
class Case:
    """What is done to a finished study, and what its user must be told."""

    name: str
    spoil: Callable[[Path], object]
    code: int
    told: tuple[str, ...]


def exports_bytes(content: bytes) -> Callable[[Path], object]:
    return lambda study: (study / "exports" / "spring.csv").write_bytes(content)


def exports_table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], object]:
    return lambda study: write_export(study, "spring.csv", change(answers("spring")))


def with_cell(column: str, row: int, text: str) -> Callable[[Path], object]:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[row, column] = text
        return rows

    return exports_table(change)


def as_text(rows: pd.DataFrame) -> str:
    return rows.to_csv(index=False)


def edits(old: str, new: str, file_name: str = "study.yaml") -> Callable[[Path], object]:
    def edit(study: Path) -> None:
        path = study / file_name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def both(*changes: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda study: [change(study) for change in changes]


SPRING = "    files: spring*.csv\n    platform: generic\n"
DATA = (
    Case("empty file", exports_bytes(b""), 1, ("spring.csv", "found an empty file", "export it again")),
    Case(
        "header only",
        exports_bytes(as_text(answers("spring").head(0)).encode()),
        1,
        ("spring.csv", "headers but no answers", "export it again"),
    ),
    Case("picture", exports_bytes(PNG), 1, ("spring.csv", "expected", "found", "CSV (UTF-8)")),
    Case("workbook", exports_bytes(WORKBOOK), 1, ("spring.csv", "damaged or incomplete", "export it again")),
    Case(
        "no platform's headers",
        edits(SPRING, SPRING.replace("generic", "qualtrics")),
        1,
        ("spring.csv", "expected a Qualtrics export, found none of its headers", "set platform: generic"),
    ),
    Case(
        "another platform's headers",
        both(
            edits(SPRING, SPRING.replace("generic", "qualtrics")),
            exports_bytes(b"id,submitdate,lastpage,startlanguage,TW_1\n1,2026-01-01 00:00:00,3,en,4\n"),
        ),
        1,
        ("spring.csv", "expected a Qualtrics export, found headers of LimeSurvey", "set platform: limesurvey"),
    ),
    Case(
        "duplicated response ids",
        exports_table(lambda rows: pd.concat([rows, rows.head(3)])),
        1,
        ("response_id: duplicated key: 6", "row 2 ", "row 42 ", "Export again"),
    ),
    Case(
        "code outside the scale",
        with_cell("TW_1", 4, "7"),
        1,
        ("TW_1: outside response scale: 1; expected 1, 2, 3, 4, 5, ", "spring.csv (", ") row 6 TW_1"),
    ),
    Case("label that is no option", with_cell("TR_3", 4, ANSWER_TEXT), 1, ("TR_3: not an answer option: 1", "row 6")),
    Case(
        "number outside its range",
        with_cell("tenure", 4, "73"),
        1,
        ("tenure: outside range: 1; expected a number from 0 to ", "row 6 tenure"),
    ),
    Case("text for a number", with_cell("tenure", 4, ANSWER_TEXT), 1, ("tenure: not a number: 1", "row 6 tenure")),
    Case(
        "missing required column",
        exports_table(lambda rows: rows.drop(columns="TW_2")),
        1,
        ("spring.csv", "missing required column", "'TW_2'", "not_administered"),
    ),
    Case(
        "missing column of keys",
        exports_table(lambda rows: rows.rename(columns={"organisation": "organization"})),
        1,
        ("identifiers.organisation_id names 'organisation'", "no such column", "organization"),
    ),
    Case(
        "bytes that are not in the declared encoding",
        both(
            edits(SPRING, SPRING + "    encoding: utf-8\n"),
            exports_bytes(as_text(answers("spring")).replace(SECRET, "blåbærgrød").encode("latin-1")),
        ),
        1,
        ("spring.csv", "not in the encoding utf-8", "leave encoding out"),
    ),
    Case(
        "UTF-16 without a byte order mark",
        exports_bytes(as_text(answers("spring")).encode("utf-16-le")),
        1,
        ("spring.csv", "UTF-16 without a byte order mark", "CSV (UTF-8)"),
    ),
    Case(
        "row with too many cells",
        exports_bytes(as_text(answers("spring")).encode() + b"x,O1,,,,,,,3,,one,two\n"),
        1,
        ("too many cells: 1", "row 42"),
    ),
    Case(
        "file of another source with the same bytes",
        both(
            edits(
                "models: [trust]", "  late_staff: {wave: spring, files: late.csv, platform: generic}\nmodels: [trust]"
            ),
            lambda study: (study / "exports" / "late.csv").write_bytes((study / "exports" / "spring.csv").read_bytes()),
        ),
        1,
        ("the source spring_staff has a file with the same bytes", "keep one of them"),
    ),
    Case(
        "one of two sources of a wave has no file",
        edits("models: [trust]", "  late_staff: {wave: spring, files: late.csv, platform: generic}\nmodels: [trust]"),
        1,
        ("late.csv", "there is no such file in exports/ for the source late_staff of wave spring"),
    ),
    Case(
        "broken bytes far behind the beginning",
        both(
            edits(SPRING, SPRING + "    encoding: utf-8\n"),
            exports_bytes(as_text(answers("spring", n_responses=90_000)).encode() + b'x,O1,,,,,,,3,"\xff"\n'),
        ),
        1,
        ("spring.csv", "not in the encoding utf-8"),
    ),
    Case(
        "quotation mark that is not closed",
        exports_bytes(as_text(answers("spring")).encode() + b'x,O1,,,,,,,3,"' + ANSWER_TEXT.encode() + b"\n"),
        1,
        ("spring.csv", "cannot be cut into cells", "export the file again"),
    ),
)
# The readers do not tell these yet: the first ends in a traceback, the second speaks of missing columns.
SPECS = (
    Case(
        "misspelt key",
        edits("respondent_groups:", "respondent_group:"),
        2,
        ("study.yaml:7", "unknown key", "respondent_groups"),
    ),
    Case(
        "unknown instrument and unknown model at once",
        both(edits("[teamwork]\nsources", "[teamwrk]\nsources"), edits("models: [trust]", "models: [trst]")),
        2,
        ("2 faults", "there is no instrument 'teamwrk'", "there is no model 'trst'"),
    ),
    Case(
        "no exports at all",
        lambda study: [path.unlink() for path in (study / "exports").iterdir()],
        1,
        ("autumn*.csv", "there is no such file in exports/ for the source", "put it there"),
    ),
)


def assert_told(ended: Ended, case: Case) -> None:
    error = ended.document["error"]
    assert ended.code == error["exit_code"] == case.code, ended.stderr
    for words in case.told:
        assert words in error["message"], error["message"]
    assert error["message"] in ended.stderr
    everything = ended.stdout + ended.stderr
    assert "Traceback" not in everything
    for secret in (ANSWER_TEXT, SECRET, "Strongly", "blåb"):
        assert secret not in everything


ALIKE = (
    *("header only", "picture", "workbook", "no platform's headers", "another platform's headers"),
    *("missing column of keys", "duplicated response ids", "UTF-16 without a byte order mark"),
)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.name in ALIKE else []) for case in DATA],
)
def test_bad_export_is_told_and_nothing_earlier_is_harmed(study: Path, case: Case):
    before = state_of(study)
    case.spoil(study)
    assert_told(sensemaking("run", study, "--json"), case)
    assert state_of(study) == before
    refused = sensemaking("release", study, "--sign-off", "Test", "--json")
    assert refused.code == 1
    assert "nothing was released" in refused.document["error"]["message"]
    assert "sensemaking run" in refused.document["error"]["message"]
    assert state_of(study) == before


@pytest.mark.parametrize("case", SPECS, ids=lambda case: case.name)
def test_bad_specification_is_told_and_nothing_earlier_is_harmed(study: Path, case: Case):
    before = state_of(study)
    case.spoil(study)
    assert_told(sensemaking("run", study, "--json"), case)
    assert state_of(study) == before


@pytest.mark.slow
@pytest.mark.parametrize("case", [DATA[0], DATA[8], SPECS[0]], ids=lambda case: case.name)
def test_program_of_its_own_tells_the_same(study: Path, case: Case):
    case.spoil(study)
    assert_told(program("run", study, "--json"), case)
    plain = program("run", study)
    assert plain.code == case.code
    assert plain.stdout == ""
    assert "Traceback" not in plain.stderr


def test_no_answer_reaches_the_records_of_the_runs(study: Path):
    with_cell("TR_3", 4, ANSWER_TEXT)(study)
    assert sensemaking("run", study).code == 1
    for path in (study / "warehouse" / "dagster").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert ANSWER_TEXT.encode() not in content, path
            assert SECRET.encode() not in content, path


def test_failures_are_counted_by_rule_with_fifty_examples_at_most(study: Path):
    exports_table(lambda rows: rows.assign(TW_1="8", TW_2=ANSWER_TEXT))(study)
    error = sensemaking("run", study, "--json").document["error"]
    assert error["wave"] == "spring"
    assert error["n_failures"] == 2 * N_RESPONSES
    assert {(each["column"], each["rule"], each["failures"]) for each in error["by_rule"]} == {
        ("TW_1", "outside_response_scale", N_RESPONSES),
        ("TW_2", "not_an_answer_option", N_RESPONSES),
    }
    assert len(error["examples"]) == 50
    assert len(table(study, "raw.failures")) == 2 * N_RESPONSES


def test_release_names_the_check_that_failed_until_the_data_are_mended(study: Path):
    good = (study / "exports" / "spring.csv").read_bytes()
    with_cell("TW_1", 4, "7")(study)
    assert sensemaking("run", study).code == 1
    checks = table(study, "raw.checks").set_index("wave")
    assert not checks.loc["spring", "passed"]
    assert checks.loc["autumn", "passed"]
    assert sensemaking("release", study, "--sign-off", "Test").code == 1
    (study / "exports" / "spring.csv").write_bytes(good)
    refused = sensemaking("release", study, "--sign-off", "Test", "--json")
    assert refused.code == 1
    done(sensemaking("run", study))
    assert table(study, "raw.checks")["passed"].all()
    done(sensemaking("release", study, "--sign-off", "Test"))
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True


def test_faulty_export_that_a_later_one_corrects_blocks_nothing(study: Path):
    before = content_hashes(study)
    with_cell("TR_3", 4, ANSWER_TEXT)(study)
    assert sensemaking("run", study).code == 1
    write_export(study, "spring-day-2.csv", answers("spring"))
    done(sensemaking("run", study, "--select", "core/responses"))
    assert content_hashes(study)["core.answers"] == before["core.answers"]


def test_export_that_is_the_same_as_the_day_before_changes_nothing(study: Path):
    before = content_hashes(study)
    write_export(study, "spring-day-2.csv", answers("spring"))
    done(sensemaking("run", study, "--select", "core/scores"))
    assert table(study, "raw.files")["file_name"].tolist().count("spring-day-2.csv") == 1
    after = content_hashes(study)
    assert after == before


def test_answers_outside_their_scale_become_missing_where_the_study_says_so(study: Path):
    edits("models: [trust]", "models: [trust]\ninvalid_answers: set_missing")(study)
    with_cell("TW_1", 4, "7")(study)
    done(sensemaking("run", study, "--select", "core/responses"))
    missing = table(study, "core.missing").set_index(["response_id", "item"])["reason"]
    assert missing[("spring_staff/spring-5", "TW_1")] == "invalid"
    assert pd.isna(table(study, "core.answers").set_index("response_id").loc["spring_staff/spring-5", "TW_1"])
    reject = table(study, "core.rejects").iloc[0]
    assert (reject["row_number"], reject["column_name"], reject["rule"]) == (6, "TW_1", "outside_response_scale")


def test_unknown_column_is_listed_and_stays_in_the_file(study: Path):
    exports_table(lambda rows: rows.assign(shoe_size="42"))(study)
    done(sensemaking("run", study, "--select", "core/responses"))
    columns = table(study, "raw.columns").set_index(["wave", "name"])
    assert columns.loc[("spring", "shoe_size"), "role"] == "unknown"
    position = columns.loc[("spring", "shoe_size"), "position"]
    audit = table(study, "raw.conservation").set_index(["wave", "position"]).loc[("spring", position)]
    assert audit["n_kept_raw"] == audit["n_cells"] == N_RESPONSES
    assert "shoe_size" not in table(study, "core.answers")


def test_wrong_usage_with_json_prints_one_document_too():
    ended = sensemaking("run", "--json")
    assert ended.code == 2
    assert "STUDY" in ended.document["error"]["message"]
    ended = sensemaking("run", "no-such-folder", "--json")
    assert ended.code == 2
    assert "study.yaml" in ended.document["error"]["message"]


def test_damaged_warehouse_is_a_fault_of_the_environment(study: Path):
    (study / "warehouse" / "study.duckdb").write_bytes(b"not a database" * 1000)
    ended = sensemaking("run", study, "--json")
    assert ended.code == 3
    assert "study.duckdb cannot be opened" in ended.document["error"]["message"]
    assert "Traceback" not in ended.stderr
