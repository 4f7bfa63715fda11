"""Labels by chance: even within organisations, the same in any order, joined to answers, compared by models."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from instruments.faults import SpecError, UsageError
from instruments.forms.load import library_labels
from instruments.load import LIBRARY, load_instrument
from instruments.wording import with_labels
from pipelines.cli import app
from pipelines.load import load_study
from pipelines.steps.label_experiment import draw_labels, read_labels_seen
from pipelines.steps.release_texts import release_texts
from pipelines.steps.team_cells import ListError
from pipelines.tables import core, out
from tests.run_steps import bring_up_to_date
from tests.small_study import N_RESPONSES, WAVES, build_small_study

LABELS = ("co_production", "co_creation")
SECTIONS = f"""\
frame: {{file: frame.csv}}
label_experiment: {{slot: COPROD, labels: [{", ".join(LABELS)}], file: labels.csv}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study whose invited units are those who answered, each in one wave."""
    study = build_small_study(tmp_path / "small")
    text = (study / "study.yaml").read_text(encoding="utf-8")
    keyed = text.replace("{response_id: id,", "{response_id: id, respondent_key: id,")
    (study / "study.yaml").write_text(keyed + SECTIONS, encoding="utf-8")
    units = [f"{wave}-{n},{wave},O{n % 8},FRL" for wave in WAVES for n in range(1, N_RESPONSES + 1)]
    header = "unit_id,wave,organisation_id,respondent_group"
    (study / "frame.csv").write_text("\n".join([header, *units]) + "\n", encoding="utf-8")
    return study


def draw(folder: Path, *words: str) -> tuple[int, dict]:
    done = CliRunner().invoke(
        app, ["export", "labels", str(folder), "--out", str(folder / "labels.csv"), *words, "--json"]
    )
    return done.exit_code, json.loads(done.stdout) if done.stdout else {"error": str(done.exception)}


BLOCKS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["FRL", "MID"])), min_size=1, max_size=40)


@given(blocks=BLOCKS, n_labels=st.integers(2, 4), seed=st.integers(0, 2**63 - 1), shuffle=st.randoms())
def test_labels_are_even_within_a_block_and_the_same_in_any_order(blocks, n_labels, seed, shuffle) -> None:
    rows = [(f"u{place}", *block) for place, block in enumerate(blocks)]
    labels = [f"l{number}" for number in range(n_labels)]
    columns = ["unit_id", "organisation_id", "respondent_group"]
    drawn = draw_labels(pd.DataFrame(rows, columns=columns), labels, seed)
    joined = drawn.merge(pd.DataFrame(rows, columns=columns), on="unit_id")
    counts = joined.groupby(["organisation_id", "respondent_group"])["label"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=labels, fill_value=0)
    assert ((counts.max(axis=1) - counts.min(axis=1)) <= 1).all()
    shuffle.shuffle(rows)
    assert draw_labels(pd.DataFrame(rows, columns=columns), labels, seed).equals(drawn)


def test_a_unit_keeps_its_label_over_waves_and_another_seed_draws_others() -> None:
    units = pd.DataFrame(
        [(f"u{n}", f"o{n % 5}", "FRL") for n in range(100)] * 2,
        columns=["unit_id", "organisation_id", "respondent_group"],
    )
    first, second = draw_labels(units, LABELS, 1), draw_labels(units, LABELS, 2)
    assert len(first) == 100
    assert 20 < int((first["label"] != second["label"]).sum()) < 80


def test_a_model_compares_those_who_saw_different_words(folder: Path) -> None:
    code, drawn = draw(folder)
    assert (code, drawn["n_units"]) == (0, dict.fromkeys(LABELS, N_RESPONSES))
    path = folder / "models" / "trust.yaml"
    changed = "[teamwork, {variable: label_seen, use: category, reference: co_production}]"
    path.write_text(path.read_text(encoding="utf-8").replace("[teamwork, tenure]", changed), encoding="utf-8")
    study, store = bring_up_to_date(folder, {"out/fits/trust"})
    analysis, estimates = store.read(core.analysis(study)), store.read(out.ESTIMATES)
    stated = pd.read_csv(folder / "labels.csv").set_index("unit_id")["label"]
    expected = analysis["response_id"].map(lambda each: stated[each.partition("/")[2] or each])
    assert analysis["label_seen"].tolist() == expected.tolist()
    assert "label_seen[co_creation]" in set(estimates["term"])
    texts = release_texts(study, [("trust", "label_seen[co_creation]")])
    label = texts.loc[texts["kind"] == "term_label", "text"].iloc[0]
    assert label == "Word shown: co-creation"


def test_the_words_of_the_labels_stand_in_what_respondents_read() -> None:
    slot = library_labels()["COPROD"]
    instrument = load_instrument(LIBRARY / "frames.yaml")
    for label, word in zip(LABELS, ("co-production", "co-creation"), strict=True):
        seen = with_labels(instrument, {"COPROD": slot.labels[label]})
        assert {item for item, each in seen.items.items() if word in each.text["en"]} == {
            item for item, each in instrument.items.items() if "{COPROD}" in each.text["en"]
        }


def test_labels_once_drawn_are_not_drawn_over(folder: Path) -> None:
    draw(folder)
    before = (folder / "labels.csv").read_bytes()
    code, told = draw(folder)
    assert code != 0
    assert "--force draws them anew" in told["error"]
    draw(folder, "--force")
    assert (folder / "labels.csv").read_bytes() == before
    assert (folder / "labels.csv").stat().st_mode & 0o077 == 0


def test_a_run_without_drawn_labels_says_how_to_draw_them(folder: Path) -> None:
    with pytest.raises(UsageError, match="draw the labels with: sensemaking export labels"):
        bring_up_to_date(folder, {"core/labels_seen"})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "co_production"), ("a", "co_creation")], "row 3: the same unit_id stands in an earlier row"),
        ([("a", "co_production"), ("b", "cocreation")], "did you mean 'co_creation'?"),
        ([("a", "co_production"), ("b", "co_production")], "nobody of 2 units sees the label 'co_creation'"),
    ],
)
def test_a_wrong_list_is_refused(rows: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(ListError) as refused:
        read_labels_seen(pd.DataFrame(rows, columns=["unit_id", "label"]), LABELS)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("slot: COPROD", "slot: COPRD", "there is no slot 'COPRD'; did you mean 'COPROD'?"),
        ("co_creation]", "co_creatoin]", "there is no label 'co_creatoin'; did you mean 'co_creation'?"),
        ("co_creation]", "co_production]", "a label stands twice; name each once"),
        ("[co_production, co_creation]", "[co_creation]", "expected 2 or more entries, found 1"),
    ],
)
def test_a_wrong_section_is_a_fault_of_the_study(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_study(folder)
    assert message in str(refused.value)
