"""A study that names forms: what it uses of the instruments, and what its sources administered."""

from pathlib import Path

import pytest

from instruments.faults import SpecError
from pipelines.load import load_study

STUDY = """\
name: formed
title: {en: Formed}
waves: {w1: {title: {en: Wave}}}
respondent_groups: {TOP: {en: Top}, FRL: {en: Staff}}
forms: [top_managers, short]
sources:
  managers: {wave: w1, files: managers.csv, form: top_managers}
  staff: {wave: w1, files: staff.csv, form: short, not_administered: [FWI_in_3_o]}
release: {languages: [en]}
"""
SHORT = """\
name: short
version: "1"
title: {en: Short, da: Kort}
respondent_group: FRL
languages: [en, da]
sections:
  - {instrument: identity_work, items: [IW_fa_1, IW_fa_2, IW_fa_3]}
  - {instrument: forwarding_inhibiting, wording: observer}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "forms").mkdir()
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "forms" / "short.yaml").write_text(SHORT, encoding="utf-8")
    return tmp_path


def test_the_study_uses_what_its_forms_ask(folder: Path) -> None:
    study = load_study(folder)
    assert list(study.forms) == ["top_managers", "short"]
    assert "collective_leadership" not in study.instruments
    assert [item for item in study.items() if item.startswith("IW_fa")] == ["IW_fa_1", "IW_fa_2", "IW_fa_3"]
    assert study.scales()["enabler_identity"].scales["enabler_identity"].items == ("IW_fa_1", "IW_fa_2")
    assert study.scales()["forwarding_observed"].scales["forwarding_observed"].items[0] == "FWI_fo_1_o"


def test_slots_are_filled_before_anybody_sees_them(folder: Path) -> None:
    assert not [item for item in load_study(folder).items().values() if any("{" in text for text in item.text.values())]


def test_a_source_with_a_form_says_who_was_asked_what(folder: Path) -> None:
    sources = load_study(folder).sources()
    assert (sources["managers"].respondent_group, sources["staff"].respondent_group) == ("TOP", "FRL")
    assert sources["staff"].instruments == ("identity_work", "forwarding_inhibiting")
    assert "IW_ac_1" in sources["staff"].not_administered
    assert "FWI_fo_1" in sources["staff"].not_administered
    assert sources["staff"].not_administered[0] == "FWI_in_3_o"
    assert not {"IW_fa_3", "FWI_fo_1_o"} & set(sources["staff"].not_administered)
    assert "IW_fa_3" in sources["managers"].not_administered


@pytest.mark.parametrize(
    ("find", "put", "message"),
    [
        ("forms: [top_managers, short]", "forms: [top_manager, short]", "there is no form 'top_manager'; did you mean"),
        ("form: short", "form: shrt", "there is no form 'shrt'; did you mean 'short'?"),
        ("forms: [top_managers, short]\n", "", "the study asks nothing; name its instruments, or its forms"),
    ],
)
def test_a_wrong_form_is_named(folder: Path, find: str, put: str, message: str) -> None:
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(find, put), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_study(folder)
    assert message in str(raised.value)


def test_faults_of_a_form_are_named_with_its_file(folder: Path) -> None:
    path = folder / "forms" / "short.yaml"
    path.write_text(SHORT.replace("IW_fa_3", "IW_fa_33"), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_study(folder)
    found = raised.value.faults
    assert [(each.path.name, each.line, each.place) for each in found] == [("short.yaml", 7, "sections.0.items")]
    assert found[0].message == "identity_work has no item 'IW_fa_33'; did you mean 'IW_fa_3'?"


def test_forms_that_put_different_labels_in_a_slot_are_refused(folder: Path) -> None:
    path = folder / "forms" / "short.yaml"
    path.write_text(SHORT.replace("sections:", "labels: {COPROD: joint_production}\nsections:"), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_study(folder)
    assert [(each.path.name, each.line, each.place, each.message) for each in raised.value.faults] == [
        (
            "study.yaml",
            5,
            "forms",
            "the forms put different labels in the slot COPROD: co_production in top_managers, joint_production in "
            "short; name the same one in all of them",
        )
    ]


def test_naming_the_default_label_is_the_same_as_naming_none(folder: Path) -> None:
    path = folder / "forms" / "short.yaml"
    path.write_text(SHORT.replace("sections:", "labels: {COPROD: co_production}\nsections:"), encoding="utf-8")
    assert list(load_study(folder).forms) == ["top_managers", "short"]
