"""A study whose variants weight for silence: recorded, made again, compared, reported, packaged, withheld, shown."""

import re
import shutil
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from pipelines import fit_disclosure
from pipelines.asset_metadata import metadata_of
from pipelines.assets.graph import steps_of
from pipelines.fit_disclosure import releasable_fits, responses_used
from pipelines.tables import out
from tests.command_line import done, sensemaking, table
from tests.panel_study import build_panel_study, people
from tests.replication_script import reproduced_here
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

VARIANTS = """\
  - {name: answered, missing: {method: response_weights, explained_by: [teamwork, tenure]}}
  - name: stayed
    missing: {method: response_weights, of: staying, since: autumn, explained_by: [teamwork, tenure]}
    population: {waves: [spring]}
    cluster: organisation_id
"""
IMPUTED = """\
name: filled_in
kind: regression
title: {en: Filled in}
estimand: Difference in trust
outcome: trust
focal: teamwork
regressors: [teamwork]
missing: {method: multiple_imputation, imputations: 2, iterations: 2}
"""
STANDING = IMPUTED.replace("filled_in", "stood_for").replace("Filled in", "Stood for")
SELECTED = (
    "  - {name: selected, missing: {method: selection, explained_by: [TW_1], correlations: [-0.5, 0.5], "
    "is_estimated: true}}\n"
)
WEIGHTED = ("answered", "stayed")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a study in which a third leaves after autumn and a fifth of those there skips the scale of trust."""
    folder = build_panel_study(tmp_path_factory.mktemp("silent") / "small")
    random = np.random.default_rng(1)
    autumn, spring = (people(wave, 240) for wave in ("autumn", "spring"))
    for rows in (autumn, spring):
        rows["organisation"] = [f"O{number % 24}" for number in range(240)]
        rows.loc[random.random(240) < 0.2, ["TR_1", "TR_2", "TR_3"]] = ""
    tenure = pd.to_numeric(autumn["tenure"], errors="coerce").fillna(5)
    spring = spring[random.random(240) < np.where(tenure > tenure.median(), 0.8, 0.5)]
    write_export(folder, "autumn.csv", autumn)
    write_export(folder, "spring.csv", spring)
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8") + VARIANTS + SELECTED, encoding="utf-8")
    answered = "missing: {method: response_weights, explained_by: [tenure]}\n"
    for name, text in (("filled_in", IMPUTED), ("stood_for", STANDING[: STANDING.index("missing:")] + answered)):
        (folder / "models" / f"{name}.yaml").write_text(text, encoding="utf-8")
    of_study = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(of_study.replace("[trust]", "[trust, filled_in, stood_for]"), encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def fits(study: Path) -> pd.DataFrame:
    found = table(study, "out.fits")
    return found[(found["model"] == "trust") & found["is_declared"].astype(bool)].set_index("variant")


def test_weighted_fits_are_recorded_and_say_what_their_weights_are_like(study: Path):
    found, told = (
        fits(study),
        table(study, "out.diagnostics")
        .query("model == 'trust' and is_declared")
        .set_index(["variant", "diagnostic"])["value"],
    )
    assert found.loc[list(WEIGHTED), "covariance"].tolist() == ["stacked", "stacked"]
    assert found.loc["answered", "n_obs"] == found.loc["main", "n_obs"]
    assert found.loc["stayed", "n_clusters"] > 20
    for variant in WEIGHTED:
        assert told[variant, "n_silent"] > 0
        assert 1 < told[variant, "largest_weight"] < 20
        assert 0.5 < told[variant, "response_auc"] < 1
        assert told[variant, "effective_n_of_weights"] <= found.loc[variant, "n_obs"]


@pytest.mark.parametrize("variant", [*WEIGHTED, "selected"])
@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_they_are_made_again_with_the_same_bits(study: Path, variant: str, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, fits(study).loc[variant, "fit_id"], "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_they_stand_beside_others_and_can_be_asked_for_at_the_command_line(study: Path):
    found = fits(study)
    pair = [found.loc[variant, "fit_id"] for variant in ("main", "answered")]
    (why,) = [
        each for each in done(sensemaking("compare", study, *pair)).stdout.splitlines() if "response_weights" in each
    ]
    assert "listwise" in why
    asked = "missing={method: response_weights, of: staying, explained_by: [tenure]}"
    told = done(sensemaking("fit", study, "trust", "--set", asked, "--set", "covariance=null"))
    assert "response_auc" in told.stdout


def test_selection_is_told_by_correlation_and_estimated_where_something_else_explains_answering(study: Path):
    told = table(study, "out.readings").query("variant == 'selected' and is_declared")
    named = [
        "selection -0.5 on trust",
        "selection 0.5 on trust",
        "selection_estimated on trust",
        "selection_tips on trust",
    ]
    assert [each for each in told["reading"] if each.endswith(" on trust")] == named
    asked = "missing={method: selection, correlations: [0.3]}"
    assert "selection 0.3 on trust" in done(sensemaking("fit", study, "trust", "--set", asked)).stdout
    free = "missing={method: selection, is_estimated: true}"
    refused = sensemaking("fit", study, "trust", "--set", free)
    assert refused.code != 0
    assert "name under explained_by a variable that is no regressor" in refused.stderr


def test_dagster_shows_readings_of_selection_and_errors_that_know_of_weights(study: Path):
    found, store = bring_up_to_date(study)
    (step,) = [each for each in steps_of(found) if each.name.endswith("/trust") and out.READINGS in each.writes]
    written = {table.name: {"n_rows": len(store.read(table)), "content_hash": ""} for table in step.writes}
    told = metadata_of(store, step, step.writes, written, unchanged=False)
    readings = str(told["Table of readings"].value).splitlines()
    assert readings[0].startswith("| Variant | Confirmatory or exploratory | Term | Reading | Value | 95 % interval")
    kept = store.read(out.READINGS).query("variant == 'selected' and is_declared")
    for term, reading, value in zip(kept["term"], kept["reading"], kept["value"].astype(float), strict=True):
        (row,) = [each for each in readings if "| selected |" in each and f"| {term} | {reading} |" in each]
        assert f"| {term} | {reading} | {'–' if np.isnan(value) else f'{value:.3f}'} |" in row
    assert told["Rows of readings"].value == len(store.read(out.READINGS))
    fitted = str(told["Table of fits"].value).splitlines()
    assert [each.split(" | ")[3] for each in fitted if "| answered" in each] == ["stacked"]


@pytest.mark.parametrize("variant", ["stayed", "selected"])
def test_the_workbench_shows_them_and_pictures_are_drawn(study: Path, variant: str, pages, tmp_path: Path):
    fit_id = fits(study).loc[variant, "fit_id"]
    seen = pages("Models", fit=fit_id)
    assert seen.tables["Estimates"]["term"].tolist() == ["intercept", "teamwork", "tenure"]
    assert "n_silent" in set(seen.tables["Diagnostics"]["diagnostic"])
    assert done(sensemaking("pictures", study, fit_id, "--out", tmp_path / "pictures")).stdout


def test_who_has_no_weight_to_give_is_refused_in_words(study: Path):
    ended = sensemaking("fit", study, "trust", "--set", "missing={method: response_weights, explained_by: [trust]}")
    assert ended.code != 0
    assert "names the outcome 'trust'" in ended.stderr


def test_a_wave_that_the_study_does_not_have_is_named_as_the_study_is_read(study: Path, tmp_path: Path):
    folder = Path(shutil.copytree(study, tmp_path / "copy"))
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("since: autumn", "since: autum"), encoding="utf-8")
    ended = sensemaking("check", folder)
    assert ended.code != 0
    assert "did you mean 'autumn'" in " ".join((ended.stdout + ended.stderr).split())


def test_silent_people_do_not_make_a_fit_unlike_that_of_those_who_answered(study: Path):
    """Else two fits could be shown that differ by one person of whom both know the answer."""
    store = bring_up_to_date(study)[1]
    found = table(study, "out.fits").query("model == 'trust' and is_declared")
    used = responses_used(store, found)
    main, answered, selected = (used[fits(study).loc[each, "fit_id"]] for each in ("main", "answered", "selected"))
    kept = store.kept_rows(str(fits(study).loc["selected", "data_hash"]))
    assert main == answered
    assert len(main) < len(kept)
    assert selected == frozenset(kept.loc[kept["trust"].notna(), "response_id"])
    assert selected <= main


def test_a_release_shows_weighted_fits_and_says_that_they_are_while_selection_stays_with_a_reason(study: Path):
    found, store = bring_up_to_date(study)
    shown, estimates, withheld = releasable_fits(found, store)
    assert shown.set_index("variant").loc[list(WEIGHTED), "weights"].tolist() == ["weight_of_response"] * 2
    assert "stood_for" in set(shown["model"])
    for variant in WEIGHTED:
        own = estimates[estimates["variant"] == variant].set_index("term")
        assert (own["std_error"] > 0).all()
    why = withheld[fits(study).loc["selected", "fit_id"]]
    assert why.startswith("what would become of it if silence went with the outcome")
    with patch.object(fit_disclosure, "method_of", lambda fits: pd.Series("", index=fits.index)):
        assert "selected" in set(releasable_fits(found, store)[0]["variant"])


def test_the_report_of_methods_says_what_was_done_in_both_languages(study: Path, tmp_path: Path):
    for language, *said in (
        (
            "en",
            "inverse of their probability of doing so, explained by",
            "is imputed 2 times",
            "could answer and did not",
            "outcome correlate -0.5",
        ),
        (
            "da",
            "omvendte af sandsynligheden for det, forklaret ved",
            "er imputeret 2 gange",
            "Største svarvægt",
            "udfaldet korrelerer",
        ),
    ):
        asked = ("--methods", "--language", language, "--to", tmp_path / language)
        files = done(sensemaking("report", study, *asked, "--json")).document["files"]
        (page,) = [Path(each) for each in files if each.endswith(".html")]
        text = page.read_text(encoding="utf-8")
        assert [each for each in said if each not in text] == []


def test_a_package_of_real_rows_makes_the_same_numbers(study: Path, tmp_path: Path, capsys):
    folder = tmp_path / "package"
    real = ("--data", "deidentified", "--sign-off", "Data Board")
    done(sensemaking("export", "replication", study, "--out", folder, *real))
    received = Path(shutil.copytree(folder, tmp_path / "received"))
    told = done(reproduced_here(received, capsys)).stdout
    assert re.search(r"as the study recorded: [1-9].* 0 different", told)
    beside = pd.read_csv(received / "reproduced/beside_recorded.csv")
    for variant in (*WEIGHTED, "selected"):
        own = beside[beside["fit_id"].str.contains(f".{variant}.", regex=False)]
        assert own["std_error_recorded"].to_numpy() == pytest.approx(own["std_error_made_again"], abs=1e-9)
        assert len(own) > 0
