"""Fits made before and after responses were deleted on their platform: each comes again with what was known then."""

import datetime as dt

import pytest

from pipelines.load import load_study
from pipelines.pulling.remembered import record_deletions
from pipelines.store import Store
from pipelines.tables import core
from tests.command_line import sensemaking, table
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study


@pytest.mark.slow
def test_fits_from_before_and_after_deletions_come_again(tmp_path):
    folder = build_small_study(tmp_path / "small")
    study, store = bring_up_to_date(folder)
    responses = store.read(core.RESPONSES)
    gone = responses.loc[responses["wave"] == "autumn", "response_id"].str.removeprefix("autumn_staff/")[:3]
    before = main_fit(folder)
    place = {"source": "autumn_staff", "wave": "autumn"}
    record_deletions(Store(load_study(folder).warehouse), place, frozenset(gone), frozenset(), dt.datetime.now(dt.UTC))
    bring_up_to_date(folder)
    after = main_fit(folder)
    assert after["n_obs"] == before["n_obs"] - 3
    for fit in (before, after):
        ended = sensemaking("rerun", folder, fit["fit_id"], "--from-raw", "--json")
        assert ended.document["verdict"] == "identical"
    assert len(store.read(core.RESPONSES)) == len(responses) - 3
    assert study.name == "small"


def main_fit(folder):
    return table(folder, "out.fits").query("variant == 'main' and is_current").iloc[0]
