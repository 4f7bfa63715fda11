"""A study with figures of the population: recorded, made again, compared, planned, told, withheld with a reason."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.means import means
from models.survey_design.stages import Stage
from pipelines.fit_disclosure import packageable_fits, withheld_fits
from pipelines.load import load_study
from pipelines.release import preview
from pipelines.steps.plan_content import fit_content, frozen_model
from tests.command_line import done, sensemaking, table
from tests.replicated_study import build_replicated_study
from tests.replication_script import reproduced
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow
VARIANTS = ("main", "jackknifed", "drawn_again", "quartiles", "by_idea")
WAVES = ("autumn", "spring")
PACKAGED = {"main", "jackknifed", "quartiles", "by_idea"}
MADE = "reproduced/estimates.csv"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_replicated_study(tmp_path_factory.mktemp("figures") / "small", ("everybody",))
    bring_up_to_date(folder)
    return folder


def fit_of(study: Path, variant: str) -> str:
    return table(study, "out.fits").set_index("variant").loc[variant, "fit_id"]


def test_a_recorded_mean_is_that_of_the_interface(study: Path):
    fits, estimates = table(study, "out.fits"), table(study, "out.estimates")
    assert set(fits["variant"]) == set(VARIANTS)
    own = estimates[estimates["fit_id"] == fit_of(study, "main")].sort_values("position")
    assert list(own["term"]) == ["trust", "area[Schools]", "area[Health]", "area[Roads]"]
    rows = table(study, "core.analysis").dropna(subset=["trust", "area", "organisation_id"])
    design = build_survey_design([1.0] * len(rows), [Stage(rows["organisation_id"].to_numpy())])
    found = linearised_estimate(design, means(["trust"], rows[["trust"]].to_numpy(dtype=float)))
    assert own["estimate"].iloc[0] == pytest.approx(found.estimates[0])
    assert own["std_error"].iloc[0] == pytest.approx(found.std_errors[0])
    assert own["p_value"].isna().all()
    (row,) = table(study, "out.joint_tests").query(f"fit_id == '{fit_of(study, 'main')}'").to_dict("records")
    assert (row["regressor"], row["df_num"]) == ("area", 2)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_each_is_made_again_with_the_same_bits(study: Path, variant: str, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, fit_of(study, variant), "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_two_of_them_are_compared(study: Path):
    told = done(sensemaking("compare", study, fit_of(study, "main"), fit_of(study, "jackknifed"))).stdout
    assert "unit_jackknife" in told
    assert "area[Schools]" in told


def test_a_terminal_and_tables_say_what_was_found(study: Path, tmp_path: Path):
    told = " ".join(done(sensemaking("fit", study, "everybody")).stdout.split())
    assert "M = " in told
    done(sensemaking("tables", study, "--private", "--out", tmp_path / "tables"))
    written = (tmp_path / "tables" / "tables.html").read_text(encoding="utf-8")
    assert "Means of the population" in written
    assert "Quantile 0.5" in written
    assert "jackknife over sampled units" in written


def test_figures_are_no_tests_of_a_family(study: Path):
    found = done(sensemaking("fits", study, "--json")).document
    assert {each["focal_p_holm"] for each in found} == {None}


def test_a_lock_freezes_the_figures(study: Path):
    frozen = frozen_model(load_study(study), "everybody")
    contents = {name: fit_content(frozen, name, WAVES) for name in VARIANTS}
    assert contents["main"]["model"]["figures"] == {"by": "area", "per": None, "shares": [0.25, 0.5, 0.75], "only": {}}
    assert contents["by_idea"]["model"]["figures"]["only"] == {"area": [1, 2]}
    assert {"area", "ideas"} <= {*contents["by_idea"]["items"]}


REPLICATED = "figures of a population with errors from parts of its sample"
WITHHELD = {
    "en": {"jackknifed": REPLICATED, "drawn_again": REPLICATED, "quartiles": "quantiles, which are answers"},
    "da": {"quartiles": "fraktiler, som er enkelte personers svar", "jackknifed": "tal for en population"},
}


@pytest.mark.parametrize("language", ["en", "da"])
def test_a_release_shows_means_and_withholds_other_figures_with_a_reason(study: Path, language: str):
    found, store = bring_up_to_date(study)
    withheld = withheld_fits(found, store, language)
    assert set(withheld) == {fit_of(study, name) for name in ("jackknifed", "drawn_again", "quartiles")}
    for variant, said in WITHHELD[language].items():
        assert withheld[fit_of(study, variant)].startswith(said)


def test_of_one_outcome_a_release_shows_one_model_of_figures(study: Path):
    withheld = preview(*bring_up_to_date(study)).withheld_fits
    assert fit_of(study, "main") not in withheld
    assert withheld[fit_of(study, "by_idea")].startswith("figures of an outcome of which this release")


@pytest.mark.parametrize(("has_real_rows", "kept"), [(True, PACKAGED), (False, PACKAGED - {"quartiles"})])
def test_a_package_holds_figures_but_no_single_answers_without_rows(study: Path, has_real_rows: bool, kept: set[str]):
    found, store = bring_up_to_date(study)
    names, withheld = packageable_fits(found, store, has_real_rows=has_real_rows)
    assert set(names) == {fit_of(study, name) for name in kept}
    assert "drawn otherwise" in withheld[fit_of(study, "drawn_again")]
    if not has_real_rows:
        assert withheld[fit_of(study, "quartiles")] == (
            "quantiles, which are answers of single people and go with real rows only"
        )


@pytest.mark.parametrize("kind", ["deidentified", "synthetic"])
def test_the_script_of_a_package_makes_figures_again(study: Path, tmp_path: Path, kind: str):
    signed = ("--sign-off", "Data Board") if kind == "deidentified" else ()
    package = tmp_path / "package"
    done(sensemaking("export", "replication", study, "--out", package, "--data", kind, *signed))
    fits = pd.read_csv(package / "results/recorded/fits.csv")
    assert set(fits["variant"]) == (PACKAGED if kind == "deidentified" else PACKAGED - {"quartiles"})
    assert "0 within 1e-9, 0 different" in done(reproduced(package)).stdout
    recorded, made = (pd.read_csv(package / place) for place in ("results/recorded/estimates.csv", MADE))
    key = ["fit_id", "term"]
    both = recorded.merge(made, on=key, suffixes=("_then", "_now"))
    assert len(both) == len(recorded) == len(made)
    if kind == "deidentified":
        np.testing.assert_allclose(both["std_error_then"], both["std_error_now"], rtol=1e-12)
    else:
        assert (both["std_error_then"] - both["std_error_now"]).abs().max() > 1e-3
