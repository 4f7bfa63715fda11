"""A study with a model of paths: recorded, made again with the same bits, compared, planned, not released."""

from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines import fit_disclosure
from pipelines.fit_disclosure import packageable_fits, withheld_fits
from pipelines.load import load_study
from pipelines.steps.plan_content import fit_content, frozen_model
from tests.command_line import done, sensemaking, table
from tests.replicated_study import build_replicated_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow
VARIANTS = ("main", "resampled", "both", "waves")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_replicated_study(tmp_path_factory.mktemp("paths") / "small", ("through",))
    bring_up_to_date(folder)
    return folder


def fit_of(study: Path, variant: str) -> str:
    return table(study, "out.fits").set_index("variant").loc[variant, "fit_id"]


def test_effects_paths_and_the_other_intervals_are_recorded(study: Path):
    assert set(table(study, "out.fits")["variant"]) == set(VARIANTS)
    estimates, readings = table(study, "out.estimates"), table(study, "out.readings")
    own = estimates[estimates["fit_id"] == fit_of(study, "main")].sort_values("position")
    effects = ["indirect: teamwork -> tenure -> trust", "direct: teamwork -> trust", "total: teamwork -> trust"]
    assert list(own["term"].head(3)) == effects
    assert "tenure <- teamwork" in set(own["term"])
    told = readings[readings["fit_id"] == fit_of(study, "main")]
    assert set(told["reading"]) == {"interval_delta", "share_of_total"}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_each_is_made_again_with_the_same_bits(study: Path, variant: str, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, fit_of(study, variant), "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_two_of_them_are_compared(study: Path):
    told = done(sensemaking("compare", study, fit_of(study, "main"), fit_of(study, "resampled"))).stdout
    assert "paths" in told
    assert "indirect: teamwork" in told


def test_the_family_is_that_of_the_indirect_effect(study: Path):
    found = {each["fit_id"]: each for each in done(sensemaking("fits", study, "--json")).document}
    estimates = table(study, "out.estimates").set_index(["fit_id", "term"])
    fit_id = fit_of(study, "main")
    assert found[fit_id]["focal_p"] == estimates.loc[(fit_id, "indirect: teamwork -> tenure -> trust"), "p_value"]


def test_a_lock_freezes_the_paths(study: Path):
    frozen = frozen_model(load_study(study), "through")
    contents = {name: fit_content(frozen, name, ("autumn", "spring")) for name in VARIANTS}
    assert contents["main"]["model"]["paths"] != contents["resampled"]["model"]["paths"]
    assert contents["both"]["model"]["paths"]["other_outcome"]["variable"] == "tenure"
    assert "tenure" in contents["both"]["items"]


WITHOUT_WORDS = {
    "en": "paths between several variables, for which the dashboard has no words",
    "da": "stier mellem flere variable, som dashboardet ikke har ord for",
}
OVER_WAVES = {
    "en": "paths over waves, which beside fits of single waves would tell of the few who left or joined",
    "da": "stier gennem runder, som ved siden af estimationer af enkelte runder ville fortælle om de få, der faldt fra "
    "eller kom til",
}


@pytest.mark.parametrize("language", ["en", "da"])
def test_a_release_would_withhold_paths_over_waves_with_a_reason(study: Path, language: str):
    found, store = bring_up_to_date(study)
    withheld = withheld_fits(found, store, language)
    assert withheld == {fit_of(study, "waves"): f"{WITHOUT_WORDS[language]}; {OVER_WAVES[language]}"}


def test_a_package_holds_those_that_lack_words_only_and_are_not_drawn_anew(study: Path):
    found, store = bring_up_to_date(study)
    kept, withheld = packageable_fits(found, store, has_real_rows=False)
    assert set(kept) == {fit_of(study, name) for name in ("main", "both")}
    assert withheld[fit_of(study, "resampled")] == (
        "intervals from resampled rows, which are drawn otherwise from the rows of a package"
    )
    assert withheld[fit_of(study, "waves")] == OVER_WAVES["en"]


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_what_is_behind_the_rows_a_fit_that_one_organisation_decides_is_packaged(study: Path, is_on: bool):
    found, store = bring_up_to_date(study)
    decided = {"row_leverage": 0.3, "unit_leverage": 0.95 if is_on else 0.3}
    with patch.object(fit_disclosure, "behind_a_fit", lambda *_: decided):
        kept, _ = packageable_fits(found, store, has_real_rows=False)
    assert (fit_of(study, "main") in kept) != is_on


def test_a_terminal_says_what_was_found_of_the_indirect_effect(study: Path):
    told = done(sensemaking("fit", study, "through")).stdout
    assert "Indirect: teamwork" in " ".join(told.split()) or "indirect: teamwork" in " ".join(told.split())
