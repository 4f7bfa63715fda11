"""Every statistic of the ledger is given by something that exists, and its proof is a test or a page that is there."""

import importlib
from pathlib import Path

import pytest

from models.measurement.ledger import ledger

HOUSE = Path(__file__).parents[2]
UNLISTED = {"keying", "items", "means", "ledger", "agreement", "bivariate_normal", "ordered"}
"""Modules that give no statistic of their own name: they prepare, or are covered by an entry of what they serve."""


@pytest.mark.parametrize("each", ledger(), ids=lambda each: each.name)
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
    names = [each.name for each in ledger()]
    assert len(set(names)) == len(names)


def test_every_module_of_estimators_has_an_entry():
    folder = HOUSE / "models" / "measurement"
    listed = {each.gives for each in ledger()}
    flat = {path.stem for path in folder.glob("*.py")} - {"__init__"} - UNLISTED
    assert {name for name in flat if not any(f"measurement.{name}" in each for each in listed)} == set()
    for package in ("exploratory", "common_source", "equivalence"):
        stems = {path.stem for path in (folder / package).glob("*.py")} - {"__init__", "compared"}
        assert {stem for stem in stems if not any(f"{package}.{stem}" in each for each in listed)} == set()
