"""Starting a study: what is drafted from real exports passes check and run unedited."""

from pathlib import Path

import pytest

from pipelines.load import load_study
from tests.command_line import done, sensemaking, table

BFI = "data/substantive/bfi/bfi.csv"
QUALTRICS = "data/qualtrics"
DEFINED = {
    f"{QUALTRICS}/porter-rescue/full_anonymized.csv": ["survey.qsf"],
    f"{QUALTRICS}/qt-no-basis/No_Basis_for_Evaluation (Insights).csv": ["No_Basis_for_Evaluation.qsf"],
    f"{QUALTRICS}/qt-no-basis/No_Basis_for_Evaluation (Legacy).csv": ["No_Basis_for_Evaluation.qsf"],
    f"{QUALTRICS}/qt-single-matrix/Single_Answer_Matrix_Questions (Insights).csv": [
        "Single_Answer_Matrix_Questions.qsf"
    ],
    f"{QUALTRICS}/qt-survey-logic/Survey_Logic_EVERYWHERE.csv": ["Survey_Logic_EVERYWHERE.qsf"],
    f"{QUALTRICS}/qt-text-entry/Questions_with_Text_Entry_Components.csv": ["Questions_with_Text_Entry_Components.qsf"],
    "data/redcap/redcapr-simple/data.csv": ["dictionary.csv"],
    "data/redcap/redcapr-checkboxes-1/data.csv": ["dictionary.csv"],
    "data/redcap/redcapr-decimal-comma-and-dot/data.csv": ["dictionary.csv"],
    "data/redcap/redcapr-longitudinal/data.csv": ["dictionary.csv"],
    "data/redcap/redcapr-repeating-instruments/data.csv": ["dictionary.csv"],
    "data/redcap/redcapr-survey/data.csv": ["dictionary.csv"],
    "data/kobo/cleaningtools/cleaningtools_raw_data.csv": ["cleaningtools_survey.csv", "cleaningtools_choices.csv"],
    "data/limesurvey/rse-2017-uk/public_data.csv": ["../rse-2017-us/uk_core_survey.lss"],
}


QUICK = [f"{QUALTRICS}/porter-rescue/full_anonymized.csv"]
OTHERS = [
    "data/limesurvey/rse-2017-us/public_data.csv",
    BFI,
    "data/limesurvey/limonaid-998192/survey_998192_R_data_file.csv",
    f"{QUALTRICS}/model-evaluation/Model+evaluation_February+26,+2021_01.25.csv",
    "data/substantive/lq2002/lq2002.csv",
    "data/generic/rse-group-leaders/survey_responses.csv",
    *(path for path in DEFINED if path not in QUICK),
]


@pytest.mark.reference
@pytest.mark.parametrize("path", [*QUICK, *(pytest.param(path, marks=pytest.mark.slow) for path in OTHERS)])
def test_the_draft_of_a_real_export_passes_check_and_run_unedited(tmp_path: Path, reference: Path, path: str):
    study = tmp_path / "draft"
    definition = [reference / Path(path).parent / name for name in DEFINED.get(path, [])]
    given = [argument for each in definition for argument in ("--structure", each)]
    document = done(sensemaking("init", study, "--from", reference / path, *given, "--json")).document
    done(sensemaking("check", study))
    done(sensemaking("run", study))
    assert (study / "exports" / Path(path).name).read_bytes() == (reference / path).read_bytes()
    responses, drafted = table(study, "core.responses"), table(study, "raw.columns")["item"].dropna()
    assert len(responses) > 0
    assert set(drafted) == set(document["items"])
    rejected = table(study, "core.rejects").dropna(subset=["column_name"])
    assert set(rejected["rule"]) <= {"opt_out_beside_answers"}


@pytest.mark.reference
def test_items_worded_the_other_way_round_are_suggested_with_their_evidence(tmp_path: Path, reference: Path):
    study = tmp_path / "bfi"
    document = done(sensemaking("init", study, "--from", reference / BFI, "--json")).document
    assert document["scales"]["scale_A1"] == ["A1", "A2", "A3", "A4", "A5"]
    text = (study / "instruments" / "questionnaire.yaml").read_text(encoding="utf-8")
    suggested = [line.strip() for line in text.splitlines() if "suggestion: reverse_scored" in line]
    # The dictionary of the inventory keys A1, C4, C5, E1, E2, O2 and O5 negatively; O2 correlates too weakly to tell.
    assert suggested == [
        "# suggestion: reverse_scored: [A1]",
        "# suggestion: reverse_scored: [C4, C5]",
        "# suggestion: reverse_scored: [E1, E2]",
        "# suggestion: reverse_scored: [O5]",
    ]
    assert "A1: mean correlation -0.23 with the items that go together, n = 2784" in text
    assert all(not scale.reverse_scored for scale in load_study(study).instruments["questionnaire"].scales.values())


def test_a_study_without_an_export_has_a_place_for_one(tmp_path: Path):
    done(sensemaking("init", tmp_path / "new study"))
    study = load_study(tmp_path / "new study")
    assert study.name == "new_study"
    assert study.exports.is_dir()
    ended = sensemaking("run", study.folder)
    assert ended.code == 2
    assert "there are no exports" in ended.stderr
    assert "expected w1*.csv, found nothing; put the file there" in ended.stderr


SMALL_EXPORTS = {
    "decimal comma, two header rows, Windows-1252": (
        "Trivsel;;Baggrund\nA;B;Års løn\n1;2;41,5\n2;2;50\n5;4;\n".encode("cp1252"), 'decimal: ","'
    ),
    "numbers with either sign": (b"a;b\n1,5;1.5\n2,5;12.5\n", "platform: generic"),
    "day and month that cannot be told apart": (
        b"Timestamp,How?\n01/02/2026 10:32:07,Good\n03/04/2026 10:32:07,Bad\n", "date_order: day_first"
    ),
    "the same with clocks of twice twelve hours": (
        b"Respondent ID,Collector ID,Start Date,End Date,How?\n,,,,Response\n"
        b"1,7,01/02/2026 10:00:00 AM,01/02/2026 10:10:00 PM,Good\n", "date_order: month_first"
    ),
    "one response": (b"id,submitdate,lastpage,startlanguage,q1\n1,2026-01-01 10:00:00,3,sv,Ja\n", "limesurvey"),
}  # fmt: skip


FIRST, *REST = SMALL_EXPORTS


@pytest.mark.parametrize("export", [FIRST, *(pytest.param(each, marks=pytest.mark.slow) for each in REST)])
def test_the_draft_of_a_small_and_odd_export_passes_check_and_run_unedited(tmp_path: Path, export: str):
    raw, told = SMALL_EXPORTS[export]
    (tmp_path / "export.csv").write_bytes(raw)
    done(sensemaking("init", tmp_path / "study", "--from", tmp_path / "export.csv"))
    assert told in (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    done(sensemaking("run", tmp_path / "study"))
    assert len(table(tmp_path / "study", "core.rejects")) == 0


def test_remarks_of_a_few_people_become_no_options_and_are_not_printed(tmp_path: Path):
    remarks = ("Ring til Ada", "Mere tid, tak", "Kontoret ved havnen")
    rows = [f"{n};Enig;{remark}" for n, remark in enumerate(remarks, start=1)]
    (tmp_path / "export.csv").write_text("\n".join(["nr;Trives du?;Andet?", *rows, "4;Uenig;"]), encoding="utf-8")
    shown = done(sensemaking("inspect", tmp_path / "export.csv", "--json"))
    done(sensemaking("init", tmp_path / "study", "--from", tmp_path / "export.csv"))
    drafted = (tmp_path / "study/instruments/questionnaire.yaml").read_text(encoding="utf-8")
    assert not [remark for remark in remarks if remark in drafted or remark in shown.stdout]
    assert "Uenig" in drafted


@pytest.mark.parametrize(
    ("folder", "name"), [("survey of managers " * 5, "survey_of_managers_" * 3 + "survey"), ("2026", "study")]
)
def test_any_folder_name_makes_a_legal_study(tmp_path: Path, folder: str, name: str):
    done(sensemaking("init", tmp_path / folder.strip()))
    assert load_study(tmp_path / folder.strip()).name == name


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "nowhere.csv"], "there is no file nowhere.csv"),
        (["--structure", "{file}"], "--structure needs --from"),
        (["--from", "{file}", "--structure", "{file}"], "expected the definition of a survey"),
    ],
)
def test_bad_use_is_told_and_nothing_is_made(tmp_path: Path, arguments: list[str], told: str):
    file = tmp_path / "export.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    ended = sensemaking("init", tmp_path / "study", *(each.format(file=file) for each in arguments))
    assert ended.code in (1, 2)
    assert told in ended.stderr
    assert not (tmp_path / "study").exists()


def test_a_folder_that_holds_a_study_is_left_alone(tmp_path: Path):
    done(sensemaking("init", tmp_path / "study"))
    ended = sensemaking("init", tmp_path / "study")
    assert (ended.code, "holds a study already" in ended.stderr) == (2, True)


@pytest.mark.reference
def test_an_export_without_questions_is_refused_in_words(tmp_path: Path, reference: Path):
    path = reference / QUALTRICS / "excluder" / "qualtrics_raw.csv"
    ended = sensemaking("init", tmp_path / "study", "--from", path)
    assert (ended.code, "expected columns with questions" in ended.stderr) == (1, True)
    assert not (tmp_path / "study").exists()
