"""A study whose models of every kind weight for silence: made again, compared, reported, packaged, released."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.replication.refit import labels_from_json, recorded_model
from pipelines.fit_disclosure import packageable_fits, withheld_fits
from pipelines.steps.fit_designs import turned_back
from pipelines.steps.fit_silence import as_weighted
from tests.command_line import done, sensemaking, table
from tests.panel_study import people
from tests.replicated_study import MODEL, build_replicated_study
from tests.replication_script import reproduced_here
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

pytestmark = pytest.mark.slow
SAID = """\
estimator: {estimator}
outcome: {outcome}
focal: teamwork
regressors: [teamwork]
cluster: organisation_id
missing: {{method: response_weights, explained_by: [teamwork, tenure]}}
"""
OUTCOMES = {
    "ordered_logit": "TR_1",
    "ordered_probit": "TR_2",
    "multinomial": "area",
    "probit": "stays",
    "gee_linear": "trust",
    "gee_logit": "stays",
    "gee_poisson": "ideas",
}
SKIPPED = (["TR_1", "TR_2", "TR_3"], ["area"], ["stays"], ["ideas"])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a study of 24 organisations in which a fifth skips each question."""
    folder = build_replicated_study(tmp_path_factory.mktemp("silent") / "small", ())
    for name, outcome in OUTCOMES.items():
        text = MODEL.format(name=f"by_{name}") + SAID.format(estimator=name, outcome=outcome)
        if name.startswith("gee"):
            text += "working_correlation: independence\n"
        (folder / f"models/by_{name}.yaml").write_text(text, encoding="utf-8")
    said = folder / "study.yaml"
    names = ", ".join(f"by_{name}" for name in OUTCOMES)
    said.write_text(said.read_text(encoding="utf-8").replace("models: []", f"models: [{names}]"), encoding="utf-8")
    draw = np.random.default_rng(4)
    for wave in ("autumn", "spring"):
        rows = people(wave, 200)
        rows["organisation"] = [f"Kommune-{place % 24}" for place in range(len(rows))]
        rows["area"] = draw.choice(["Schools", "Health", "Roads"], len(rows))
        rows["stays"] = draw.choice(["No", "Yes"], len(rows), p=[0.4, 0.6])
        rows["ideas"] = [str(number) for number in draw.negative_binomial(2, 0.4, len(rows))]
        for skipped in SKIPPED:
            rows.loc[draw.random(len(rows)) < 0.2, skipped] = ""
        write_export(folder, f"{wave}.csv", rows)
    bring_up_to_date(folder)
    return folder


def fits(study: Path) -> pd.DataFrame:
    return table(study, "out.fits").set_index("estimator")


def test_every_fit_knows_that_weights_were_estimated(study: Path):
    found = fits(study)
    assert set(found.index) == set(OUTCOMES)
    assert (found["covariance"] == "stacked").all()
    told = table(study, "out.diagnostics").pivot(index="model", columns="diagnostic", values="value")
    assert (told["n_silent"] > 40).all()
    assert told["largest_weight"].between(1, 10).all()
    assert (told.loc[["by_gee_linear", "by_gee_logit", "by_gee_poisson"], "scale"] > 0).all()


@pytest.mark.parametrize("estimator", OUTCOMES)
def test_they_are_made_again_with_the_same_bits(study: Path, estimator: str):
    document = done(sensemaking("rerun", study, fits(study).loc[estimator, "fit_id"], "--json")).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_they_are_made_again_from_raw_and_compared(study: Path):
    names = [str(fits(study).loc[each, "fit_id"]) for each in ("probit", "gee_logit")]
    document = done(sensemaking("rerun", study, names[1], "--from-raw", "--json")).document
    assert document["verdict"] == "identical"
    assert "gee_logit" in done(sensemaking("compare", study, *names)).stdout


def test_a_release_and_a_package_show_them_where_nothing_follows(study: Path):
    found, store = bring_up_to_date(study)
    assert withheld_fits(found, store, "en") == {}
    assert packageable_fits(found, store, has_real_rows=True)[1] == {}


EXPECTED = {"gee_linear": lambda x: x, "gee_logit": lambda x: 1 / (1 + np.exp(-x)), "gee_poisson": np.exp}


@pytest.mark.parametrize("estimator", EXPECTED)
def test_estimating_equations_tell_weighted_sums(study: Path, estimator: str):
    _, store = bring_up_to_date(study)
    fit = fits(study).loc[estimator]
    terms = table(study, "out.estimates").query("fit_id == @fit.fit_id").set_index("term")["estimate"]
    spec, rows = as_weighted(recorded_model(fit.to_dict()), store.kept_rows(str(fit["data_hash"])))
    rows = rows[rows[spec.outcome].notna()]
    labels = labels_from_json(str(fit["labels_json"]))
    design = turned_back(spec, rows, labels, {"working_correlation": 0.0}, terms.to_dict())
    outcome = rows[spec.outcome].astype(float)
    told = EXPECTED[estimator](design.matrix.to_numpy() @ terms.reindex(design.matrix.columns).to_numpy())
    answered = (outcome == outcome.max()).to_numpy(float) if estimator == "gee_logit" else outcome.to_numpy()
    turned = design.turned.to_numpy()
    assert rows[str(spec.weights)].nunique() > 100
    assert turned.T @ told == pytest.approx(turned.T @ answered, rel=1e-6)


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_report_of_methods_names_the_covariance(study: Path, language: str, tmp_path: Path):
    asked = ("--methods", "--language", language, "--to", tmp_path)
    files = done(sensemaking("report", study, *asked, "--json")).document["files"]
    (page,) = [Path(each) for each in files if each.endswith(".html")]
    text = page.read_text(encoding="utf-8")
    assert "estimates with estimated weights of response" in text
    assert "of_stacked" not in text


@pytest.mark.parametrize("estimator", ["ordered_logit", "gee_linear"])
def test_the_workbench_shows_them(study: Path, estimator: str, pages):
    seen = pages("Models", fit=fits(study).loc[estimator, "fit_id"])
    assert "teamwork" in seen.tables["Estimates"]["term"].tolist()
    assert "response_auc" in set(seen.tables["Diagnostics"]["diagnostic"])


def test_a_package_of_real_rows_makes_the_same_numbers(study: Path, tmp_path: Path, capsys):
    folder = tmp_path / "package"
    done(sensemaking("export", "replication", study, "--out", folder, "--data", "deidentified", "--sign-off", "Board"))
    received = Path(shutil.copytree(folder, tmp_path / "received"))
    assert " 0 different" in done(reproduced_here(received, capsys)).stdout
    beside = pd.read_csv(received / "reproduced/beside_recorded.csv")
    assert {each.split(".")[0] for each in beside["fit_id"]} == {f"by_{name}" for name in OUTCOMES}
    assert beside["std_error_recorded"].to_numpy() == pytest.approx(beside["std_error_made_again"], abs=1e-9)
