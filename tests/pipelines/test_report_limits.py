"""What figures do not say stands in every release: cause, contribution, other contexts, surveys, funding, selection."""

from pathlib import Path

import pytest

from pipelines.load import load_study
from pipelines.release import waves_without_inference
from pipelines.steps.release_texts import release_texts
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

LIMITS = ["no_single_cause", "contribution", "transportability", "survey", "prescriptive", "funding"]
CHOSEN = "unit_id,wave,selection\na,autumn,purposive\nb,spring,census\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_small_study(tmp_path / "small")


def limits(folder: Path, waves: tuple[str, ...] = ()) -> dict[tuple[str, str], str]:
    texts = release_texts(load_study(folder), [], waves)
    found = texts[texts["kind"] == "limit"]
    return dict(zip(zip(found["name"], found["language"], strict=True), found["text"], strict=True))


def test_every_release_says_what_its_figures_do_not_say_in_both_languages(folder: Path) -> None:
    found = limits(folder)
    assert [name for name, language in found if language == "en"] == LIMITS
    assert [name for name, language in found if language == "da"] == LIMITS
    assert "no figure here names a single cause" in found["no_single_cause", "en"]
    assert found["funding", "en"] == "The study does not state how it was funded."


def test_the_study_states_its_funding(folder: Path) -> None:
    path = folder / "study.yaml"
    stated = "languages: [en], funding: {en: This research received no specific grant.}"
    path.write_text(path.read_text(encoding="utf-8").replace("languages: [en]", stated), encoding="utf-8")
    assert limits(folder)["funding", "en"] == "This research received no specific grant."


def test_a_wave_that_was_not_drawn_is_named_as_one_that_nothing_is_inferred_from(folder: Path) -> None:
    (folder / "sample.csv").write_text(CHOSEN, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "casework: {sample: sample.csv}\n", encoding="utf-8")
    study, store = bring_up_to_date(folder, {"core/sample_register"})
    waves = waves_without_inference(study, store)
    assert waves == ["autumn"]
    found = limits(folder, tuple(waves))
    assert found["selection", "en"].startswith("In Autumn not every unit was taken or drawn at random")
    assert ("selection", "en") not in limits(folder)
