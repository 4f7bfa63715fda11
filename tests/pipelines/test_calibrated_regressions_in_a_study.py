"""A study whose weights are raked, and regressions that know of it: made again, compared, withheld, told in reports."""

from pathlib import Path

import pytest

from pipelines.fit_disclosure import packageable_fits, withheld_fits
from tests.command_line import done, sensemaking, table
from tests.replicated_study import MODEL, build_replicated_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow
MARGINS = """\
weights:
  calibration:
    margins: {FRL: {area: {'1': 500, '2': 300, '3': 200}, stays: {'0': 450, '1': 550}}}
    because: SYNTHETIC
"""
SAID = """\
estimator: ESTIMATOR
outcome: OUTCOME
focal: teamwork
regressors: [teamwork, tenure, {variable: stays, use: category}]
weights: calibrated_weight
design: {clusters: organisation_id, calibrated: [area, stays]}
variants:
  - {name: as_given, design: {clusters: organisation_id}}
"""
KINDS = {"trusting": ("linear", "trust"), "leaving": ("logit", "stays"), "agreeing": ("ordered_logit", "TR_1")}
WITHHELD = "errors of calibrated weights, with no rule on what rows of people who are not behind the figure tell"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_replicated_study(tmp_path_factory.mktemp("calibrated") / "small", ())
    for name, (estimator, outcome) in KINDS.items():
        text = MODEL.format(name=name) + SAID.replace("ESTIMATOR", estimator).replace("OUTCOME", outcome)
        if outcome == "stays":
            text = text.replace(", {variable: stays, use: category}", ", {variable: area, use: category}")
        (folder / f"models/{name}.yaml").write_text(text, encoding="utf-8")
    said = folder / "study.yaml"
    text = said.read_text(encoding="utf-8").replace("models: []", f"models: [{', '.join(KINDS)}]")
    said.write_text(text + MARGINS, encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def fits(study: Path):
    return table(study, "out.fits").set_index(["model", "variant"])


@pytest.mark.parametrize("model", KINDS)
def test_coefficients_stay_and_errors_know_the_margins(study: Path, model: str):
    rows = table(study, "out.estimates")
    rows = rows[rows["model"] == model].set_index("term")
    known, given = (rows[rows["variant"] == variant] for variant in ("main", "as_given"))
    assert list(given.index) == list(known.index)
    assert known["estimate"].astype(float).to_numpy() == pytest.approx(given["estimate"].astype(float).to_numpy())
    apart = known["std_error"].astype(float) / given["std_error"].astype(float)
    assert apart.between(0.3, 1.5).all()
    assert not apart.between(0.99999, 1.00001).any()
    told = table(study, "out.diagnostics").set_index(["model", "variant", "diagnostic"])["value"]
    for name in ("n_organisations", "n_clusters", "share_of_responses_used"):
        assert told[model, "main", name] == told[model, "as_given", name]
    assert fits(study)["n_obs"][model, "main"] == fits(study)["n_obs"][model, "as_given"]


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_they_are_made_again_with_the_same_bits(study: Path, model: str, options: tuple[str, ...]):
    name = str(fits(study)["fit_id"][model, "main"])
    document = done(sensemaking("rerun", study, name, "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_they_are_compared_with_those_that_do_not_know(study: Path):
    names = [str(fits(study)["fit_id"]["trusting", variant]) for variant in ("as_given", "main")]
    assert "calibrated" in done(sensemaking("compare", study, *names)).stdout


def test_no_release_and_no_package_holds_them(study: Path):
    found, store = bring_up_to_date(study)
    names = {str(fits(study)["fit_id"][model, "main"]) for model in KINDS}
    withheld = withheld_fits(found, store, "en")
    assert {name for name, why in withheld.items() if WITHHELD in why} == names
    assert names <= set(packageable_fits(found, store, has_real_rows=True)[1])


@pytest.mark.parametrize("model", KINDS)
def test_the_workbench_shows_them_and_pictures_are_drawn(study: Path, model: str, pages, tmp_path: Path):
    name = str(fits(study)["fit_id"][model, "main"])
    seen = pages("Models", fit=name)
    assert "teamwork" in seen.tables["Estimates"]["term"].tolist()
    assert done(sensemaking("pictures", study, name, "--out", tmp_path / "pictures")).stdout


def test_a_report_of_methods_says_what_the_errors_know(study: Path, tmp_path: Path):
    done(sensemaking("report", study, "--methods", "--to", tmp_path))
    text = next(tmp_path.rglob("*en*.html")).read_text(encoding="utf-8")
    assert "errors of what is left when weights are calibrated to" in text
    assert "regressions of calibrated weights" in text
    assert "less what the weights are calibrated to explains" in text
