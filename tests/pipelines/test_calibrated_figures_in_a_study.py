"""A study whose weights are raked, and figures that know of it: smaller errors, made again, compared, withheld."""

from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.fit_disclosure import packageable_fits, withheld_fits
from pipelines.load import load_study
from tests.command_line import done, sensemaking, table
from tests.replicated_study import build_replicated_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow
MARGINS = """\
weights:
  calibration:
    margins: {FRL: {area: {'1': 500, '2': 300, '3': 200}, stays: {'0': 450, '1': 550}}}
    because: SYNTHETIC
"""
MODEL = """\
weights: calibrated_weight
variants:
  - {name: known, design: {clusters: organisation_id, calibrated: [area, stays]}}
  - {name: scaled, weights: analysis_weight, design: {clusters: organisation_id, calibrated: [area, stays]}}
"""
WITHHELD = "errors of calibrated weights, with no rule on what rows of people who are not behind the figure tell"


def written(folder: Path, changed: tuple[str, str] = ("", "")) -> Path:
    study = build_replicated_study(folder / "small", ("everybody",))
    said, model = study / "study.yaml", study / "models/everybody.yaml"
    said.write_text(said.read_text(encoding="utf-8") + MARGINS, encoding="utf-8")
    text = (
        model.read_text(encoding="utf-8")
        .partition("variants:")[0]
        .replace("figures: {by: area}", "figures: {by: stays}")
    )
    model.write_text((text + MODEL).replace(*changed), encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = written(tmp_path_factory.mktemp("calibrated"))
    bring_up_to_date(folder)
    return folder


def fit_of(study: Path, variant: str) -> str:
    return str(table(study, "out.fits").set_index("variant")["fit_id"][variant])


def numbers(rows: pd.DataFrame, column: str, *keys: str) -> dict[tuple[str, ...], float]:
    return dict(zip(rows[list(keys)].itertuples(index=False, name=None), rows[column].astype(float), strict=True))


def test_errors_know_what_margins_explain_and_figures_stay(study: Path):
    rows = table(study, "out.estimates")
    figures, errors = (numbers(rows, column, "variant", "term") for column in ("estimate", "std_error"))
    for term in ("trust", "stays[No]", "stays[Yes]"):
        assert figures["known", term] == pytest.approx(figures["main", term])
        assert errors["known", term] != pytest.approx(errors["main", term], rel=1e-5)
        assert errors["known", term] == pytest.approx(errors["scaled", term], rel=0.02)
    told = numbers(table(study, "out.diagnostics"), "value", "variant", "diagnostic")
    ratio = errors["known", "trust"] / errors["main", "trust"]
    assert told["known", "design_effect"] / told["main", "design_effect"] == pytest.approx(ratio**2)


@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_they_are_made_again_with_the_same_bits_and_compared(study: Path, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, fit_of(study, "known"), "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])
    told = done(sensemaking("compare", study, fit_of(study, "main"), fit_of(study, "known"))).stdout
    assert "calibrated" in told


def test_no_release_and_no_package_holds_them(study: Path):
    found, store = bring_up_to_date(study)
    names = {fit_of(study, "known"), fit_of(study, "scaled")}
    assert {name for name, why in withheld_fits(found, store, "en").items() if WITHHELD in why} == names
    assert {
        name for name, why in packageable_fits(found, store, has_real_rows=True)[1].items() if WITHHELD in why
    } == names


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (("calibrated: [area, stays]", "calibrated: [area]"), "found area; weights.calibration of study.yaml has area"),
        (("calibrated: [area, stays]", "calibrated: [tenure]"), "name these, all of them"),
    ],
)
def test_other_margins_are_refused_before_anything_runs(tmp_path: Path, changed: tuple[str, str], message: str):
    with pytest.raises(SpecError, match=message):
        load_study(written(tmp_path, changed))


def test_without_calibration_of_the_study_there_is_nothing_to_name(tmp_path: Path):
    folder = written(tmp_path)
    said = folder / "study.yaml"
    said.write_text(said.read_text(encoding="utf-8").replace(MARGINS, ""), encoding="utf-8")
    with pytest.raises(SpecError, match=r"no weights\.calibration"):
        load_study(folder)
