"""A study that shows means of organisations and has a model of corrected ones: when its interval is released."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from pipelines import fits_beside_units
from pipelines.release import preview
from tests.run_steps import bring_up_to_date
from tests.small_study import ITEMS, LABELS, answers, build_small_study, write_export

pytestmark = pytest.mark.slow
MEAN = "{variable: teamwork, use: organisation_mean}"
VARIANT = f"""\
  - name: corrected
    cluster: organisation_id
    covariance: jackknife
    corrected: [teamwork]
    focal: {MEAN}
    regressors: [{MEAN}]
"""
UNITS = "release: {least_cell_size: 10, languages: [en], units: {respondent_groups: [FRL], scales: [teamwork]}}"
LARGE, SMALL = 14, 7
TELLS = "the mean of a hidden organisation would follow from it and the means that are shown"


def built(folder: Path, n_small: int) -> Path:
    """Write a study of 26 organisations that are shown and some that are too small for it, and run it."""
    study = build_small_study(folder / "small", waves=())
    sizes = np.array([LARGE] * 26 + [SMALL] * n_small)
    rng = np.random.default_rng(4)
    level = rng.permutation(np.linspace(2.2, 3.8, len(sizes)))
    own = np.repeat(level, sizes)[:, None] + rng.normal(0, 0.8, (int(sizes.sum()), 1))
    codes = np.clip(np.rint(own + rng.normal(0, 0.6, (len(own), len(ITEMS)))), 1, 5).astype(int)
    table = answers("spring", n_responses=len(own))
    table[list(ITEMS)] = np.array(LABELS)[codes - 1]
    table["TR_3"] = np.array(LABELS)[5 - codes[:, -1]]
    table["organisation"] = np.repeat([f"o{place:02d}" for place in range(len(sizes))], sizes)
    write_export(study, "spring.csv", table)
    model, said = study / "models/trust.yaml", study / "study.yaml"
    model.write_text(model.read_text(encoding="utf-8") + VARIANT, encoding="utf-8")
    text = said.read_text(encoding="utf-8")
    said.write_text(text.replace("release: {least_cell_size: 10, languages: [en]}", UNITS), encoding="utf-8")
    bring_up_to_date(study)
    return study


def withheld(study: Path) -> dict[str, str]:
    found, store = bring_up_to_date(study)
    return {name.split(".")[1]: why for name, why in preview(found, store).withheld_fits.items()}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("few"), 2)


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_an_interval_is_released_that_two_hidden_means_follow_from(few: Path, is_on: bool):
    """Of the outcome no organisation is shown, so that no sum of it tells anything."""
    if is_on:
        assert withheld(few) == {"corrected": TELLS}
        return
    with patch.object(fits_beside_units, "_told_by_intervals", lambda *_: {}):
        assert withheld(few) == {}


def test_beside_more_hidden_organisations_it_is_released(tmp_path: Path):
    assert withheld(built(tmp_path, 6)) == {}
