"""A study whose weights meet a total of numbers beside a margin: R's weights and errors, made again, told, refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from instruments.faults import DataError, SpecError
from pipelines.fit_disclosure import packageable_fits, withheld_fits
from pipelines.load import load_study
from tests.command_line import done, sensemaking, table
from tests.lavaan_models import oracle
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

pytestmark = [pytest.mark.slow, pytest.mark.reference]
STUDY = """\
name: schools
title: {en: Schools of California}
is_synthetic: false
waves: {w: {title: {en: Once}}}
respondent_groups: {FRL: {en: Schools}}
instruments: [school]
sources:
  all:
    {wave: w, files: schools.csv, platform: generic, language: en,
     identifiers: {response_id: id, organisation_id: district}}
models: [score, lunch]
release: {least_cell_size: 10, languages: [en]}
weights:
  calibration:
    distance: linear
    margins: {FRL: {kind: {'1': 4421, '2': 755, '3': 1018}}}
    totals: {FRL: {api99: 3914069}}
    because: All schools of the state (population apipop of R's survey)
"""
FRAME = "frame: {file: frame.csv, because: invented}\n"
AS_FILE = """\
    distance: linear
    margins_file: known.csv
    because: The same in a file
"""
KNOWN = """\
wave,respondent_group,variable,category,total
,FRL,kind,1,4421
,FRL,kind,2,755
,FRL,kind,3,1018
w,FRL,api99,,3914069
"""
INSTRUMENT = """\
name: school
version: "1"
title: {en: A school}
response_scales:
  kinds:
    points:
      1: {label: {en: Elementary}}
      2: {label: {en: High}}
      3: {label: {en: Middle}}
items:
  kind: {text: {en: Which kind}, response_scale: kinds}
  api99: {text: {en: Score of last year}, kind: number, least: 0, most: 1000}
  api00: {text: {en: Score of this year}, kind: number, least: 0, most: 1000}
  meals: {text: {en: Share of free meals}, kind: number, least: 0, most: 100}
"""
MODEL = """\
name: {name}
kind: regression
title: {{en: {name}}}
estimand: SYNTHETIC
outcome: api00
weights: calibrated_weight
design: {{clusters: organisation_id, calibrated: [kind], calibrated_totals: [api99]}}
"""
MODELS = {
    "score": "estimator: population_mean\nvariants: [{name: as_given, design: {clusters: organisation_id}}]\n",
    "lunch": "focal: meals\nregressors: [meals]\n",
}
KINDS = {"E": "Elementary", "H": "High", "M": "Middle"}


def written(folder: Path, rows: pd.DataFrame, study: str = STUDY) -> Path:
    for name in ("exports", "instruments", "models"):
        (folder / name).mkdir(parents=True)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    (folder / "known.csv").write_text(KNOWN, encoding="utf-8")
    (folder / "instruments/school.yaml").write_text(INSTRUMENT, encoding="utf-8")
    for name, text in MODELS.items():
        (folder / f"models/{name}.yaml").write_text(MODEL.format(name=name) + text, encoding="utf-8")
    write_export(folder, "schools.csv", rows)
    return folder


@pytest.fixture(scope="module")
def schools(reference: Path) -> pd.DataFrame:
    rows = pd.read_csv(reference / "oracles/data/apiclus1.csv")
    found = rows[["api99", "api00", "meals"]].astype(str)
    names = [f"s{place:03d}" for place in range(len(rows))]
    return found.assign(id=names, district="D" + rows["dnum"].astype(str), kind=rows["stype"].map(KINDS))


@pytest.fixture(scope="module")
def study(schools: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = written(tmp_path_factory.mktemp("totals") / "schools", schools)
    bring_up_to_date(folder)
    return folder


def test_weights_and_the_mean_are_those_of_r(study: Path, reference: Path):
    told = oracle(reference, 12)
    expected, within = told["calibration"]["calibrate_linear"], told["tolerance"]["all"]
    weights = table(study, "core.weights").sort_values("response_id")["calibrated_weight"].to_numpy(dtype=float)
    np.testing.assert_allclose(weights[:20], expected["first20"], rtol=within)
    assert [weights.min(), weights.max(), weights.sum()] == pytest.approx(
        [expected["min"], expected["max"], expected["sum"]], rel=within
    )
    rows = table(study, "out.estimates").set_index(["model", "variant", "term"])
    row, mean = rows.loc[("score", "main", "api00")], expected["mean_api00"]
    assert float(row["estimate"]) == pytest.approx(mean["est"]["api00"], rel=within)
    assert float(row["std_error"]) == pytest.approx(mean["se"][0], rel=within)
    assert float(row["df"]) == mean["df"]
    given = rows.loc[("score", "as_given", "api00")]
    assert float(given["std_error"]) > 5 * float(row["std_error"])


def test_the_other_distance_is_that_of_r_too(schools: pd.DataFrame, reference: Path, tmp_path: Path):
    told = oracle(reference, 12)
    expected, within = told["calibration"]["calibrate_raking"]["mean_api00"], told["tolerance"]["rake"]
    other = written(tmp_path / "schools", schools, STUDY.replace("    distance: linear\n", ""))
    bring_up_to_date(other)
    row = table(other, "out.estimates").set_index(["model", "variant", "term"]).loc[("score", "main", "api00")]
    assert float(row["estimate"]) == pytest.approx(expected["est"]["api00"], rel=within)
    assert float(row["std_error"]) == pytest.approx(expected["se"][0], rel=within)


def test_a_number_of_the_frame_does_as_well_as_an_answer(schools: pd.DataFrame, reference: Path, tmp_path: Path):
    """Everybody of the sample is in a frame that has last year's score, and nobody was asked about it."""
    text = STUDY.replace("response_id: id, ", "response_id: id, respondent_key: id, ") + FRAME
    other = written(tmp_path / "schools", schools.rename(columns={"api99": "not_asked"}), text)
    units = schools.rename(columns={"id": "unit_id", "district": "organisation_id"})
    units = units.assign(wave="w", respondent_group="FRL")
    units[["unit_id", "wave", "organisation_id", "respondent_group", "api99"]].to_csv(other / "frame.csv", index=False)
    instrument = other / "instruments/school.yaml"
    lines = instrument.read_text(encoding="utf-8").splitlines(keepends=True)
    instrument.write_text("".join(line for line in lines if "api99" not in line), encoding="utf-8")
    bring_up_to_date(other)
    expected = oracle(reference, 12)["calibration"]["calibrate_linear"]["mean_api00"]
    rows = table(other, "out.estimates").set_index(["model", "variant", "term"])
    row = rows.loc[("score", "main", "api00")]
    assert float(row["estimate"]) == pytest.approx(expected["est"]["api00"], rel=1e-7)
    assert float(row["std_error"]) == pytest.approx(expected["se"][0], rel=1e-7)
    name = table(other, "out.fits").set_index(["model", "variant"])["fit_id"]["score", "main"]
    assert done(sensemaking("rerun", other, name, "--json")).document["verdict"] == "identical"


def test_what_was_asked_for_and_met_is_told(study: Path):
    (total,) = table(study, "out.weighting_totals").to_dict("records")
    assert (total["variable"], total["n_responses"], total["total_target"]) == ("api99", 183, 3914069)
    assert total["total_after"] == pytest.approx(3914069, rel=1e-8)
    assert total["total_before"] < 200_000
    kinds = table(study, "out.weighting_margins")
    assert kinds["share_after"].tolist() == pytest.approx(kinds["share_target"].tolist(), abs=1e-9)
    (summary,) = table(study, "out.weighting").to_dict("records")
    assert summary["weighted_by"] == "calibration"
    assert summary["deff_kish"] > 1


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_fits_are_made_again_with_the_same_bits(study: Path, model: str, options: tuple[str, ...]):
    fits = table(study, "out.fits").set_index(["model", "variant"])["fit_id"]
    document = done(sensemaking("rerun", study, fits[model, "main"], "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_they_are_compared_told_and_withheld(study: Path, tmp_path: Path):
    fits = table(study, "out.fits").set_index(["model", "variant"])["fit_id"]
    names = [fits["score", "as_given"], fits["score", "main"]]
    assert "calibrated_totals" in done(sensemaking("compare", study, *names)).stdout
    files = done(sensemaking("report", study, "--methods", "--to", tmp_path, "--json")).document["files"]
    (page,) = [Path(each) for each in files if each.endswith(".html")]
    assert "the total of Score of last year" in page.read_text(encoding="utf-8")
    found, store = bring_up_to_date(study)
    assert {fits[model, "main"] for model in MODELS} <= set(withheld_fits(found, store, "en"))
    assert {fits[model, "main"] for model in MODELS} <= set(packageable_fits(found, store, has_real_rows=True)[1])


def test_a_file_of_margins_and_totals_gives_the_same_weights(study: Path, schools: pd.DataFrame, tmp_path: Path):
    place = STUDY.index("    distance: linear")
    other = written(tmp_path / "schools", schools, STUDY[:place] + AS_FILE)
    bring_up_to_date(other)
    one, two = (table(each, "core.weights").set_index("response_id")["calibrated_weight"] for each in (study, other))
    np.testing.assert_array_equal(one.sort_index().to_numpy(), two.sort_index().to_numpy())


STOPS = {
    "missing": "1 response has no number of 'api99', of 183 whose weights are calibrated to its total",
    "impossible": "beyond what any response has; no weights above 0 have it",
    "negative": "calibrated weights would be 0 or negative",
}


@pytest.mark.parametrize("case", STOPS)
def test_what_cannot_be_met_stops_the_run_with_the_reason(case: str, schools: pd.DataFrame, tmp_path: Path):
    rows, text = schools.copy(), STUDY
    if case == "missing":
        rows.loc[3, "api99"] = ""
    else:
        text = STUDY.replace("api99: 3914069", "api99: 9000000" if case == "impossible" else "api99: 5000000")
    folder = written(tmp_path / "schools", rows, text)
    with pytest.raises(DataError, match=STOPS[case]):
        bring_up_to_date(folder)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("calibrated: [kind]}", "found none; weights.calibration of study.yaml has api99; name these, all of them"),
        ("calibrated_totals: [api99]}", "found none; weights.calibration of study.yaml has kind"),
        ("calibrated: [kind], calibrated_totals: [meals]}", "found meals; weights.calibration of study.yaml has api99"),
    ],
)
def test_a_model_that_names_others_is_refused(asked: str, message: str, schools: pd.DataFrame, tmp_path: Path):
    folder = written(tmp_path / "schools", schools)
    path = folder / "models/lunch.yaml"
    text = path.read_text(encoding="utf-8").replace("calibrated: [kind], calibrated_totals: [api99]}", asked)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        load_study(folder)
