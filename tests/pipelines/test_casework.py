"""Cases of a study: how units were chosen, cases within cases, documents, interviews, traces; wrong lists refused."""

from pathlib import Path

import pandas as pd
import pytest

from instruments.codings.load import load_scheme
from instruments.faults import SpecError
from instruments.load import LIBRARY, load_instrument
from instruments.seeds.load import load_seeds
from instruments.seeds.traces import load_template
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.steps.casework import read_cases, read_sample, read_traces
from pipelines.steps.team_cells import ListError
from pipelines.tables import casework
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

SAMPLE = """\
unit_id,wave,selection,gatekeeper,referred_by,inclusion_probability
ann,autumn,purposive,,,
bo,autumn,snowball,, ann ,
cy,autumn,snowball,,bo,
di,autumn,gatekeeper,G1,,
ed,spring,probability,,,0.25
fay,spring,census,,,1
"""
CASES = """\
case_id,embedded_in,unit_kind,organisation_id,because
town,,organisation,O1,takes part in a programme
group,town,collaboration,O1,named by three managers
J,group,account,,told the whole process
"""
DOCUMENTS = """\
document_id,case_id,kind,title,dated_on,origin
act,,legislation,Community Empowerment (Scotland) Act,2015-07-24,
minutes,group,minutes,Minutes of the group,2019-02-01,the group
"""
INTERVIEWS = """\
interview_id,case_id,unit_id,interviewed_on,minutes,mode,is_recorded,language
i1,J,ann,2019-03-05,75,face_to_face,yes,en
i2,group,bo,2019-08-30,60,telephone,no,en
"""
TRACES = """\
case_id,step,observed_on,evidence
J,1,2016-01-01,i1
J,3,2018-05-01,i1; minutes
J,4,2018-02-01,i1
J,7,,i1
"""
FILES = {"sample": SAMPLE, "cases": CASES, "documents": DOCUMENTS, "interviews": INTERVIEWS, "traces": TRACES}
STEPS = {"core/sample_register", "core/cases", "core/documents", "core/interviews", "core/trace_steps"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = build_small_study(tmp_path / "small")
    for name, text in FILES.items():
        (study / f"{name}.csv").write_text(text, encoding="utf-8")
    path = study / "study.yaml"
    named = ", ".join(f"{name}: {name}.csv" for name in FILES)
    path.write_text(path.read_text(encoding="utf-8") + f"casework: {{{named}}}\n", encoding="utf-8")
    return study


def cells(text: str) -> pd.DataFrame:
    rows = [line.split(",") for line in text.splitlines()]
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_the_sample_register_follows_referrals_and_says_where_inference_is_allowed(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    register, referrals = store.read(casework.SAMPLE_REGISTER), store.read(casework.REFERRALS)
    by_depth = register.groupby("wave")["n_referrals_before"].agg(sorted).to_dict()
    assert by_depth == {"autumn": [0, 0, 1, 2], "spring": [0, 0]}
    assert register.groupby("wave")["allows_inference"].agg(set).to_dict() == {"autumn": {False}, "spring": {True}}
    assert len(referrals) == 2
    assert set(referrals["referred_by"]) <= set(register["unit_id"])
    assert not set(register["unit_id"]) & {"ann", "bo", "cy", "di", "ed", "fay"}


def test_one_chosen_unit_takes_inference_from_the_whole_wave() -> None:
    drawn = "unit_id,wave,selection,inclusion_probability\na,w1,census,\nb,w1,probability,0.5\n"
    assert read_sample(cells(drawn), ["w1"], ["MID"]).register["allows_inference"].tolist() == [True, True]
    chosen = read_sample(cells(drawn + "c,w1,purposive,\n"), ["w1"], ["MID"]).register
    assert chosen["allows_inference"].tolist() == [False, False, False]


def test_cases_lie_within_cases(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    cases = store.read(casework.CASES).set_index("case_id")
    assert cases["depth"].to_dict() == {"town": 0, "group": 1, "J": 2}
    assert cases.loc["J", "unit_kind"] == "account"


def test_documents_and_interviews_belong_to_cases(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    documents, interviews = store.read(casework.DOCUMENTS), store.read(casework.INTERVIEWS)
    assert set(documents["case_id"].dropna()) == {"group"}
    assert interviews.set_index("interview_id")["minutes"].to_dict() == {"i1": 75.0, "i2": 60.0}
    assert interviews["is_recorded"].tolist() == [True, False]
    register = store.read(casework.SAMPLE_REGISTER)
    assert set(interviews["unit_id"]) <= set(register["unit_id"])


def test_the_trace_of_a_case_is_set_against_ten_steps(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    trace = store.read(casework.TRACES).set_index("step")
    assert trace.index.tolist() == list(range(1, 11))
    assert trace.index[trace["is_observed"]].tolist() == [1, 3, 4, 7]
    told = {step: None if pd.isna(each) else bool(each) for step, each in trace["is_in_order"].items()}
    assert {step: each for step, each in told.items() if each is not None} == {1: True, 3: True, 4: False}


def test_the_template_has_the_ten_steps_of_the_account_in_its_words() -> None:
    template, seeds = load_template(), load_seeds().seeds
    assert [step.seed for step in template.steps] == [f"D{number:03d}" for number in range(95, 105)]
    assert [step.quote for step in template.steps] == [seeds[step.seed].quote for step in template.steps]
    assert all({"en", "da"} == set(step.title) for step in template.steps)


def test_the_steps_name_scales_items_and_codes_that_the_library_has() -> None:
    instruments = [load_instrument(path) for path in sorted(LIBRARY.glob("*.yaml"))]
    known = {scale.code for each in instruments for scale in each.scales.values()}
    known |= {item for each in instruments for item in each.items}
    codes = {code.name for code in load_scheme(LIBRARY / "codings" / "coding_scheme.yaml").codes.values()}
    for step in load_template().steps:
        assert set(step.measured_by) <= known
        assert set(step.codes) <= codes


@pytest.mark.reference
def test_the_steps_lie_where_the_table_of_concepts_says(reference: Path) -> None:
    lines = (reference / "domain" / "sources.md").read_text(encoding="utf-8").splitlines()
    homes = {line.split("|")[1].strip(): line.split("|")[5] for line in lines if line.startswith("| D")}
    for number, step in enumerate(load_template().steps, start=1):
        said = sorted(part.strip() for part in homes[step.seed].replace(";", ",").split(","))
        assert said == sorted([f"trace step {number}", *step.measured_by, *(f"code {code}" for code in step.codes)])


def test_an_erased_person_is_in_no_list_of_cases(folder: Path) -> None:
    bring_up_to_date(folder, STEPS)
    erase(load_study(folder), Wanted(response=None, person="bo"), because="asked")
    _, store = bring_up_to_date(folder, STEPS)
    assert len(store.read(casework.SAMPLE_REGISTER)) == 5
    assert len(store.read(casework.REFERRALS)) == 0
    assert store.read(casework.INTERVIEWS)["interview_id"].tolist() == ["i1"]


def refused_sample(rows: str) -> str:
    header = "unit_id,wave,selection,gatekeeper,referred_by,inclusion_probability\n"
    with pytest.raises(ListError) as refused:
        read_sample(cells(header + rows), ["w1"], ["MID"])
    return str(refused.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,w1,snowball,,,", "row 2, column referred_by: needed where the selection is snowball"),
        ("a,w1,gatekeeper,,,", "row 2, column gatekeeper: needed where the selection is gatekeeper"),
        ("a,w1,probability,,,", "row 2, column inclusion_probability: needed where the selection is probability"),
        ("a,w1,probability,,,0", "a chance above 0"),
        ("a,w1,probability,,,1.5", "expected a number at least 0 at most 1, found something else"),
        ("a,w1,purposive,,,0.5", "nothing was drawn by purposive; clear the cell"),
        ("a,w1,purposive,,b,\nb,w1,purposive,,,", "the selection is purposive; write snowball or clear the cell"),
        ("a,w1,snowball,,b,", "row 2, column referred_by: the referrer is no unit of the wave"),
        ("b,w1,census,,,\na,w1,snowball,,c,\nc,w1,snowball,,a,", "row 3, column referred_by: the chain leads back"),
        ("a,w1,purposive,,,\na,w1,purposive,,,", "row 3: the same unit_id and wave stands in an earlier row"),
        ("a,w2,purposive,,,", "row 2, column wave: this names no wave"),
        ("a,w1,purposiv,,,", "expected one of census, probability, purposive, snowball, gatekeeper"),
        (",w1,purposive,,,", "row 2, column unit_id: expected a text, found a blank cell"),
    ],
)
def test_a_wrong_sample_register_is_refused_without_naming_people(rows: str, message: str) -> None:
    assert message in refused_sample(rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,b,person,,why", "row 2, column embedded_in: this names no case"),
        ("a,a,person,,why", "row 2, column embedded_in: the chain leads back"),
        ("a,,person,,why\na,,person,,why", "row 3: the same case_id stands in an earlier row"),
        ("a,,person,,", "row 2, column because: expected a text, found a blank cell"),
        ("a,,persn,,why", "did you mean 'person'?"),
    ],
)
def test_a_wrong_case_registry_is_refused(rows: str, message: str) -> None:
    with pytest.raises(ListError) as refused:
        read_cases(cells("case_id,embedded_in,unit_kind,organisation_id,because\n" + rows))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("began_on,2019-13-01", "row 2, column began_on: expected a date such as 2026-01-31"),
        ("title,write to a@b.dk", "row 2, column title: found what looks like an e-mail address"),
        ("bounded_by,born 010190-1234", "row 2, column bounded_by: found what looks like an e-mail address, telephone"),
    ],
)
def test_bounds_and_words_of_a_case_are_checked(cell: str, message: str) -> None:
    name, _, text = cell.partition(",")
    with pytest.raises(ListError) as refused:
        read_cases(cells(f"case_id,unit_kind,because,{name}\nJ,person,why,{text}"))
    assert message in str(refused.value)
    assert text not in str(refused.value)


def test_a_case_ends_after_it_began() -> None:
    rows = "case_id,unit_kind,because,began_on,ended_on\nJ,person,why,2019-01-01,2019-01-01\nK,person,why,{}"
    assert len(read_cases(cells(rows.format("2019-01-01,2019-01-02")))) == 2
    with pytest.raises(ListError, match="row 3, column ended_on: the case ends before it began"):
        read_cases(cells(rows.format("2019-01-02,2019-01-01")))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("J,11,,i1", "row 2, column step: the template has 10 steps"),
        ("J,1.5,,i1", "row 2, column step: expected a whole number at least 1"),
        ("J,1,,", "row 2, column evidence: an observed step needs evidence"),
        ("J,1,,i1;i9", "row 2, column evidence: an observed step needs evidence"),
        ("K,1,,i1", "row 2, column case_id: this names no case"),
        ("J,1,1.2.2019,i1", "row 2, column observed_on: expected a date such as 2026-01-31"),
        ("J,1,,i1\nJ,1,,i1", "row 3: the same case_id and step stands in an earlier row"),
    ],
)
def test_a_wrong_trace_is_refused(rows: str, message: str) -> None:
    with pytest.raises(ListError) as refused:
        read_traces(cells("case_id,step,observed_on,evidence\n" + rows), load_template(), ["J"], ["i1"])
    assert message in str(refused.value)


def test_faults_name_the_file_and_absent_files_are_faults_of_the_study(folder: Path) -> None:
    (folder / "cases.csv").write_text(CASES.replace("embedded_in", "embeded_in"), encoding="utf-8")
    with pytest.raises(ListError, match=r"cases\.csv: there is no column 'embeded_in'; did you mean 'embedded_in'"):
        bring_up_to_date(folder, {"core/cases"})
    (folder / "cases.csv").unlink()
    with pytest.raises(SpecError, match=r"casework\.cases: there is no file cases\.csv in the study folder"):
        load_study(folder)
    study = folder / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("cases: cases.csv, ", ""), encoding="utf-8")
    with pytest.raises(SpecError, match="name the case registry under cases"):
        load_study(folder)
