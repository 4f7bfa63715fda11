"""A whole study with planted straight lines: flagged, never deleted, and every figure with and without them."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.assets.graph import steps_of
from pipelines.assets.raw import begun_waves
from pipelines.assets.screening import notes
from pipelines.assets.step import Task, run_step
from pipelines.commands.reruns import rerun
from pipelines.load import Study, load_study
from pipelines.release import publish
from pipelines.store import Store
from pipelines.tables import core, out
from pipelines.tables.screening import EXCLUDED, EXCLUSIONS, QUALITY_FLAGS, SCREENING
from tests.small_study import ITEMS, answers, build_small_study, write_export

PLANTED = ("autumn-3", "autumn-5", "autumn-7")
SCREENING_SECTION = """\
screening:
  attention_checks:
    TR_2: {expected: [3, 4, 5], because: planted}
  exclusions:
    straight:
      any_of: [straight_line]
      because: the same answer to items that contradict one another
      declared_on: 2026-01-15
"""


def export(*, without: tuple[str, ...] = ()) -> pd.DataFrame:
    table = answers("autumn")
    table.loc[table["id"].isin(PLANTED), list(ITEMS)] = "Neither"
    return table[~table["id"].isin(without)]


def run(folder: Path, table: pd.DataFrame, section: str) -> tuple[Study, Store]:
    build_small_study(folder, waves=())
    write_export(folder, "autumn.csv", table)
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + section, encoding="utf-8")
    study = load_study(folder)
    store = Store(study.warehouse)
    for step in steps_of(study):
        for wave in ["autumn"] if step.by_wave else [""]:
            run_step(step, Task(study, store, wave), "test")
    assert begun_waves(study, store) == ["autumn"]
    return study, store


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Store]:
    return run(tmp_path_factory.mktemp("screened") / "small", export(), SCREENING_SECTION)


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same study from an export that never held the planted responses."""
    return run(tmp_path_factory.mktemp("dropped") / "small", export(without=PLANTED), "")[1]


@pytest.fixture(scope="module")
def unscreened(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return run(tmp_path_factory.mktemp("plain") / "small", export(), "")[1]


def estimates(store: Store, variant: str) -> pd.DataFrame:
    found = store.read(out.ESTIMATES)
    columns = ["term", "estimate", "std_error", "df", "p_value"]
    return found[found["variant"] == variant].sort_values("term")[columns].reset_index(drop=True)


def test_planted_straight_lines_are_flagged_and_stay_analysed(screened):
    _, store = screened
    flags = store.read(QUALITY_FLAGS)
    QUALITY_FLAGS.schema().validate(flags)
    lines = flags[(flags["check_name"] == "straight_line") & flags["is_flagged"].fillna(value=False).astype(bool)]
    assert sorted(lines["response_id"]) == [f"autumn_staff/{each}" for each in PLANTED]
    responses = store.read(core.RESPONSES)
    assert responses["is_analysed"].all()
    assert len(responses) == len(store.read(core.analysis(screened[0]))) == 40
    assert sorted(store.read(EXCLUSIONS)["response_id"]) == sorted(lines["response_id"])


def test_a_model_is_fitted_with_and_without_and_each_says_which(screened):
    fits = screened[1].read(out.FITS).set_index("variant")
    assert set(fits.index) == {"main", "classical", "without_straight", "classical_without_straight"}
    assert fits.loc["main", "n_obs"] - fits.loc["without_straight", "n_obs"] == len(PLANTED)


@pytest.mark.parametrize(
    ("variant", "counterpart"), [("without_straight", "main"), ("classical_without_straight", "classical")]
)
def test_estimates_without_are_those_of_a_study_that_never_had_them(screened, dropped, variant, counterpart):
    pd.testing.assert_frame_equal(estimates(screened[1], variant), estimates(dropped, counterpart))


def test_screening_changes_nothing_of_the_main_fit(screened, unscreened):
    for variant in ("main", "classical"):
        pd.testing.assert_frame_equal(estimates(screened[1], variant), estimates(unscreened, variant), check_exact=True)


@pytest.mark.parametrize(
    "table", [out.SCALE_MEANS, out.RELIABILITY, out.ITEMS, out.AGREEMENT, out.DISTRIBUTIONS], ids=lambda each: each.name
)
def test_figures_are_given_for_all_and_again_without(screened, dropped, unscreened, table):
    found = screened[1].read(table)
    for rule, other in (("straight", dropped), ("", unscreened)):
        own = found[found["exclusions"] == rule].drop(columns="exclusions").reset_index(drop=True)
        expected = other.read(table).drop(columns="exclusions")
        key = [name for name in table.key if name != "exclusions"]
        ordered = [each.sort_values(key).reset_index(drop=True) for each in (own, expected)]
        pd.testing.assert_frame_equal(*ordered)


def test_a_fit_without_is_made_again_bit_by_bit(screened):
    study, store = screened
    fits = store.read(out.FITS)
    (fit_id,) = fits.loc[fits["variant"] == "without_straight", "fit_id"]
    assert rerun(study, fit_id).verdict == "identical"


def test_reports_count_flags_and_exclusions(screened):
    _, store = screened
    report = store.read(SCREENING).set_index("check_name")
    assert report.loc["straight_line", "n_flagged"] == len(PLANTED)
    (row,) = store.read(EXCLUDED).to_dict("records")
    assert (row["exclusions"], row["n_responses"], row["n_excluded"]) == ("straight", 40, 3)
    (note,) = notes(store.read(QUALITY_FLAGS))
    assert note.startswith("wave autumn: flagged as possibly careless, of 40 analysed responses: ")
    assert "straight_line 3" in note


def test_nothing_about_flags_leaves_with_a_release(screened):
    study, store = screened
    released = publish(study, store, "Test")
    content = released.path.read_bytes()
    for text in (b"straight_line", b"quality_flags", b"superseded_by", b"core.exclusions"):
        assert text not in content
    withheld = [fit for fit in released.withheld_fits if ".without_straight." in fit]
    assert len(withheld) == 1, "three people fewer than the main fit would give their answers away"
