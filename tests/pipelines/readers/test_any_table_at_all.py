"""Whatever bytes or cells come: a plan, a structure, or a refusal in words; never anything else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.plan import Head, ReadingError, ReadingPlan, Request
from pipelines.readers.registry import READERS
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.surveyxact.structure import SurveyXactStructureReader
from pipelines.sections.sources import Source
from tests.opened import plan_of

HEADERS = {
    "surveyxact": ["respondentid", *(f"statoverall_{n}" for n in range(1, 6)), "starttime", "closetime", "difftime"],
    "sosci": ["CASE", "QUESTNNR", "MODE", "STARTED", "LASTDATA", "TIME001"],
    "efs": ["lfdn", "external_lfdn", "tester", "dispcode", "lastpage", "duration", "datetime"],
    "surveymonkey": ["Respondent ID", "Collector ID", "Start Date", "End Date", "Custom Data 1"],
    "microsoft_forms": ["ID", "Start time", "Completion time", "Email"],
    "google_forms": ["Timestamp", "Email address"],
    "enalyzer": ["Respondent ID", "CPR-nummer"],
    "generic": ["a"],
}
CELLS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", "0", "1", "-9", "Valgt", "A;B;", "Response", "01/02/2026", "13/02/26 10:00", "a@b.dk", "010203-1234",
         "63%", "1,5", "2026-01-02 10:00:00", "99/99/9999", "00-00-0000", "\ufeff", "2026/01/02 9:00:00 PM GMT+2"]
    ),
)  # fmt: skip


@st.composite
def heads(draw: st.DrawFn) -> tuple[str, Head]:
    platform = draw(st.sampled_from(list(HEADERS)))
    headers = [*HEADERS[platform], *draw(st.lists(CELLS, max_size=4))]
    rows = draw(st.lists(st.lists(CELLS, max_size=len(headers) + 1), max_size=4))
    container = draw(st.sampled_from(["text", "workbook"]))
    return platform, Head(
        "e.csv", "utf-8", ",", tuple(map(tuple, [headers, *rows])), is_whole=True, container=container
    )


@given(heads(), st.booleans())
def test_a_reader_makes_a_plan_of_any_cells_or_says_why_not(case: tuple[str, Head], in_a_study: bool) -> None:
    platform, head = case
    reader = READERS[platform]
    reader.recognises(head)
    try:
        plan = reader.plan(head, Request(Source(wave="w1", files="e.csv")) if in_a_study else Request())
    except ReadingError:
        return
    assert isinstance(plan, ReadingPlan)
    names = [column.name for column in plan.columns]
    assert len(set(names)) == len(names) >= len(head.rows[0])
    assert set(plan.keys.values()) | set(plan.dispositions) <= set(names)


@given(heads())
def test_no_reader_recognises_a_table_without_crashing_on_it(case: tuple[str, Head]) -> None:
    assert {reader.recognises(case[1]) for reader in READERS.values()} <= {True, False}


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_planned(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path: Path = tmp_path_factory.mktemp("bytes") / "export.csv"
    path.write_bytes(content)
    try:
        plan_of(path)
    except ReadingError:
        return


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            st.text(max_size=40).map(lambda text: ("questionName;variableName;questionType;subType;questionText;"
                                                   "choiceValue;choiceText;\n" + text).encode("utf-16")),
            st.text(max_size=40).map(lambda text: ("a_1,1,Valgt\n" + text).encode()),
        ),
        min_size=1,
        max_size=3,
    )
)  # fmt: skip
def test_random_bytes_are_no_structure_or_become_one(contents: list[bytes]) -> None:
    reader, files = SurveyXactStructureReader(), [StructureFile("s.csv", content) for content in contents]
    if not reader.recognises(files):
        return
    try:
        structure = reader.read(files)
    except ReadingError:
        return
    assert structure.platform == "surveyxact"


def test_a_long_structure_with_a_line_break_where_its_beginning_ends_is_recognised() -> None:
    head = "questionName;variableName;questionType;subType;questionText;choiceValue;choiceText;\n"
    row = 's_1;s_1;Closed;Single;"' + "lang\ntekst " * 40_000 + '";;;\n'
    assert SurveyXactStructureReader().recognises([StructureFile("s.csv", (head + row).encode("cp1252"))])
