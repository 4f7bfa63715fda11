"""Releases in which the score of everybody is hidden though single organisations are asked for: they are still made."""

import duckdb
import numpy as np
import pytest

from dashboard.permission import WHOLE_RELEASE
from dashboard.queries import reader_of, unit_means
from pipelines.release import publish
from tests.pipelines.test_release_again import STEPS, UNITS
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, build_small_study, write_export

FIGURES = ["n_obs", "mean", "conf_low", "conf_high"]


@pytest.fixture
def folder(tmp_path):
    """A study that publishes means of organisations; its exports are written by each test."""
    folder = build_small_study(tmp_path / "small", waves=())
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("release: {least_cell_size: 10, languages: [en]}", UNITS))
    return folder


def released(folder):
    """Publish; return the means of units and of scales."""
    study, store = bring_up_to_date(folder, STEPS)
    with duckdb.connect(publish(study, store, "Test").path, read_only=True) as connection:
        return [connection.sql(f"SELECT * FROM out.{name}").df() for name in ("unit_means", "scale_means")]


@pytest.mark.slow
def test_of_two_organisations_both_are_shown_and_nothing_of_everybody(folder):
    table = answers("spring", n_responses=40)
    write_export(folder, "spring.csv", table.assign(organisation=np.where(table.index < 15, "small", "large")))
    units, scales = released(folder)
    is_everybody = units["level"] == "all"
    assert (units["is_hidden"].astype(bool) == is_everybody).all()
    assert set(units.loc[~is_everybody, "unit"]) == {"small", "large"}
    assert scales["is_hidden"].all()
    assert units.loc[is_everybody, FIGURES].isna().all(axis=None)
    assert scales[FIGURES].isna().all(axis=None)
    shown = reader_of(folder / "releases").shown(WHOLE_RELEASE)
    assert len(unit_means(shown.release, "FRL", "spring")) == len(units)


def test_a_wave_of_few_answers_is_hidden_beside_one_of_many(folder):
    write_export(folder, "autumn.csv", answers("autumn", n_responses=110).assign(organisation=list("abcde") * 22))
    write_export(folder, "spring.csv", answers("spring", n_responses=6).assign(organisation=list("abcabc")))
    units, scales = released(folder)
    for rows in (units, scales):
        is_spring = rows["wave"] == "spring"
        assert rows.loc[is_spring, "is_hidden"].all()
        assert rows.loc[is_spring, FIGURES].isna().all(axis=None)
        assert not rows.loc[~is_spring, "is_hidden"].any()
