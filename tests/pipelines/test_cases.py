"""What the command ``cases`` shows of every case, counted by hand from the lists and exports below."""

from pathlib import Path

import pytest

from pipelines.commands.cases import trace_in_words
from pipelines.steps.team_cells import ListError
from pipelines.tables.casework import CASES
from tests.command_line import done, sensemaking
from tests.pipelines.test_relations import INSTRUMENT, MANAGERS, STAFF, STUDY
from tests.run_steps import bring_up_to_date

STEPS = {"core/cases", "core/documents", "core/interviews", "core/trace_steps", "core/collaborations"}
CASE_LIST = """\
case_id,unit_kind,title,organisation_id,collaboration,began_on,ended_on,bounded_by,because
C1,collaboration,Family services,o1,FAMILY centre,2018-01-01,2019-08-31,those who met monthly,named by many
C2,person,,o2,,,,,third of three directors
"""
LISTS = {
    "cases": CASE_LIST,
    "documents": """\
document_id,case_id,kind,title,dated_on,origin,words
D1,C1,policy,Policy for families,2018-02-01,archive,1200
D2,,legislation,The act,2014-06-01,,
""",
    "interviews": """\
interview_id,case_id,unit_id,interviewed_on,minutes,mode,is_recorded,language,words
I1,C1,anna@x.dk,2019-03-04,75,face_to_face,yes,da,9000
""",
    "traces": """\
case_id,step,observed_on,evidence,strength,note
C1,1,2018-02-01,D1,strong,
C1,3,2018-09-01,I1,moderate,said twice
C1,4,2018-05-01,I1; D1,,
C1,9,,I1,weak,
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "exports").mkdir()
    listed = f"casework: {{{', '.join(f'{name}: {name}.csv' for name in LISTS)}}}\n"
    texts = {f"{name}.csv": text for name, text in LISTS.items()}
    texts |= {"exports/managers.csv": MANAGERS, "exports/staff.csv": STAFF, "instruments/work.yaml": INSTRUMENT}
    for name, text in (texts | {"study.yaml": STUDY + listed}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_case_shows_its_responses_members_documents_interviews_and_trace(folder: Path):
    bring_up_to_date(folder, STEPS)
    shown = {case["case_id"]: case for case in done(sensemaking("cases", folder, "--json")).document["cases"]}
    first, second = shown["C1"], shown["C2"]
    assert [(row["wave"], row["respondent_group"], row["n"]) for row in first["responses"]] == [
        ("w1", "FRL", 3),
        ("w1", "MID", 2),
    ]
    assert [(row["respondent_group"], row["n"]) for row in first["members"]] == [("FRL", 2)]
    assert [(row["document_id"], row["dated_on"], row["words"]) for row in first["documents"]] == [
        ("D1", "2018-02-01", 1200)
    ]
    [interview] = first["interviews"]
    assert (interview["interview_id"], interview["minutes"], interview["words"]) == ("I1", 75, 9000)
    assert "unit_id" not in interview
    assert [row["step"] for row in first["trace"] if row["is_observed"]] == [1, 3, 4, 9]
    assert [row["step"] for row in first["trace"] if row["is_in_order"] is False] == [4]
    assert {row["step"]: row["strength"] for row in first["trace"] if row["strength"]} == {
        1: "strong",
        3: "moderate",
        9: "weak",
    }
    assert (first["began_on"], first["bounded_by"]) == ("2018-01-01", "those who met monthly")
    assert second["responses"] == [{"wave": "w1", "respondent_group": "FRL", "n": 1}]
    assert [second[name] for name in ("members", "documents", "interviews", "trace")] == [[], [], [], []]


def test_the_terminal_shows_one_case_and_refuses_an_unknown_one(folder: Path):
    bring_up_to_date(folder, STEPS)
    told = done(sensemaking("cases", folder, "--case", "C1")).stdout
    assert "Family services" in told
    assert "4 of 10 steps observed; missing: 2, 5, 6, 7, 8, 10; out of order, earlier than a step before: 4" in told
    assert "private" in told
    assert "third of three directors" not in told
    unknown = sensemaking("cases", folder, "--case", "C11")
    assert (unknown.code, "did you mean 'C1'?" in unknown.stderr) == (2, True)


def test_the_name_of_a_collaboration_is_stored_as_the_id_that_its_members_have(folder: Path):
    _, store = bring_up_to_date(folder, STEPS)
    assert "amily" not in store.read(CASES).drop(columns="title").to_csv()


def test_lists_that_changed_are_read_before_they_are_shown(folder: Path):
    bring_up_to_date(folder, STEPS)
    (folder / "traces.csv").write_text("case_id,step,evidence\n", encoding="utf-8")
    ended = sensemaking("cases", folder)
    assert (ended.code, "run the study first" in ended.stderr) == (1, True)


def test_a_list_that_the_study_no_longer_names_is_not_shown(folder: Path):
    bring_up_to_date(folder, STEPS)
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(", traces: traces.csv", ""), encoding="utf-8")
    bring_up_to_date(folder, STEPS)
    assert all(not case["trace"] for case in done(sensemaking("cases", folder, "--json")).document["cases"])


def test_a_collaboration_needs_its_section(folder: Path):
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("collaborations: {item: group}\n", "")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ListError, match=r"cases\.csv: the column collaboration needs the section collaborations"):
        bring_up_to_date(folder, {"core/cases"})


def test_a_study_without_cases_says_how_to_have_some(folder: Path):
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    ended = sensemaking("cases", folder, "--json")
    assert (ended.code, "casework: {cases: cases.csv}" in ended.document["error"]["message"]) == (2, True)


def test_a_trace_in_words_says_what_is_there():
    whole = [{"step": step, "is_observed": True, "is_in_order": True} for step in (1, 2)]
    assert trace_in_words(whole) == "2 of 2 steps observed"
    assert trace_in_words([]) == "none"
