"""Categories and counts (P11 of the design): what attackers make of a released logit or Poisson model, and the rules.

The attacker knows regressors and organisations of everybody, and turns rounded coefficients back into numbers of
answers. Every attack succeeds without its rule and not with it.
"""

import shutil
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from pipelines import fit_disclosure, fits_beside_units
from pipelines.release import preview
from pipelines.steps import fit_rows, fits_to_withhold, released_fits
from pipelines.steps.fit_answers import answers_told
from pipelines.steps.fit_paths import tell_of_scale
from pipelines.steps.fit_rows import behind_a_fit
from pipelines.steps.fits_to_withhold import reasons_to_withhold
from tests.pipelines.test_fit_disclosure_mixed import spec_of
from tests.run_steps import bring_up_to_date
from tests.small_study import INSTRUMENT, answers, build_small_study, write_export

TELLS = "the mean of a hidden organisation would follow from it and the means that are shown"
LOGIT = {"estimator": "firth_logit", "covariance": "classical"}
FEW = "a category in which fewer than 3 responses have an answer, or another than the rest"
ONE_COUNT = "a number to which one or two responses bring nearly all, or a category in which all have nought"


def rows_with(n_others, n_members, yes_of_others, yes_of_members):
    """Return people in and out of a category of whom so many answered yes."""
    member = np.repeat([0.0, 1.0], [n_others, n_members])
    yes = [np.arange(n) < k for n, k in ((n_others, yes_of_others), (n_members, yes_of_members))]
    return pd.DataFrame(
        {
            "response_id": [f"r{place:03d}" for place in range(len(member))],
            "organisation_id": [f"o{place % 12:02d}" for place in range(len(member))],
            "wave": "spring",
            "member": member,
            "score": np.concatenate(yes).astype(float),
        }
    )


def figures_of(spec, rows):
    """Return the released coefficients, what is known of a fit, and why it is withheld."""
    fit = fit_regression(spec, rows)
    units = rows.set_index("response_id")[["organisation_id"]]
    known = dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True))
    known |= behind_a_fit(spec, rows, {}, units, {})
    row = {"estimator": spec.estimator, "covariance": "HC1", "n_obs": len(rows), "df_resid": len(rows) - 2.0}
    told = reasons_to_withhold({**row, "n_clusters": None, "least_cell_size": 10}, known, ["intercept", "member"], [])
    return fit.estimates["estimate"].round(3).to_numpy(), told


def tables_told(coefficients, n_rounded):
    """List the tables of members and answers that give these coefficients of Firth's logit: one more half in each."""
    found = []
    for n in range(n_rounded - 2, n_rounded + 3):
        for members in range(10, n - 9):
            grids = [np.arange(size + 1) for size in (n - members, members)]
            odds = [np.log((grid + 0.5) / (grid[-1] - grid + 0.5)).round(9) for grid in grids]
            for yes in np.flatnonzero(np.abs(odds[0] - coefficients[0]) <= 0.00051):
                both = np.abs(odds[1] - coefficients.sum()) <= 0.0011
                found += [(n - members, members, int(yes), int(own)) for own in np.flatnonzero(both)]
    return found


@pytest.mark.parametrize("yes_of_members", [0, 1, 2, 11, 12])
def test_without_the_rule_odds_tell_how_nearly_everybody_in_a_category_answered(monkeypatch, yes_of_members):
    """Odds to three decimals and a number rounded to 5 leave no other number of members who said yes."""
    coefficients, told = figures_of(spec_of("member", **LOGIT), rows_with(28, 12, 15, yes_of_members))
    members = {table[3] for table in tables_told(coefficients, 40) if table[:2] == (28, 12)}
    assert members == {yes_of_members}
    assert told == [FEW]
    monkeypatch.setattr(fits_to_withhold, "LEAST_BAND", 0)
    assert not figures_of(spec_of("member", **LOGIT), rows_with(28, 12, 15, yes_of_members))[1]


def test_a_category_with_three_of_either_answer_is_shown():
    for yes in (3, 9):
        assert not figures_of(spec_of("member", **LOGIT), rows_with(28, 12, 15, yes))[1]


def test_a_number_of_two_values_is_a_category_too():
    rows = rows_with(28, 12, 15, 1).assign(member=lambda each: each["member"] + 1)
    assert figures_of(spec_of("member", **LOGIT), rows)[1] == [FEW]
    assert "a category with fewer than 10 responses" in figures_of(spec_of("member", **LOGIT), rows_of_two(9))[1]


@pytest.mark.parametrize("n_in_cell", [9, 10])
def test_every_cell_of_a_product_is_a_category(n_in_cell):
    """Of 21 members 12 are of the other category too: coefficients tell the share of the nine who are not."""
    rows = rows_with(30, 12 + n_in_cell, 15, 9).assign(other=0.0)
    rows.loc[rows.index[15:42], "other"] = 1.0
    units = rows.set_index("response_id")[["organisation_id"]]
    spec = spec_of("member", "other", {"interaction": ("member", "other")}, **LOGIT)
    assert behind_a_fit(spec, rows, {}, units, {})["least_category_n"] == n_in_cell
    plain = behind_a_fit(spec_of("member", "other", **LOGIT), rows, {}, units, {})
    assert plain["least_category_n"] > n_in_cell


def rows_of_two(n_members):
    return rows_with(30, n_members, 15, 4).assign(member=lambda each: each["member"] + 1)


COUNTED = {"estimator": "poisson", "covariance": "HC1"}


@pytest.mark.parametrize(("largest", "is_told"), [(90, True), (30, False)])
def test_without_the_rule_the_second_most_tells_what_the_one_with_most_counted(monkeypatch, largest, is_told):
    """Whoever has the second largest number takes it from the sum; what is left is the largest to within a tenth."""
    rows = rows_with(30, 12, 0, 0)
    counts = np.concatenate([np.arange(30) % 4, [largest, 5, *[1, 0] * 5]])
    rows = rows.assign(score=counts.astype(float))
    coefficients, told = figures_of(spec_of("member", **COUNTED), rows)
    total_of_members = 12 * float(np.exp(coefficients.sum()))
    is_close = abs(total_of_members - 5 - largest) < 0.1 * largest
    assert is_close == is_told
    assert told == ([ONE_COUNT] if is_told else [])
    monkeypatch.setattr(fits_to_withhold, "LEAST_BESIDE_TWO", 0)
    assert not figures_of(spec_of("member", **COUNTED), rows)[1]


def test_a_weight_may_make_a_count_the_largest():
    rows = rows_with(30, 12, 0, 0).assign(weight=1.0, score=1.0)
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec_of("member", weights="weight", **COUNTED), rows, {}, units, {})
    assert found["count_beside_two"] == 10
    rows.loc[rows.index[-1], "weight"] = 20.0
    found = behind_a_fit(spec_of("member", weights="weight", **COUNTED), rows, {}, units, {})
    assert found["count_beside_two"] == 0.5


@given(st.lists(st.integers(0, 30), min_size=10, max_size=30))
def test_whoever_has_the_second_largest_count_misses_the_largest_by_what_is_told(counts):
    found = answers_told("poisson", pd.Series(counts), [])["count_beside_two"]
    largest, second = sorted(counts)[:-3:-1]
    assert found * largest == pytest.approx(sum(counts) - second - largest if largest else 0)


@given(st.lists(st.sampled_from("abc"), min_size=10, max_size=30), st.integers(1, 9))
def test_answers_are_counted_in_and_out_of_a_category(given_answers, n_in):
    outcome = pd.Series(given_answers)
    part = np.arange(len(outcome)) < n_in
    sides = [outcome[part], outcome[~part]]
    names = outcome.unique()
    fewest = min(int((side == name).sum()) for side in sides for name in names)
    others = min(len(side) - int(side.value_counts().max()) for side in sides)
    parts = [part, ~part]
    assert answers_told("multinomial", outcome, parts) == {"least_answer_of_category": fewest}
    assert answers_told("ordered_logit", outcome, parts) == {"least_answer_of_category": others}


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_the_average_difference_of_a_mixed_logit_is_released(monkeypatch, is_on):
    """Averaged over groups it is smaller than one within a group, by what the variance of groups makes of it."""
    if not is_on:
        monkeypatch.setattr(released_fits, "OF_YES_AND_NO", ("logit", "mixed_logit"))
    fits = pd.DataFrame({"fit_id": ["f", "g"], "estimator": ["mixed_logit", "logit"], "focal_term": "x"})
    term = {"model": "m", "variant": "main", "position": 0, "term": "x", "df": np.nan}
    figures = dict.fromkeys(("estimate", "std_error", "p_value", "conf_low", "conf_high"), 0.5)
    estimates = pd.DataFrame([{"fit_id": name, **term, **figures} for name in ("f", "g")])
    reading = {"term": "x", "reading": "average_effect", "value": 0.123, "conf_low": 0.05, "conf_high": 0.2}
    readings = pd.DataFrame([{"fit_id": name, **reading} for name in ("f", "g")])
    shown = released_fits.released_estimates(estimates, {}, fits, readings).set_index("fit_id")
    effects = shown["average_effect"]
    assert [bool(pd.isna(effects[name])) for name in ("f", "g")] == [is_on, False]
    assert effects["g"] == 0.12


FACTS = {"budget": (20, 20, 0, 2), "size": (20, 0, 20, 2), "age": (20, 0, 2, 20)}
LOGITS = """\
name: {name}
kind: regression
title: {{en: Helping}}
estimand: Odds of having helped between organisations that differ by one.
estimator: logit
outcome: helped
focal: {focal}
regressors: [{regressors}]
cluster: none
covariance: HC1
"""


@pytest.fixture(scope="module")
def helping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four organisations of forty; one model has two facts about them, another the third."""
    folder = build_small_study(tmp_path_factory.mktemp("answers") / "small", waves=())
    numbers = "".join(f"  {name}: {{text: {{en: {name}}}, kind: number, least: 0, most: 60}}\n" for name in FACTS)
    helped = "  helped: {text: {en: I helped.}, kind: number, least: 0, most: 1}\n"
    instrument = INSTRUMENT.replace("scales:\n  teamwork", f"{numbers}{helped}scales:\n  teamwork")
    (folder / "instruments/teamwork.yaml").write_text(instrument, encoding="utf-8")
    table = answers("spring", n_responses=160)
    of = np.repeat(np.arange(4), 40)
    facts = {name: np.array(values)[of].astype(str) for name, values in FACTS.items()}
    share = np.array([0.3, 0.6, 0.5, 0.4])[of]
    drawn = (np.random.default_rng(1).random(160) < share).astype(int).astype(str)
    write_export(folder, "spring.csv", table.assign(organisation=[f"O{each}" for each in of], helped=drawn, **facts))
    for name, regressors in (("first", "budget, size"), ("second", "age")):
        text = LOGITS.format(name=name, focal=regressors.partition(",")[0], regressors=regressors)
        (folder / f"models/{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("models: [trust]", "models: [first, second]"))
    (folder / "models/trust.yaml").unlink()
    return folder


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_two_logits_together_tell_the_share_of_every_organisation(helping: Path, is_on: bool):
    """Four sums of four organisations' yes follow from both, three from the first alone."""
    study, store = bring_up_to_date(helping)
    with nullcontext() if is_on else patch.object(fits_beside_units, "_of_answers", lambda *_: ()):
        withheld = preview(study, store).withheld_fits
    told = {name.partition(".")[0]: why for name, why in withheld.items()}
    assert told == ({"second": TELLS} if is_on else {})


ONE_ITEM = "  teamwork:\n    title"


def of_one_item(helping: Path, to: Path) -> Path:
    """Make an item a scale by itself, and explain the item by facts: as a count, and by least squares."""
    folder = Path(shutil.copytree(helping, to, ignore=shutil.ignore_patterns("warehouse*", "releases")))
    path = folder / "instruments/teamwork.yaml"
    scale = "  planning: {title: {en: Planning}, items: [TW_1], least_answered: 1}\n"
    path.write_text(path.read_text().replace(ONE_ITEM, scale + ONE_ITEM), encoding="utf-8")
    for name, estimator, regressors in (
        ("first", "poisson", "budget, size"),
        ("second", "linear", "budget, size, age"),
    ):
        text = LOGITS.format(name=name, focal="budget", regressors=regressors).replace(
            "outcome: helped", "outcome: TW_1"
        )
        (folder / f"models/{name}.yaml").write_text(text.replace("logit", estimator), encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_the_only_item_of_a_scale_tells_its_hidden_means(helping: Path, tmp_path: Path, is_on: bool):
    study, store = bring_up_to_date(of_one_item(helping, tmp_path / "small"))
    alone = tell_of_scale if is_on else lambda scale, _: frozenset([scale])
    with (
        patch.object(fit_disclosure, "tell_of_scale", alone),
        patch.object(fits_beside_units, "tell_of_scale", alone),
        patch.object(fits_beside_units, "_of_answers", lambda *_: ()),
        patch.object(fits_to_withhold, "HIGHEST_LEVERAGE", 2.0),  # four organisations decide every coefficient
    ):
        withheld = preview(study, store).withheld_fits
    told = {name.partition(".")[0]: why.partition(",")[0] for name, why in withheld.items()}
    assert told == ({"first": "categories or counts of a scale", "second": TELLS} if is_on else {})


@pytest.mark.slow
@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_least_squares_tell_the_mean_of_a_small_cell_of_a_product(
    helping: Path, tmp_path: Path, is_on: bool
):
    """Constant and coefficient of the first add to the mean of three people, none of them in a small category."""
    folder = of_one_item(helping, tmp_path / "small")
    (folder / "models/first.yaml").unlink()
    facts = "budget, size, {interaction: [budget, size]}"
    text = LOGITS.format(name="second", focal="budget", regressors=facts).replace("helped", "tenure")
    (folder / "models/second.yaml").write_text(text.replace("logit", "linear"), encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[first, second]", "[second]"), encoding="utf-8")
    table = pd.read_csv(folder / "exports/spring.csv", dtype=str)
    cells = np.resize(np.repeat([(0, 0), (0, 1), (1, 1), (1, 0)], [70, 57, 30, 3], axis=0), (160, 2))
    order = np.random.default_rng(2).permutation(160)
    table[["budget", "size"]] = cells[order].astype(str)
    table.to_csv(folder / "exports/spring.csv", index=False)
    study, store = bring_up_to_date(folder)
    with patch.object(fit_rows, "PRODUCT", fit_rows.PRODUCT if is_on else "no product"):
        withheld = preview(study, store).withheld_fits
    assert list(withheld.values()) == (["a category with fewer than 10 responses"] if is_on else [])
