"""A study whose answers are imputed before they are averaged: made again with the same bits, withheld with a reason."""

from pathlib import Path

import pytest

from pipelines.fit_disclosure import packageable_fits, releasable_fits
from tests.command_line import done, sensemaking, table
from tests.imputed_study import build_imputed_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow

MODEL = """\
name: averaged
kind: regression
title: {en: Averaged}
estimand: Difference in mean trust between organisations
outcome: trust
focal: teamwork
regressors: [teamwork, tenure]
level: organisation_and_wave
cluster: organisation_id
missing: {method: multiple_imputation, imputations: 3, iterations: 8, auxiliary: [TW_1], deltas: {tenure: [-2]}}
variants:
  - {name: answered, missing: listwise}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_imputed_study(tmp_path_factory.mktemp("imputed_organisations") / "small", "", 16)
    (folder / "models" / "averaged.yaml").write_text(MODEL, encoding="utf-8")
    of_study = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(of_study.replace("[trust]", "[trust, averaged]"), encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def fit_of(study: Path, variant: str = "main") -> str:
    fits = table(study, "out.fits")
    return str(fits[fits["model"] == "averaged"].set_index("variant").loc[variant, "fit_id"])


def test_its_rows_are_organisations_and_waves_and_those_who_skipped_are_behind_them(study: Path):
    fits = table(study, "out.fits").set_index("fit_id")
    assert fits.loc[fit_of(study), "n_obs"] == 32
    rows = table(study, "out.diagnostics")
    own = rows[rows["fit_id"] == fit_of(study)].set_index("diagnostic")["value"]
    assert own["n_imputations"] == 3
    assert own["n_responses"] == 80
    assert own["share_of_responses_used"] == 1
    assert 0 < own["fmi of tenure"] < 1


@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_it_is_made_again_with_the_same_bits(study: Path, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, fit_of(study), "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_it_is_put_beside_the_means_of_those_who_answered(study: Path):
    told = done(sensemaking("compare", study, fit_of(study), fit_of(study, "answered"))).stdout
    assert "missing" in told
    assert "tenure" in told


@pytest.mark.parametrize(
    ("language", "said"), [("en", "before answers are averaged"), ("da", "før der tages gennemsnit af svar")]
)
def test_the_report_of_methods_says_when_answers_were_imputed(study: Path, tmp_path: Path, language: str, said: str):
    asked = ("--methods", "--language", language, "--to", tmp_path)
    files = done(sensemaking("report", study, *asked, "--json")).document["files"]
    (page,) = [Path(each) for each in files if each.endswith(".html")]
    text = page.read_text(encoding="utf-8")
    assert said in text
    assert "answers imputed before they are averaged" in text


@pytest.mark.parametrize(
    ("language", "why"),
    [("en", "with imputed answers in them, with no rule"), ("da", "med imputerede svar i, uden regel")],
)
def test_a_release_and_a_package_withhold_it_with_the_reason(study: Path, language: str, why: str):
    found, store = bring_up_to_date(study)
    assert why in releasable_fits(found, store, language)[2][fit_of(study)]
    named, withheld = packageable_fits(found, store, has_real_rows=True)
    assert fit_of(study) not in named
    assert "with no rule on what they tell of a hidden mean" in withheld[fit_of(study)]
