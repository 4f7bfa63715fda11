"""Dyads and named collaborations: who answers about whom, and who works together."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.steps.relations import NamesError, dyads, together, with_collaborations
from pipelines.tables.relations import COLLABORATIONS, DYADS, MEMBERSHIPS
from tests.command_line import done, sensemaking, table
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


def test_a_response_has_the_collaboration_that_it_names_and_none_where_it_names_several_or_no_one() -> None:
    named = [("s1", "c1"), ("s2", "c1"), ("s2", "c2"), ("s4", "c3")]
    memberships = pd.DataFrame(named, columns=["response_id", "collaboration_id"])
    rows = pd.DataFrame({"response_id": ["s4", "s2", "s3", "s1"], "a": [1, 2, 3, 4]})
    found = with_collaborations(rows, memberships)
    assert found["collaboration_id"].fillna("").tolist() == ["c3", "", "", "c1"]
    assert found.drop(columns="collaboration_id").equals(rows)


MODEL = """\
name: effort
kind: regression
title: {en: Effort}
estimand: A difference.
estimator: mixed
random_effects: [{groups: organisation_id}, {groups: collaboration_id}]
population: {respondent_groups: [FRL]}
outcome: a
focal: b
regressors: [b]
variants:
  - {name: clustered, estimator: linear, cluster: collaboration_id}
"""


def many_staff(n: int = 240) -> str:
    rng = np.random.default_rng(8)
    places = rng.integers(0, 12, n)
    groups = rng.integers(0, 4, n)
    level = rng.normal(size=12)[places] + 0.7 * rng.normal(size=(12, 4))[places, groups]
    b = rng.integers(1, 4, n)
    a = np.clip(np.round(2 + 0.4 * (b - 2) + level / 2 + rng.normal(size=n) / 2), 1, 3).astype(int)
    rows = [
        f"s{number},o{places[number]},k{number},,{a[number]},{b[number]},"
        + ("" if number % 9 == 0 else f"Group {groups[number]}")
        for number in range(n)
    ]
    return "\n".join(["id,org,key,boss,a,b,group", *rows, ""])


@pytest.fixture
def modelled(folder: Path) -> Path:
    (folder / "models").mkdir()
    (folder / "models" / "effort.yaml").write_text(MODEL, encoding="utf-8")
    study = STUDY.replace("instruments: [work]", "instruments: [work]\nmodels: [effort]")
    study = study.replace("not_administered: [group]", "not_administered: [group, b]")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    instrument = INSTRUMENT.replace("  group:", "  b: {response_scale: agreement}\n  group:")
    (folder / "instruments" / "work.yaml").write_text(instrument, encoding="utf-8")
    (folder / "exports" / "staff.csv").write_text(many_staff(), encoding="utf-8")
    return folder


def test_collaborations_may_be_the_groups_of_a_model_which_is_made_again_from_the_raw_store(modelled: Path) -> None:
    bring_up_to_date(modelled)
    fits, diagnostics = (table(modelled, name) for name in ("out.fits", "out.diagnostics"))
    known = fits.set_index("variant")
    found = diagnostics[diagnostics["fit_id"] == known.loc["main", "fit_id"]].set_index("diagnostic")["value"]
    assert 40 <= found["n_groups of collaboration_id"] <= 48
    assert found["n_groups of organisation_id"] == 12
    assert known["n_obs"].tolist() == [240 - 27] * 2
    assert known.loc["clustered", "n_clusters"] == found["n_groups of collaboration_id"]
    for depth in ((), ("--from-raw",)):
        done(sensemaking("rerun", modelled, known.loc["main", "fit_id"], *depth))


def test_collaborations_are_groups_only_of_studies_that_have_them(modelled: Path) -> None:
    study = modelled / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("collaborations: {item: group}\n", ""), encoding="utf-8")
    with pytest.raises(SpecError, match="'collaboration_id' does not name groups"):
        load_study(modelled)


def test_collaborations_are_no_regressors(modelled: Path) -> None:
    wanted = "regressors: [b, {variable: collaboration_id, use: category}]"
    (modelled / "models" / "effort.yaml").write_text(MODEL.replace("regressors: [b]", wanted), encoding="utf-8")
    with pytest.raises(SpecError, match="is no regressor"):
        load_study(modelled)


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
