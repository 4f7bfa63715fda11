"""Mutation tests of releases (P3, P5, P7 to P9, P11, P12, P16 of the design): without a rule, few are told apart.

Each case publishes, changes a few people and publishes again with one rule switched off. What the second release then
shows anew, or is refused for, is what the rule keeps as it was; a version of the software without the rule fails
``test_release_again``.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines import fits_beside_units, load, release, release_anew, release_fits, release_slices
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.release import preview
from pipelines.release_fits import FitsOfARelease
from pipelines.release_gates import ReleaseRefused
from pipelines.steps import fits_to_withhold
from pipelines.steps.fit_paths import outcomes_of
from pipelines.steps.lattice import figures
from pipelines.steps.lattice.earlier import Before
from pipelines.steps.lattice.figures import ScaleOf
from pipelines.steps.lattice.people import People
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.suppression import shown_units
from pipelines.steps.lattice.units import Truths, unit_tree
from tests.pipelines.test_release_again import (
    SIZES,
    UNITS,
    exported,
    fits_of,
    folder,
    nine_with_the_same_scores,
    one_corrected,
    one_less,
    one_more,
    one_moved,
    released,
    shown,
    years_by_organisation,
)
from tests.run_steps import bring_up_to_date

__all__ = ["folder"]


def anybody_may_leave(now: pd.DataFrame, *_: object) -> Before:
    return Before(pd.Series(0, index=now.index), few_left=False)


def change(of: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    return lambda folder: of(exported(folder)).to_csv(folder / "exports/spring.csv", index=False)


def erase_one(folder: Path) -> None:
    erase(load_study(folder), Wanted("spring_staff/spring-51", None), "asked for it")


def without_sizes(of_earlier: Callable[..., object]) -> Callable[..., object]:
    def found(*args: object) -> object:
        return (replace(each, sizes={}) for each in of_earlier(*args))

    return found


OFF = {
    "P7 joined": (change(one_more), patch.object(release_anew, "told_apart", anybody_may_leave)),
    "P7 left": (change(one_less), patch.object(release_anew, "told_apart", anybody_may_leave)),
    "P8 moved": (change(one_moved), patch.object(release_anew, "told_apart", anybody_may_leave)),
    "P7 corrected": (change(one_corrected), patch.object(release_anew, "told_apart", anybody_may_leave)),
}


@pytest.mark.slow
@pytest.mark.parametrize("rule", OFF)
def test_without_the_rule_a_wave_in_which_few_people_changed_would_be_published_anew(folder, rule):
    changed, switched_off = OFF[rule]
    released(folder)
    changed(folder)
    with switched_off, pytest.raises(ReleaseRefused, match="told apart by what this release and release 1 show"):
        released(folder)


THRESHOLD_ALONE = patch.object(figures, "shown_units", lambda _people, _policy, may_be: may_be)


@pytest.mark.parametrize(
    ("switched_off", "told"),
    [
        (THRESHOLD_ALONE, "trust, FRL, spring: fewer than 10 people are told apart when shown figures are taken"),
        (patch.object(figures, "round_to_five", lambda counts: counts), "out.unit_means: n_obs is not rounded to 5"),
    ],
    ids=["P3 P5 company", "P9 rounding"],
)
def test_without_the_rule_the_audit_refuses_the_first_release_and_says_what_to_do(folder, switched_off, told):
    with switched_off, pytest.raises(ReleaseRefused) as refused:
        released(folder)
    assert any(reason.startswith(told) for reason in refused.value.reasons)
    assert "raise release: least_cell_size" in refused.value.reasons[-1]
    assert not list((folder / "releases").glob("*.duckdb"))


def test_without_the_rule_few_other_answers_would_show_though_scores_are_the_same(folder):
    released(folder)
    change(nine_with_the_same_scores)(folder)
    switched_off = patch.object(release_anew.OneSlice, "_earlier_answers", lambda _: iter(()))
    with switched_off, pytest.raises(ReleaseRefused, match="answers to TR_1, FRL, spring: fewer than 10 people"):
        released(folder)


@pytest.mark.slow
def test_without_the_rule_an_erasure_shows_in_the_next_release(folder):
    first = released(folder)
    erase_one(folder)
    forgotten = without_sizes(release_slices.earlier_releases)
    with (
        patch.object(release_slices, "earlier_releases", forgotten),
        patch.object(release_anew, "told_apart", anybody_may_leave),
    ):
        assert not released(folder).equals(first)


@pytest.mark.slow
@pytest.mark.parametrize(
    "switched_off",
    [
        patch.object(release, "beside_earlier_fits", lambda *_: FitsOfARelease()),
        patch.object(release_fits, "people_apart", lambda *_: 0),
    ],
    ids=["P7 P11 fits", "P7 P11 people of fits"],
)
def test_without_the_rule_a_fit_whose_people_changed_by_few_is_published_anew(folder, switched_off):
    _, first, _ = fits_of(folder)
    change(one_corrected)(folder)
    with switched_off:
        _, again, _ = fits_of(folder)
    assert set(again["fit_id"]).isdisjoint(first["fit_id"])


@pytest.mark.slow
def test_without_the_rule_an_erasure_shows_in_the_fits_of_the_next_release(folder):
    _, first, _ = fits_of(folder)
    erase_one(folder)
    with patch.object(release_fits, "n_erased", lambda *_: 0):
        _, again, _ = fits_of(folder)
    assert set(again["fit_id"]).isdisjoint(first["fit_id"])


@pytest.mark.slow
def test_without_the_rule_a_fit_tells_of_hidden_organisations(folder):
    change(years_by_organisation)(folder)
    with patch.object(release, "fits_that_tell_of_units", lambda *_: {}):
        _, fits, _ = fits_of(folder)
    assert len(fits) == 2


BOTH = """\
name: trust
kind: regression
title: {en: Two outcomes}
estimand: Differences between respondents who differ by one year.
estimator: two_outcomes
outcome: TR_1
focal: tenure
regressors: [tenure]
paths: {other_outcome: trust}
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_the_second_equation_of_a_fit_would_tell_of_hidden_organisations(folder, is_on):
    """The first explains answers to one item, of which no means are shown; the release is lent words for paths."""
    (folder / "models/trust.yaml").write_text(BOTH)
    change(years_by_organisation)(folder)
    each = outcomes_of if is_on else lambda spec: (spec.outcome,)
    with (
        patch.object(fits_to_withhold, "reasons_without_words", lambda *_: []),
        patch.object(fits_beside_units, "outcomes_of", each),
    ):
        study, store = bring_up_to_date(folder)
        told = preview(study, store).withheld_fits
    reason = "the mean of a hidden organisation would follow from it and the means that are shown"
    assert list(told.values()) == ([reason] if is_on else [])


def test_without_the_rule_means_of_top_managers_are_published_by_organisation(folder):
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace(UNITS, UNITS.replace("languages", "top_managers: [FRL], languages")))
    with pytest.raises(SpecError, match="top managers"):
        load_study(folder)
    with patch.object(load, "blame_release", lambda *_: None):
        assert shown(released(folder)) & set(SIZES)


def with_the_first_hidden_too(people: People, policy: Policy, may_be: Truths) -> Truths:
    """Hide the organisation of whoever answered first: what is hidden depends on the order of answers."""
    is_shown = shown_units(people, policy, may_be)
    is_shown[people.units[0]] = False
    return is_shown


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_the_same_answers_in_another_order_hide_something_else(is_on):
    sizes = dict.fromkeys("abcd", 20)
    rows = pd.DataFrame([(name, place % 5 + 1.0, 0) for name, n in sizes.items() for place in range(n)])
    rows.columns = ["organisation_id", "trust", "before"]
    of, key = (ScaleOf("trust", 3.5), unit_tree(list(sizes)), Policy()), {"wave": "spring", "respondent_group": "FRL"}
    suppressed = nullcontext() if is_on else patch.object(figures, "shown_units", with_the_first_hidden_too)
    with suppressed:
        found = [shown(figures.unit_means(each, *of, key)) for each in (rows, rows.iloc[::-1].reset_index(drop=True))]
    assert (found[0] == found[1]) == is_on


@pytest.mark.parametrize("asked", [each.name for each in fields(Policy)])
def test_a_policy_that_asks_for_anything_else_has_another_hash(asked):
    policy = Policy()
    assert replace(policy, **{asked: getattr(policy, asked) * 2}).sha256 != policy.sha256
