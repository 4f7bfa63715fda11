"""Figures of the population in a release (P11 of the design): what is left open of hidden means, and what is not.

A mean that may lie elsewhere is proved by exchange: scores of hidden organisations are changed so that their mean lies
at either end of the room that the rule grants, figures are made again, and none has changed. Where an attacker solves
for hidden means, the rule grants less than half a point.
"""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines import fits_beside_units, release_fits
from pipelines.release import preview, publish
from pipelines.steps import fit_figures
from pipelines.steps.fit_equations import hidden_cells
from pipelines.steps.fit_figures import figured_of, part_of, room_by, widths_beside_figures
from tests.districts_study import build_districts
from tests.run_steps import bring_up_to_date

LEAST, SAME = 0.5, 1e-9
DESIGNS = {
    "clusters": {"clusters": "organisation_id"},
    "strata": {"clusters": "organisation_id", "strata": "area"},
    "people": {},
    "finite": {"clusters": "organisation_id", "strata": "area", "population_sizes": "sampled_from"},
}


def spec_of(design="clusters", by="area", **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "score"}
    figures = {} if by is None else {"by": by}
    said = {"estimator": "population_mean", "figures": figures, "design": DESIGNS[design], **changes}
    return RegressionSpec.model_validate({**given, **said})


def rows_of(seed, n_areas=3, sizes=(14, 8, 9, 7, 12)):
    """Return scores of organisations of some sizes in areas, with weights and a category of people."""
    rng = np.random.default_rng(seed)
    names = [f"o{area}{place}" for area in range(n_areas) for place in range(len(sizes))]
    organisation = np.repeat(names, np.tile(sizes, n_areas))
    levels = dict(zip(names, rng.normal(3, 0.5, len(names)), strict=True))
    n = len(organisation)
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(n)],
            "organisation_id": organisation,
            "area": [int(name[1]) + 1 for name in organisation],
            "sex": rng.integers(1, 3, n),
            "weight": rng.uniform(0.5, 2.0, n),
            "staff": rng.integers(1, 9, n).astype(float),
            "sampled_from": 4.0 * len(sizes),
            "wave": "spring",
            "respondent_group": "FRL",
            "source": "s",
            "score": pd.Series(organisation).map(levels).to_numpy() + rng.normal(0, 0.7, n),
        }
    )


def people_of(rows):
    named = rows.set_index("response_id")[["wave", "respondent_group", "organisation_id", "area", "score"]]
    return named.rename(columns={"organisation_id": "organisation", "area": "region"})


def hidden_in(rows, hidden, is_whole_shown=True):
    others = sorted(set(rows["organisation_id"]) - set(hidden))
    units = [("all", "")] * is_whole_shown + [("organisation", name) for name in others]
    shown = pd.DataFrame(units, columns=["level", "unit"]).assign(wave="spring", respondent_group="FRL")
    return hidden_cells(people_of(rows), shown)


def widths_of(spec, rows, hidden, n_others=0):
    told = (people_of(rows), hidden_in(rows, hidden))
    return widths_beside_figures(spec, rows, {}, told, (frozenset(["score"]), n_others))


def ends_of(known, squares, place):
    """Return the changes of totals at either end of the room that sums and squares leave one cell."""
    _, sizes, ways = np.linalg.svd(known.known)
    free = ways[int((sizes > SAME).sum()) :].T
    image, sizes, ways = np.linalg.svd(squares.weights @ free, full_matrices=False)
    told = sizes > SAME * sizes.max()
    image, sizes, ways = image[:, told], sizes[told], ways[told]
    start = image.T @ squares.residuals
    goal = (free @ ways.T / sizes)[place]
    reach = np.linalg.norm(start) * goal / np.linalg.norm(goal)
    return [free @ ways.T @ ((-start + sign * reach) / sizes) for sign in (1, -1)]


def room_of(figured, hidden, is_in):
    """Return what stays when people of a category answer otherwise, how rows move, and the places of its cells."""
    part, cells, places = part_of(figured, hidden, is_in)
    found = room_by(part, cells, is_in)
    assert found is not None
    return (*found, part.moved_by(is_in), places)


def figures_of(spec, rows):
    told = fit_regression(spec, rows).estimates
    return told[["estimate", "std_error"]].to_numpy(dtype=float)


MODELS = st.sampled_from(
    [
        *(("clusters", "area", {}), ("strata", "area", {}), ("clusters", "sex", {}), ("clusters", None, {})),
        *(("clusters", "area", {"weights": "weight"}), ("finite", "sex", {"weights": "weight"})),
        ("people", "area", {}),
        ("clusters", "area", {"estimator": "population_ratio", "figures": {"by": "area", "per": "staff"}}),
    ]
)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 9999), MODELS)
def test_at_both_ends_of_the_room_that_is_granted_every_figure_and_error_is_the_same(seed, model):
    design, by, changes = model
    rows, spec = rows_of(seed, n_areas=2, sizes=(14, 8, 9, 7, 12, 6, 8)), spec_of(design, by, **changes)
    hidden = hidden_in(rows, [name for name in rows["organisation_id"].unique() if name[2] != "0"])
    people, place = people_of(rows), seed % len(hidden.cells)
    figured = figured_of(spec, rows, {}, (people, hidden), frozenset(["score"]))
    granted = widths_beside_figures(spec, rows, {}, (people, hidden), (frozenset(["score"]), 0))
    before, found = figures_of(spec, rows), [0.0]
    for is_in in figured.categories:
        known, squares, moved, places = room_of(figured, hidden, is_in)
        if place not in places:
            continue
        own_place = int(np.flatnonzero(places == place)[0])
        ends = [rows["score"] + moved @ totals for totals in ends_of(known, squares, own_place)]
        for changed in ends:
            np.testing.assert_allclose(figures_of(spec, rows.assign(score=changed)), before, atol=1e-7)
        own = rows["organisation_id"] == hidden.cells["organisation"][place]
        found.append(abs(ends[0][own].mean() - ends[1][own].mean()))
    assert max(found) == pytest.approx(granted[place], rel=1e-6)


def test_without_what_everybodys_error_tells_scores_could_be_exchanged_that_change_it(monkeypatch):
    rows, spec = rows_of(1), spec_of()
    hidden = hidden_in(rows, [name for name in rows["organisation_id"].unique() if name[2] != "0"])
    figured = figured_of(spec, rows, {}, (people_of(rows), hidden), frozenset(["score"]))
    monkeypatch.setattr(fit_figures, "_linear_in_whole", lambda own, *_: np.zeros((1, len(own) - 1)))
    known, squares, moved, _ = room_of(figured, hidden, figured.categories[0])
    totals = ends_of(known, squares, 0)[0]
    changed = rows.assign(score=rows["score"] + moved @ totals)
    before, after = figures_of(spec, rows), figures_of(spec, changed)
    np.testing.assert_allclose(before[1:], after[1:], atol=1e-7)
    assert abs(before[0, 1] - after[0, 1]) > 1e-4


@pytest.mark.parametrize("design", ["clusters", "strata"])
@pytest.mark.parametrize("seed", range(3))
def test_two_hidden_organisations_of_a_region_beside_a_shown_one_are_given_no_room(design, seed):
    """As the attacker of ``test_fit_disclosure_figures`` solves them to within a quarter of a point."""
    rows = rows_of(seed, sizes=(14, 8, 9))
    assert widths_of(spec_of(design), rows, ["o01", "o02"]).max() < LEAST


@pytest.mark.parametrize("design", ["clusters", "strata"])
def test_a_region_of_many_hidden_organisations_leaves_their_means_wide(design):
    rows = rows_of(4, sizes=(14, 8, 9, 7, 9, 8, 6, 9, 7))
    hidden = [name for name in rows["organisation_id"].unique() if name[2] != "0"]
    assert widths_of(spec_of(design), rows, hidden).min() > LEAST
    assert widths_of(spec_of(design), rows, hidden, n_others=20).max() == 0


def test_where_hidden_organisations_hardly_differ_a_small_error_leaves_no_room():
    rows = rows_of(5, sizes=(14, 8, 9, 7))
    rows["score"] = np.tile([2.0, 4.0], len(rows))[: len(rows)]
    hidden = [name for name in rows["organisation_id"].unique() if name[2] != "0"]
    assert widths_of(spec_of(), rows, hidden).max() < LEAST


def test_a_hidden_organisation_that_is_in_no_figure_keeps_all_its_room():
    rows = rows_of(6)
    own = rows[rows["organisation_id"] != "o01"]
    told = (people_of(rows), hidden_in(rows, ["o01", "o02", "o03"]))
    widths = widths_beside_figures(spec_of(), own, {}, told, (frozenset(["score"]), 0))
    assert np.isinf(widths[0])
    assert np.isfinite(widths[1:]).all()


def test_an_outcome_that_is_no_line_of_what_is_hidden_is_given_no_room():
    rows = rows_of(7)
    people = people_of(rows).assign(score=(rows["score"] > 3).to_numpy(dtype=float))
    hidden = hidden_in(rows, ["o01", "o02", "o03"])
    widths = widths_beside_figures(spec_of(), rows, {}, (people, hidden), (frozenset(["score"]), 0))
    assert widths.max() == 0


DISTRICTS = """\
name: districts
kind: regression
title: {en: Districts}
estimand: Mean of teamwork in districts.
estimator: population_mean
outcome: teamwork
figures: {by: district}
design: {clusters: organisation_id}
variants:
  - {name: in_all, figures: {only: {district: [0, 1, 2]}}}
"""
OF_UNIT = "the mean of a hidden organisation would follow from it and the means that are shown"
SECOND = (
    "figures of an outcome of which this release or an earlier one shows others, whose errors together would tell more"
)


@pytest.mark.slow
def test_without_the_rule_figures_of_districts_are_released_that_tell_of_hidden_organisations(tmp_path):
    """Two of three organisations of every district are too small to be shown."""
    alone = DISTRICTS[: DISTRICTS.index("variants:")]
    found = build_districts(tmp_path / "small", alone, (24, 9, 8))
    assert list(preview(*found).withheld_fits.values()) == [OF_UNIT]
    with patch.object(fits_beside_units, "widths_beside_figures", lambda *_: np.full(1, np.inf)):
        assert preview(*found).withheld_fits == {}


@pytest.mark.slow
def test_figures_of_districts_of_many_hidden_organisations_are_released_with_their_words(tmp_path):
    found = build_districts(tmp_path / "small", DISTRICTS, (9, 8, 7, 9, 8, 9, 7, 9))
    made = preview(*found)
    assert list(made.withheld_fits.values()) == [SECOND]
    (estimates,) = [rows for table, rows in made.tables if table.name == "out.estimates"]
    assert sorted(estimates["term"]) == [*(f"district[{place}.0]" for place in range(4)), "teamwork"]
    assert estimates["p_value"].isna().all()
    publish(*found, "Test")
    path = tmp_path / "small/models/districts.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("figures: {by: district}", "figures: {}"), encoding="utf-8"
    )
    later = bring_up_to_date(tmp_path / "small")
    assert list(preview(*later).withheld_fits.values()) == [SECOND, SECOND]
    with patch.object(release_fits, "FIGURES", ()):
        assert list(preview(*later).withheld_fits.values()) == [SECOND]
