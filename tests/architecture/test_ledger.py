"""Every statistic of the ledger is given by something that exists, and its proof is a test or a page that is there."""

import importlib
from pathlib import Path

import pytest

from models.ledger import ENTRIES, ledger

HOUSE = Path(__file__).parents[2]
UNLISTED = {"keying", "items", "means", "agreement", "bivariate_normal", "ordered"}
"""Modules that give no statistic of their own name: they prepare, or are covered by an entry of what they serve."""


EVERY = [each for part in ENTRIES for each in ledger(part)]
PREPARING = {
    *("columns", "profile", "design", "identification", "inference", "fit", "compare", "covariance", "diagnostics"),
    *("cluster_moments", "data", "fits", "combinations", "of_fit", "maximise", "families", "generalised", "predicted"),
    *("cumulative_links", "estimate", "fitted", "noncentral", "estimated", "estimators", "penalised", "confounding"),
    *("outcome", "power_of_model", "large", "of_database", "of_columns", "of_coefficients"),
    *("remedies", "fit_task"),
    *("observed", "observed_values", "column_facts", "selection"),
    *("connection", "query", "responses", "result", "planner", "patterns", "pattern_design", "rows"),
    *("pattern_codes", "pattern_keys", "score_sums"),
    *("asked", "coded", "coded_columns", "cross_products", "of_shares"),
    *("overview", "layout", "streamed", "group_moments", "group_codes", "grouped", "sampled", "found", "imputed_rows"),
    *("planned_imputation", "missing_of_model"),
    *("found_in_groups", "answers", "bases", "behind", "rows_without", "silent_rows", "uncertain", "calibrated_sample"),
    *("focal_columns", "along"),
}
"""Modules of regression that give no statistic of their own name."""
PREPARING_MIXED = {"random_terms", "cross_products", "criterion", "problem", "optimise", "group_inverses"} | {
    *("profile_constraints", "diagnostics", "of_model", "of_database", "named_by_content")
}
PREPARING_PATHS = {"mediation", "starts", "estimated"} | {
    *("found", "mediation_of_model", "waves_of_model", "of_model")
}
"""Modules of paths that give no statistic of their own name."""


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_a_definition_names_what_gives_it_and_where_it_is_proved(each):
    module, _, name = each.gives.rpartition(".")
    try:
        given = importlib.import_module(each.gives)
    except ModuleNotFoundError:
        given = getattr(importlib.import_module(module), name)
    assert given is not None
    path, _, test = each.where.partition("::")
    assert (HOUSE / path).is_file()
    assert not test or f"def {test}(" in (HOUSE / path).read_text(encoding="utf-8")
    assert each.difference
    assert each.r_call.startswith("none") <= (each.proof in ("derivation", "simulation"))


def test_names_are_unique():
    names = [each.name for each in EVERY]
    assert len(set(names)) == len(names)


def test_every_module_of_estimators_has_an_entry():
    folder = HOUSE / "models" / "measurement"
    listed = {each.gives for each in ledger("measurement")}
    flat = {path.stem for path in folder.glob("*.py")} - {"__init__"} - UNLISTED
    assert {name for name in flat if not any(f"measurement.{name}" in each for each in listed)} == set()
    for package in ("exploratory", "common_source", "equivalence"):
        stems = {path.stem for path in (folder / package).glob("*.py")} - {"__init__", "compared"}
        assert {stem for stem in stems if not any(f"{package}.{stem}" in each for each in listed)} == set()


def test_every_module_of_mixed_models_has_an_entry():
    listed = {each.gives for each in ledger("multilevel")}
    stems = {path.stem for path in (HOUSE / "models" / "multilevel").glob("*.py")} - {"__init__"} - PREPARING_MIXED
    assert {stem for stem in stems if not any(f".{stem}" in each for each in listed)} == set()


def test_every_module_of_missing_data_has_an_entry():
    listed = {each.gives for each in ledger("missing_data")}
    stems = {path.stem for path in (HOUSE / "models" / "missing_data").glob("*.py")} - {"__init__"}
    preparing = {"plan", "plan_faults", "completed", "imputations"}
    assert {stem for stem in stems - preparing if not any(f".{stem}" in each for each in listed)} == set()


def test_every_module_of_regression_has_an_entry():
    listed = {each.gives for each in ledger("regression")}
    stems = {path.stem for path in (HOUSE / "models" / "regression").rglob("*.py")} - {"__init__"} - PREPARING
    assert {stem for stem in stems if not any(f".{stem}" in each for each in listed)} == set()


def test_every_module_of_responses_in_groups_has_an_entry():
    folder = HOUSE / "models" / "multilevel"
    preparing = {
        "groups",
        "clusters",
        "search",
        "plain",
        "refusals",
        "thresholds",
        "crossed_groups",
        "crossed_curvature",
    }
    listed = {each.gives for each in ledger("multilevel")}
    stems = {path.stem for part in ("categorical", "marginal") for path in (folder / part).glob("*.py")}
    unlisted = stems - {"__init__"} - preparing
    assert {stem for stem in unlisted if not any(f".{stem}" in each for each in listed)} == set()


def test_every_module_of_survey_designs_has_an_entry():
    listed = {each.gives for each in ledger("survey_design")}
    stems = {path.stem for path in (HOUSE / "models" / "survey_design").glob("*.py")} - {"__init__"}
    assert {stem for stem in stems if not any(f".{stem}" in each for each in listed)} == set()


def test_every_module_of_paths_has_an_entry():
    listed = {each.gives for each in ledger("paths")}
    stems = {path.stem for path in (HOUSE / "models" / "paths").glob("*.py")} - {"__init__"} - PREPARING_PATHS
    assert {stem for stem in stems if not any(f".{stem}" in each for each in listed)} == set()
