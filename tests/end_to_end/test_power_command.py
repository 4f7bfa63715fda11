"""``sensemaking power``: the chances of the design at hand by formula and by drawn studies, and what it refuses."""

import re
import shutil
from pathlib import Path

import pytest
from scipy import stats

from tests.command_line import content_hashes, done, sensemaking, table


@pytest.fixture(scope="module")
def clustered(finished_small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study with its model clustered on organisations, run again; not to be changed."""
    folder = Path(shutil.copytree(finished_small_study, tmp_path_factory.mktemp("power") / "small"))
    model = folder / "models" / "trust.yaml"
    written = model.read_text(encoding="utf-8")
    model.write_text(written.replace("covariance: HC3\n", "cluster: organisation_id\n"), encoding="utf-8")
    done(sensemaking("run", folder))
    return folder


def of_model(study: Path, *more: object):
    return done(sensemaking("power", study, "trust", *more, "--json")).document


def test_by_formula_it_is_the_noncentral_t_of_the_fit_s_own_standard_error(finished_small_study):
    told = of_model(finished_small_study, "--variant", "classical", "--effect", "0.1", "--effect", "-0.4")
    estimates = table(finished_small_study, "out.estimates")
    own = estimates[(estimates["variant"] == "classical") & (estimates["term"] == "teamwork")].iloc[0]
    critical = stats.t.ppf(0.975, own["df"])
    for row, effect in zip(told["power"], (0.1, -0.4), strict=True):
        nc = effect / own["std_error"]
        expected = stats.nct.sf(critical, own["df"], nc) + stats.nct.cdf(-critical, own["df"], nc)
        assert (row["term"], row["effect"], row["std_error"]) == ("teamwork", effect, own["std_error"])
        assert row["power_by_formula"] == pytest.approx(expected, abs=1e-8)
        least = row["minimum_detectable"] / own["std_error"]
        reached = stats.nct.sf(critical, own["df"], least) + stats.nct.cdf(-critical, own["df"], least)
        assert reached == pytest.approx(0.8, abs=1e-6)


def test_where_no_studies_are_drawn_the_reason_stands_beside_the_formula(finished_small_study):
    told = of_model(finished_small_study, "--effect", "0.2")
    assert (told["n_clusters"], told["intraclass"], told["power"][0]["power_simulated"]) == (None, None, None)
    assert "cluster" in told["note"]
    shown = done(sensemaking("power", finished_small_study, "trust", "--effect", "0.2"))
    assert told["note"] in re.sub(r"\s+", " ", shown.stdout)
    assert f"trust (main): n = {told['n_obs']}" in shown.stdout


def test_studies_are_drawn_with_the_clusters_of_the_fit_and_the_same_ones_again(clustered):
    before = content_hashes(clustered)
    told = of_model(clustered, "--effect", "0", "--effect", "2", "--draws", "400")
    fit = table(clustered, "out.fits").query("variant == 'main' and is_current").iloc[0]
    assert (told["n_obs"], told["n_clusters"], told["draws"]) == (fit["n_obs"], fit["n_clusters"], 400)
    assert 0 <= told["intraclass"] < 1
    none, large = told["power"]
    assert none["power_by_formula"] == pytest.approx(0.05, abs=1e-9)
    assert abs(none["power_simulated"] - 0.05) < 4 * (0.05 * 0.95 / 400) ** 0.5
    assert large["power_simulated"] > 0.99 < large["power_by_formula"]
    share = none["power_simulated"]
    assert none["simulation_error"] == pytest.approx((share * (1 - share) / 400) ** 0.5)
    assert of_model(clustered, "--effect", "0", "--effect", "2", "--draws", "400") == told
    assert content_hashes(clustered) == before


def test_without_an_effect_shares_of_the_outcome_s_spread_are_taken(clustered):
    told = of_model(clustered, "--draws", "100")
    spread = table(clustered, "core.analysis")[["trust", "teamwork", "tenure"]].dropna()["trust"].std()
    assert [row["effect"] for row in told["power"]] == pytest.approx([0.1 * spread, 0.2 * spread, 0.5 * spread])
    powers = [row["power_by_formula"] for row in told["power"]]
    assert powers == sorted(powers)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["trst"], "there is no current fit of trst (main)"),
        (["trust", "--variant", "classic"], "did you mean 'trust (classical)'?"),
        (["trust", "--draws", "99"], "Invalid value for '--draws'"),
        (["trust", "--effect", "small"], "Invalid value for '--effect'"),
        ([], "Missing argument 'model'"),
    ],
)
def test_wrong_use_is_told_and_ends_with_two(finished_small_study, arguments, told):
    ended = sensemaking("power", finished_small_study, *arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert told in re.sub(r"\s+", " ", ended.stderr)
