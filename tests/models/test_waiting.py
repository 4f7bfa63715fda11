"""Files of what waits for an estimator: told apart from models, checked like them, faults named."""

from pathlib import Path

import pytest

from instruments.faults import SpecError
from models.load import kind_of, read_waiting
from pipelines.load import load_study
from tests.small_study import build_small_study

WAITING = """\
name: later
kind: waiting
code: H9
title: {en: What waits}
parts:
  - {estimand: The path through trust., needs: [latent_surface]}
  - {estimand: The same of managers., needs: [latent_surface, latent_surface]}
"""


def write(folder: Path, text: str = WAITING) -> Path:
    path = folder / "later.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_waiting_file_names_each_estimator_once(tmp_path: Path) -> None:
    path = write(tmp_path)
    waiting, document = read_waiting(path)
    assert kind_of(path) == "waiting"
    assert document.faults == []
    assert waiting is not None
    assert waiting.needs() == ("latent_surface",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("needs: [latent_surface]", "needs: [latent_surfaces]", "did you mean 'latent_surface'?"),
        ("name: later", "name: sooner", "the file is called later.yaml; expected name: later"),
        ("code: H9\n", "", "this key is missing; add it"),
        ("needs: [latent_surface]", "needs: []", "expected 1 or more entries, found 0"),
    ],
)
def test_a_fault_of_a_waiting_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    _, document = read_waiting(write(tmp_path, WAITING.replace(old, new)))
    assert [message for fault in document.faults if message in fault.message] == [message]


def test_a_study_may_name_its_own_and_it_is_no_model_to_estimate(tmp_path: Path) -> None:
    folder = build_small_study(tmp_path / "small")
    write(folder / "models")
    study_file = folder / "study.yaml"
    study_file.write_text(study_file.read_text(encoding="utf-8").replace("[trust]", "[trust, later]"), encoding="utf-8")
    study = load_study(folder)
    assert (list(study.models), list(study.waiting)) == (["trust"], ["later"])


def test_a_faulty_waiting_file_of_the_study_is_a_fault_of_the_study(tmp_path: Path) -> None:
    folder = build_small_study(tmp_path / "small")
    write(folder / "models", WAITING.replace("kind: waiting", "kind: waiting\ncolour: blue"))
    with pytest.raises(SpecError, match="unknown key"):
        load_study(folder)


def test_a_mean_of_a_group_that_the_study_does_not_have_is_a_fault(tmp_path: Path) -> None:
    folder = build_small_study(tmp_path / "small")
    model = folder / "models" / "trust.yaml"
    changed = "[teamwork, {variable: teamwork, use: organisation_mean, of: MDI}]"
    model.write_text(model.read_text(encoding="utf-8").replace("[teamwork, tenure]", changed), encoding="utf-8")
    with pytest.raises(SpecError, match="there is no respondent group 'MDI'"):
        load_study(folder)
