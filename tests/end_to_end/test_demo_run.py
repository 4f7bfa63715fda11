"""The demonstration study run and released: every reader takes part, some organisations can be shown, some cannot."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.load import load_study
from pipelines.studies.demo.generate import write_demo_study
from tests.command_line import done, release_contents, sensemaking, table
from tests.pipelines.small_demo import SMALL

LEAST_VISIBLE = 20


def seen(folder: Path) -> pd.DataFrame:
    """Count, by group and wave, the organisations with as many analysed responses as a cell needs, and the others."""
    least = load_study(folder).spec.release.least_cell_size
    responses = table(folder, "core.responses")
    sizes = responses[responses["is_analysed"]].groupby(["respondent_group", "wave", "organisation_id"]).size()
    is_visible = (sizes >= least).groupby(["respondent_group", "wave"])
    return pd.DataFrame({"visible": is_visible.sum(), "hidden": is_visible.size() - is_visible.sum()})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_demo_study(tmp_path_factory.mktemp("home"), parameters=SMALL)
    done(sensemaking("run", folder))
    done(sensemaking("release", folder, "--sign-off", "Test"))
    return folder


@pytest.mark.long
@pytest.mark.slow
def test_a_small_demonstration_runs_through_every_reader_and_is_released_as_synthetic(small: Path):
    files = table(small, "raw.files")
    assert set(files["platform"]) == {"qualtrics", "limesurvey", "redcap", "kobo"}
    assert len(files) == 15
    assert table(small, "core.rejects").empty
    with duckdb.connect(small / "warehouse" / "study.duckdb", read_only=True) as connection:
        counted = connection.execute("SELECT count(*), count(other_response_id) FROM core.dyads").fetchone()
        named = connection.execute(
            "SELECT count(DISTINCT (organisation_id, wave)), count(*) FROM core.collaborations"
        ).fetchone()
    assert counted is not None
    assert counted[0] > counted[1] > 0
    assert named is not None
    assert named[0] <= named[1] <= 4 * named[0]
    released = release_contents(small)
    manifest = released["meta.manifest"].set_index("key")["value"]
    assert manifest["is_synthetic"] == "true"
    assert set(released["out.response_rates"]["respondent_group"]) == {"TOP", "MID", "FRL", "CIT", "PAR"}


@pytest.mark.long
@pytest.mark.slow
def test_in_the_shipped_demonstration_some_organisations_are_visible_in_every_wave_and_some_hidden(
    shipped_demonstration: Path,
):
    counts = seen(shipped_demonstration)
    for group in ("MID", "FRL", "CIT"):
        assert (counts.loc[group, "visible"] >= LEAST_VISIBLE).all(), counts.loc[group]
        assert (counts.loc[group, "hidden"] > 0).all()
    assert (counts.loc[["TOP", "PAR"], "visible"] == 0).all()
    pairs = table(shipped_demonstration, "out.discriminant").set_index("measurement")
    beliefs = pairs.loc["leadership_belief_measurement"]
    assert (beliefs["first_scale"], beliefs["htmt_below"]) == ("leadership_coproduction_belief", "met")
    assert 0 < beliefs["htmt_low"] < beliefs["htmt"] < beliefs["htmt_high"] < 0.85
