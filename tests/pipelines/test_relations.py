"""Dyads and named collaborations: who answers about whom, and who works together."""

from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.steps.relations import NamesError, dyads, together
from pipelines.tables.relations import COLLABORATIONS, DYADS, MEMBERSHIPS
from tests.run_steps import bring_up_to_date

STUDY = """\
name: related
title: {en: Related}
waves: {w1: {title: {en: Wave}}}
respondent_groups: {MID: {en: Managers}, FRL: {en: Staff}}
instruments: [work]
sources:
  managers:
    wave: w1
    files: managers.csv
    platform: generic
    respondent_group: MID
    not_administered: [group]
    identifiers: {response_id: id, organisation_id: org, respondent_key: key}
  staff:
    wave: w1
    files: staff.csv
    platform: generic
    respondent_group: FRL
    identifiers: {response_id: id, organisation_id: org, respondent_key: key, dyads: {staff_manager: boss}}
collaborations: {item: group}
privacy: {keys: keys}
release: {languages: [en]}
"""
INSTRUMENT = """\
name: work
version: "1"
title: {en: Work}
response_scales: {agreement: {points: {1: {}, 2: {}, 3: {}}}}
items:
  a: {response_scale: agreement}
  group: {kind: open_text}
"""
STEPS = {"core/dyads", "core/collaborations"}
MANAGERS = "id,org,key,a\nm1,o1,anna@x.dk,1\nm2,o1,bo@x.dk,2\n"
STAFF = """\
id,org,key,boss,a,group
s1,o1,k1,anna@x.dk,3,Family centre
s2,o1,k2, anna@x.dk ,2,family-centre; Youth Group
s3,o1,k3,nobody@x.dk,2,
s4,o2,k4,,1,Family centre
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "instruments" / "work.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (tmp_path / "exports" / "managers.csv").write_text(MANAGERS, encoding="utf-8")
    (tmp_path / "exports" / "staff.csv").write_text(STAFF, encoding="utf-8")
    return tmp_path


def test_staff_are_joined_with_the_response_of_their_manager(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    found = store.read(DYADS).set_index("response_id")["other_response_id"]
    assert {each: None if pd.isna(other) else other for each, other in found.items()} == {
        "staff/s1": "managers/m1",
        "staff/s2": "managers/m1",
        "staff/s3": None,
    }


def test_respondents_who_name_a_group_alike_are_its_members(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    members, groups = store.read(MEMBERSHIPS), store.read(COLLABORATIONS)
    of_group = members.groupby("collaboration_id")["response_id"].agg(sorted).tolist()
    assert sorted(of_group) == [["staff/s1", "staff/s2"], ["staff/s2"], ["staff/s4"]]
    assert sorted(zip(groups["organisation_id"], groups["n_responses"], strict=True)) == [
        ("o1", 1),
        ("o1", 2),
        ("o2", 1),
    ]


def test_neither_keys_nor_names_of_groups_stand_in_the_tables(folder: Path) -> None:
    _, store = bring_up_to_date(folder, STEPS)
    stored = pd.concat([store.read(table).astype("str") for table in (DYADS, COLLABORATIONS, MEMBERSHIPS)])
    text = stored.to_csv().lower()
    assert "@" not in text
    assert "family" not in text


def test_a_list_says_which_spellings_mean_the_same(folder: Path) -> None:
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("{item: group}", "{item: group, names: names.csv}"), encoding="utf-8")
    (folder / "names.csv").write_text("organisation_id,text,collaboration\no1,Youth group,Family Centre\n", "utf-8")
    members = bring_up_to_date(folder, STEPS)[1].read(MEMBERSHIPS)
    assert sorted(members.groupby("collaboration_id")["response_id"].agg(sorted)) == [
        ["staff/s1", "staff/s2"],
        ["staff/s4"],
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("organisation_id,text\n", "the column collaboration is missing"),
        ("organisation_id,text,collaboration\no1,A b,X\no1,a-B,Y\n", "row 3 gives a spelling of o1 another"),
    ],
)
def test_a_wrong_list_of_names_is_refused(rows: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(rows, encoding="utf-8")
    names = pd.read_csv(tmp_path / "names.csv", dtype="str")
    responses = pd.DataFrame(columns=["response_id", "wave", "organisation_id", "respondent_group"], dtype="str")
    with pytest.raises(NamesError) as raised:
        together(pd.DataFrame({"response_id": [], "text": []}, dtype="str"), responses, names, str)
    assert message in str(raised.value)


def test_the_last_response_of_a_person_counts_and_nobody_is_the_own_manager() -> None:
    keys = pd.DataFrame({"response_id": ["s1", "m2"], "wave": "w1", "kind": "staff_manager", "other_key": "boss"})
    responses = pd.DataFrame(
        {
            "response_id": ["s1", "m1", "m2", "m3"],
            "wave": "w1",
            "respondent_key": ["k", "boss", "boss", "boss"],
            "started_at": pd.to_datetime(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-03"], utc=True),
            "is_analysed": [True, True, True, False],
        }
    )
    found = dyads(keys, responses).set_index("response_id")["other_response_id"]
    assert found["s1"] == "m2"
    assert pd.isna(found["m2"])


@pytest.mark.parametrize(
    ("item", "message"),
    [("a", "'a' is no open question; expected one of kind open_text"), ("grup", "there is no item 'grup'; did you")],
)
def test_collaborations_need_an_open_question(folder: Path, item: str, message: str) -> None:
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("{item: group}", f"{{item: {item}}}"), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_study(folder)
    assert message in str(raised.value)
