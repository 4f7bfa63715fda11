"""Stored results of R and ours: close or explained, none left out without a reason, and the page says the same."""

import importlib
import json
import re

import pytest

from tests.agreement.comparison import (
    Agreement,
    Comparison,
    Stopped,
    Tolerance,
    comparisons,
    is_within,
    left_out,
    numbers,
    stored,
)
from tests.agreement.files import FILES
from tests.agreement_with_r import LISTED, OUTSIDE, PAGE, UNEXPLAINED, agreement_rows, page, shown

RULE = re.compile(r"\d\.?\d*e-\d+|< 1e-10|(?<=\| )0(?= \|)")
IDS = [f"oracle {each.number:02d}" for each in FILES]


@pytest.mark.reference
@pytest.mark.parametrize("agreement", FILES, ids=IDS)
def test_every_figure_is_as_close_as_its_file_asks_or_r_stopped_early_or_it_is_listed_as_outside(reference, agreement):
    found = comparisons(reference, agreement)
    assert [(each.path, each.ours, each.stored) for each in found if not (each.is_explained or each.is_listed)] == []
    assert len(found) > 50


@pytest.mark.reference
@pytest.mark.parametrize("agreement", FILES, ids=IDS)
def test_every_stored_figure_is_compared_or_has_a_reason(reference, agreement):
    left = left_out(reference, agreement)
    assert [path for path, reason in left.items() if reason is None] == []
    assert set(agreement.not_computed.values()) == set(left.values())
    assert len(left) + len(comparisons(reference, agreement)) == len(stored(reference, agreement))


@pytest.mark.reference
@pytest.mark.parametrize("agreement", FILES, ids=IDS)
def test_reasons_why_figures_are_off_are_all_needed_and_measured(reference, agreement):
    early = [each for each in comparisons(reference, agreement) if not each.is_close]
    for known in agreement.stopped:
        own = [each.difference for each in early if each.stopped == known]
        assert known.limit / 3 < max(own) <= known.limit, known.pattern


@pytest.mark.parametrize(
    "agreement", [each for each in FILES if each.calls], ids=lambda each: f"oracle {each.number:02d}"
)
def test_calls_that_are_listed_exist(agreement):
    for call in agreement.calls.values():
        module, name = call.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.reference
def test_the_page_is_what_is_computed(reference):
    # Which figures, how many, tolerances and verdicts to the letter; differences, which depend on the machine's
    # rounding, to a factor of ten.
    written, computed = PAGE.read_text(encoding="utf-8"), page(reference)
    assert OUTSIDE not in written
    assert UNEXPLAINED not in written
    assert RULE.sub("x", written) == RULE.sub("x", computed), "run python -m tests.agreement_with_r"
    pairs = zip(RULE.findall(written), RULE.findall(computed), strict=True)
    assert [pair for pair in pairs if abs(_size(pair[0]) - _size(pair[1])) > 1] == []


def _size(text):
    return -10 if text == "0" or text.startswith("<") else max(-10, int(text.split("e")[1]))


def comparison(ours, theirs, tolerance, closer=None, limit=None, *, is_shown=True):
    known = None if limit is None else Stopped("a", limit, "why", is_shown)
    return Comparison("a", "a", ours, theirs, closer, tolerance, known)


@pytest.mark.parametrize(
    ("each", "is_close", "is_explained"),
    [
        (comparison(1.0, 1.0000001, Tolerance(1e-6)), True, True),
        (comparison(1.0, 1.1, Tolerance(1e-6)), False, False),
        (comparison(1000.001, 1000.0, Tolerance(1e-5)), False, False),
        (comparison(1000.001, 1000.0, Tolerance(1e-5, is_relative=True)), True, True),
        (comparison(0.001, 0.00102, Tolerance(1e-5, is_relative=True)), False, False),
        (comparison(1.0, 1.1, Tolerance(1e-6), closer=1.0), False, True),
        (comparison(1.0, 1.1, Tolerance(1e-6), closer=1.01), False, False),
        (comparison(1.0, 1.1, Tolerance(1e-6), limit=0.2), False, True),
        (comparison(1.0, 1.1, Tolerance(1e-6), limit=0.05), False, False),
        (comparison(float("nan"), 1.1, Tolerance(1e-6), limit=0.05), False, False),
    ],
)
def test_a_figure_is_close_or_explained(each, is_close, is_explained):
    assert (each.is_close, each.is_explained) == (is_close, is_explained)


@pytest.mark.parametrize(("ours", "limit", "is_listed"), [(1.1, 0.2, True), (1.1, 0.05, False), (1.0, 0.2, False)])
def test_a_figure_whose_difference_is_not_shown_to_be_rs_is_listed_and_not_explained(ours, limit, is_listed):
    each = comparison(ours, 1.0, Tolerance(1e-6), limit=limit, is_shown=False)
    assert (each.is_listed, each.is_explained) == (is_listed, each.is_close)
    (row,) = agreement_rows(Agreement(4, dict, lambda *_: Tolerance(1e-6), str), [each])
    assert row[-1] == ("agrees" if each.is_close else f"{LISTED} (1)" if is_listed else f"{OUTSIDE} (1)")


def test_a_figure_outside_is_shown_as_such():
    found = [comparison(1.0, 1.1, Tolerance(1e-6)), comparison(1.0, 1.0, Tolerance(1e-6))]
    rows = list(agreement_rows(Agreement(4, dict, lambda *_: Tolerance(1e-6), str), found))
    assert rows == [("04", "`a`", "2", "1e-01", "9e-02", "1e-06", "**outside** (1)")]


def test_tolerances_may_be_multiples_of_a_stored_error(tmp_path):
    (tmp_path / "oracles").mkdir()
    entries = {"tolerance": {"all": 0.5}, "a": {"estimate": 3.0, "error": 2.0}}
    (tmp_path / "oracles/04_drawn.json").write_text(json.dumps(entries))
    drawn = Agreement(
        4,
        lambda _: {"a": {"estimate": 3.9, "error": 2.4}},
        lambda _, tolerances: Tolerance(tolerances["all"]),
        str,
        unit=lambda path: "a/error" if path == "a/estimate" else "",
    )
    assert [each.tolerance.size for each in comparisons(tmp_path, drawn)] == [1.0, 0.5]
    assert [each.is_close for each in comparisons(tmp_path, drawn)] == [True, True]


def test_trees_are_taken_apart_by_what_rows_are_about():
    tree = {
        "m": {"rows": ["a"], "cols": ["b"], "values": [[1, 2]]},
        "t": [{"lhs": "f", "op": "=~", "rhs": "x", "group": 2, "est": 0.5, "z": None}],
        "s": [{"from": "metric", "to": "scalar", "p": 0.1}, {"lhs": ".p1.", "op": "==", "rhs": ".p2.", "X2": 3.0}],
        "n": True,
        "w": "text",
    }
    expected = {"m/0/0": 1, "m/0/1": 2, "t/f =~ x 2/group": 2, "t/f =~ x 2/est": 0.5}
    assert numbers(tree) == expected | {"s/metric to scalar/p": 0.1, "s/1/X2": 3.0}


def test_differences_are_shown_with_one_digit_and_rounding_as_such():
    assert [shown(each) for each in (0.0, 3e-14, 2.4e-6)] == ["0", "< 1e-10", "2e-06"]
    assert is_within(1.0, 1.0, Tolerance(0.0))
