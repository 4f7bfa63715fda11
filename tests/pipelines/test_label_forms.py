"""A label experiment with a form for each word: what was shown, whether it was the word drawn, what is refused."""

from pathlib import Path

import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.steps.team_cells import ListError
from pipelines.tables import core
from pipelines.tables.experiments import LABEL_BALANCE
from tests.run_steps import bring_up_to_date

FORM = """\
name: {name}
version: "1"
title: {{en: Words}}
respondent_group: FRL
languages: [en]
labels: {{COPROD: {label}}}
sections: [{{instrument: words}}]
"""
WORDS = """\
name: words
version: "1"
title: {en: Words}
response_scales: {agreement: {points: {1: {}, 2: {}, 3: {}, 4: {}, 5: {}}}}
items: {W_1: {text: {en: "I value {COPROD}."}, response_scale: agreement, is_core: true}}
"""
TWO_WORDS = """\
name: words_study
title: {en: Words}
waves: {w1: {title: {en: One}}, w2: {title: {en: Two}}}
respondent_groups: {FRL: {en: Staff}}
forms: [production, creation]
frame: {file: frame.csv}
label_experiment: {slot: COPROD, labels: [co_production, co_creation], file: labels.csv}
sources:
"""
SOURCE = "  {form}_{wave}: {{wave: {wave}, files: {form}_{wave}.csv, platform: generic, form: {form}, {ids}}}\n"
IDS = "identifiers: {response_id: id, organisation_id: org, respondent_key: key}"


@pytest.fixture
def two_forms(tmp_path: Path) -> Path:
    """A study whose units 1 to 4 answer twice, each through the form of the label drawn for it; 5 has no key."""
    files = {f"forms/{name}.yaml": FORM.format(name=name, label=f"co_{name}") for name in ("production", "creation")}
    files["instruments/words.yaml"] = WORDS
    sources = [
        SOURCE.format(form=form, wave=wave, ids=IDS) for form in ("production", "creation") for wave in ("w1", "w2")
    ]
    files["study.yaml"] = TWO_WORDS + "".join(sources) + "release: {languages: [en]}\n"
    files["frame.csv"] = "unit_id,wave,organisation_id,respondent_group\n" + "".join(
        f"u{unit},{wave},o1,FRL\n" for wave in ("w1", "w2") for unit in range(1, 5)
    )
    files["labels.csv"] = "unit_id,label\nu1,co_production\nu2,co_creation\nu3,co_production\nu4,co_creation\n"
    for wave in ("w1", "w2"):
        files[f"exports/production_{wave}.csv"] = f"id,org,key,W_1\n{wave}1,o1,u1,1\n{wave}3,o1,u3,2\n{wave}5,o1,,4\n"
        files[f"exports/creation_{wave}.csv"] = f"id,org,key,W_1\n{wave}2,o1,u2,3\n{wave}4,o1,u4,4\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_study_has_a_form_for_each_word_and_says_that_either_was_shown(two_forms: Path) -> None:
    study = load_study(two_forms)
    assert study.instruments["words"].items["W_1"].text["en"] == "I value co-production / co-creation."


def test_forms_with_different_words_need_the_experiment(two_forms: Path) -> None:
    path = two_forms / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(line for line in text.splitlines(keepends=True) if "label_exp" not in line), "utf-8")
    with pytest.raises(SpecError, match="co_creation in creation; name the same one in all of them, or name these"):
        load_study(two_forms)


def test_labels_are_counted_and_known_from_the_form_where_nobody_was_drawn(two_forms: Path) -> None:
    study, store = bring_up_to_date(two_forms, {"out/label_balance", "core/analysis"})
    balance = store.read(LABEL_BALANCE).query("wave == 'w1'").set_index("label_seen")
    assert balance["n_seen"].to_dict() == {"co_production": 3, "co_creation": 2}
    assert balance["n_drawn"].to_dict() == {"co_production": 2, "co_creation": 2}
    assert balance["share_seen"].to_dict() == {"co_production": 0.6, "co_creation": 0.4}
    seen = store.read(core.analysis(study)).set_index("response_id")["label_seen"]
    assert (seen["production_w1/w15"], seen["creation_w2/w24"]) == ("co_production", "co_creation")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"creation_w2": ("w22,o1,u2", "w22,o1,u3")},
            "1 of the responses came through the form of another label than the one drawn for the person",
        ),
        (
            {"production_w1": ("w11,o1,u1", "w11,o1,u9"), "creation_w2": ("w22,o1,u2", "w22,o1,u9")},
            "2 of the responses are of people who saw different labels over the waves",
        ),
    ],
)
def test_who_saw_another_word_stops_the_run(two_forms: Path, changes: dict[str, tuple[str, str]], message: str) -> None:
    for name, (old, new) in changes.items():
        path = two_forms / "exports" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ListError) as refused:
        bring_up_to_date(two_forms, {"out/label_balance"})
    assert message in str(refused.value)
    assert str(refused.value).endswith("row 2")
    assert "u9" not in str(refused.value)


def test_somebody_who_is_not_in_the_list_may_see_any_word(two_forms: Path) -> None:
    path = two_forms / "exports" / "creation_w2.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("w22,o1,u2", "w22,o1,u9"), encoding="utf-8")
    _, store = bring_up_to_date(two_forms, {"out/label_balance"})
    found = store.read(LABEL_BALANCE).query("wave == 'w2' and label_seen == 'co_creation'")
    assert found[["n_seen", "n_drawn"]].to_numpy().tolist() == [[2, 1]]


def test_labels_that_are_one_word_in_a_language_of_the_forms_are_no_experiment(two_forms: Path) -> None:
    in_danish = {
        "{en: Words}": "{en: Words, da: Ord}",
        "[en]": "[en, da]",
        '{COPROD}."}': '{COPROD}.", da: "{COPROD}"}',
    }
    for path in [*(two_forms / "forms").iterdir(), two_forms / "instruments" / "words.yaml"]:
        text = path.read_text(encoding="utf-8")
        for old, new in in_danish.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match="two labels are the same word in da: nobody would see a difference"):
        load_study(two_forms)
