"""What holds of every imputation: observed values stay, drawn ones are valid, the order of rows changes nothing."""

import time

import numpy as np
import pandas as pd
import pytest

from models.missing_data.chained import impute_chained
from models.missing_data.convergence import (
    convergence_table,
    course_of_chains,
    imputations_needed,
    largest_expected,
    problems_of,
    split_r_hat,
)
from models.missing_data.plan import (
    Column,
    ImputationPlan,
    OrganisationMean,
    power,
    product,
    scale_columns,
    score,
)
from models.regression.identification import ModelDataError
from tests.agreement.missing_data import WEIGHT, fit_of, imputed_boys
from tests.models.missing_data.nhanes import stored
from tests.models.missing_data.survey_with_gaps import CATEGORIES, columns, complete_responses, with_gaps

STOCHASTIC = 0.35


def plan_of(n_imputations=3, n_iterations=2, **changes):
    return ImputationPlan(columns(**changes), (), n_imputations, n_iterations, "organisation")


@pytest.fixture(scope="module")
def imputed():
    data = with_gaps(complete_responses())
    return data, impute_chained(data, plan_of(), np.random.default_rng(3))


def test_observed_values_stay_and_no_gap_is_left(imputed):
    data, found = imputed
    for completed in found:
        assert not completed.isna().any().any()
        pd.testing.assert_frame_equal(completed.where(data.notna()), data.where(data.notna()), check_dtype=False)


def test_imputed_categories_are_among_those_observed(imputed):
    _, found = imputed
    for completed in found:
        for name, n_categories in CATEGORIES.items():
            assert set(completed[name]) <= set(range(n_categories))


def test_matched_values_were_observed(imputed):
    data, found = imputed
    assert set(found.completed(0)["skewed"]) <= set(data["skewed"].dropna())


def test_organisations_have_one_value_of_what_belongs_to_them(imputed):
    _, found = imputed
    for completed in found:
        assert completed.groupby("organisation")["size"].nunique().max() == 1


def test_without_gaps_imputations_are_the_data():
    data = complete_responses(60, 5)
    found = impute_chained(data, plan_of(), np.random.default_rng(1))
    for completed in found:
        pd.testing.assert_frame_equal(completed, data)
    assert problems_of(found) == ()


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_changes_no_bit(seed):
    data = with_gaps(complete_responses(90, 10))
    shuffled = data.iloc[np.random.default_rng(seed).permutation(len(data))]
    plan = ImputationPlan(
        columns(), (OrganisationMean("mean", "nested"), power("square", "number", 2)), 2, 1, "organisation"
    )
    there, here = (impute_chained(each, plan, np.random.default_rng(7)).completed(1) for each in (data, shuffled))
    pd.testing.assert_frame_equal(there, here.loc[there.index], check_exact=True)
    assert list(here.index) == list(shuffled.index)


def test_more_imputations_leave_the_first_ones_as_they_are():
    data = with_gaps(complete_responses(90, 10))
    few, many = (impute_chained(data, plan_of(n), np.random.default_rng(7)) for n in (2, 4))
    pd.testing.assert_frame_equal(few.completed(1), many.completed(1), check_exact=True)


def test_derived_columns_follow_from_the_completed_ones():
    data = with_gaps(complete_responses(120, 10))
    derived = (
        score("total", ("number", "nested")),
        product("both", "number", "nested"),
        power("square", "number", 2),
        OrganisationMean("level", "nested"),
    )
    changes = {"yes": {"predictors": ("total", "both", "square", "level")}}
    plan = ImputationPlan(columns(**changes), derived, 2, 2, "organisation")
    completed = impute_chained(data, plan, np.random.default_rng(7)).completed(0)
    np.testing.assert_allclose(completed["total"], (completed["number"] + completed["nested"]) / 2)
    np.testing.assert_allclose(completed["both"], completed["number"] * completed["nested"])
    np.testing.assert_allclose(completed["square"], completed["number"] ** 2)
    means = completed.groupby("organisation")["nested"].transform("mean")
    np.testing.assert_allclose(completed["level"], means)


def test_items_are_imputed_from_their_scale_and_scores_of_others():
    items = {scale: tuple(Column(f"{scale}{n}", 5, "ordered") for n in range(3)) for scale in "ab"}
    plan = scale_columns(items, ("known",))
    assert plan.column("a1").predictors == ("a0", "a2", "b", "known")
    random = np.random.default_rng(1)
    factor = random.normal(size=(200, 1))
    answers = np.digitize(factor + random.normal(size=(200, 6)), [-1, -0.3, 0.3, 1]).astype(float)
    answers[random.random(answers.shape) < 0.1] = np.nan
    data = pd.DataFrame(answers, columns=[each.name for each in plan.columns]).assign(known=factor)
    whole = ImputationPlan((*plan.columns, Column("known")), plan.derived, 2, 2)
    completed = impute_chained(data, whole, random).completed(1)
    np.testing.assert_allclose(completed["b"], completed[["b0", "b1", "b2"]].mean(axis=1))
    assert set(completed["a0"]) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("has_equal_spread", [True, False])
def test_two_levels_keep_the_share_of_variance_between_organisations(has_equal_spread):
    random = np.random.default_rng(5)
    organisations = np.repeat(np.arange(60), 20)
    spread = np.exp(random.normal(0, 0.5, 60))[organisations] if not has_equal_spread else 1.0
    outcome = random.normal(0, 1, 60)[organisations] + spread * random.normal(size=1200)
    data = pd.DataFrame({"y": outcome, "x": random.normal(size=1200), "organisation": organisations})
    data.loc[random.random(1200) < 0.5, "y"] = np.nan
    data.loc[data["organisation"] == 7, "y"] = np.nan
    column = Column("y", method="two_level_normal", has_equal_spread=has_equal_spread)
    found = impute_chained(data, ImputationPlan((column, Column("x")), (), 5, 3, "organisation"), random)

    variances = pd.Series(np.broadcast_to(spread, 1200) ** 2).groupby(organisations).first()
    true_between = pd.Series(outcome).groupby(organisations).mean().var() - variances.mean() / 20

    def shares(completed):
        groups = completed.groupby("organisation")["y"]
        likeness = 1.0 if has_equal_spread else np.corrcoef(np.log(groups.var()), np.log(variances))[0, 1]
        return groups.mean().var() - groups.var().mean() / 20, np.log(groups.var()).mean(), likeness

    between, within, likeness = np.mean([shares(each) for each in found], axis=0)
    assert between == pytest.approx(true_between, rel=0.2)
    assert within == pytest.approx(np.log(variances).mean(), abs=0.15)
    assert likeness > 0.6


def test_delta_shifts_what_is_imputed():
    data = with_gaps(complete_responses())
    names = ["number", "yes", "agrees"]
    shifted = plan_of(**{name: {"delta": 1.0, "predictors": ("known",)} for name in names})
    plain = plan_of(**{name: {"predictors": ("known",)} for name in names})
    ours, theirs = (impute_chained(data, each, np.random.default_rng(2)).completed(0) for each in (shifted, plain))
    gaps = data["number"].isna()
    np.testing.assert_allclose((ours["number"] - theirs["number"])[gaps], 1.0)
    assert (ours["number"] == theirs["number"])[~gaps].all()
    for name in ("yes", "agrees"):
        assert (ours[name] >= theirs[name]).all()
        assert (ours[name] > theirs[name]).any()


@pytest.mark.reference
def test_boys_agree_with_r(reference):
    found = imputed_boys(reference)
    pooled = found.pool(fit_of(WEIGHT))
    expected = pd.DataFrame(stored(reference)["stochastic"]["pooled"]["pooled"])
    assert np.abs((pooled.estimates - expected["estimate"]) / np.sqrt(expected["t"])).max() < STOCHASTIC
    np.testing.assert_allclose(np.diag(pooled.covariance), expected["t"], rtol=0.2)
    assert problems_of(found) == ()


def test_chains_that_do_not_settle_are_named():
    random = np.random.default_rng(1)
    both = random.normal(size=(400, 1)) + 0.02 * random.normal(size=(400, 2))
    data = pd.DataFrame(both, columns=["a", "b"])
    data.loc[:180, "a"], data.loc[181:380, "b"] = np.nan, np.nan
    plan = ImputationPlan((Column("a", method="normal"), Column("b", method="normal")), (), 4, 12)
    found = problems_of(impute_chained(data, plan, random))
    assert "a" in {each.column for each in found}
    assert "have not settled after 12 iterations" in found[0].message


def test_too_few_iterations_are_named():
    found = impute_chained(with_gaps(complete_responses(90, 10)), plan_of(), np.random.default_rng(1))
    assert "cannot be told; expected at least 8 iterations" in problems_of(found)[0].message
    assert set(convergence_table(found)["verdict"]) == {"none"}
    assert len(course_of_chains(found)) == 3 * 2 * 7


def test_predictors_that_say_the_same_are_left_out_and_named():
    data = with_gaps(complete_responses(90, 10)).assign(twice=lambda each: 2 * each["known"])
    plan = ImputationPlan((Column("number", method="normal"), Column("known"), Column("twice")), (), 2, 8)
    found = impute_chained(data, plan, np.random.default_rng(1))
    assert found.left_out == {"number": 16}
    assert "in 16 draws of 'number' some predictors were left out" in problems_of(found)[0].message


def test_split_r_hat_is_that_of_the_formula():
    chains = np.array([[1.0, 2.0, 4.0, 3.0], [2.0, 2.5, 0.0, 1.0]])
    halves = np.array([[1.0, 2.0], [2.0, 2.5], [4.0, 3.0], [0.0, 1.0]])
    within, between = halves.var(axis=1, ddof=1).mean(), 2 * halves.mean(axis=1).var(ddof=1)
    assert split_r_hat(chains) == pytest.approx(np.sqrt((within / 2 + between / 2) / within))
    assert split_r_hat(np.ones((2, 4))) == 1.0
    assert split_r_hat(np.array([[1.0] * 4, [2.0] * 4])) == np.inf


def test_independent_draws_exceed_the_threshold_once_in_a_thousand():
    random = np.random.default_rng(1)
    limit = largest_expected(5, 8)
    n_above = sum(split_r_hat(random.normal(size=(5, 8))) > limit for _ in range(4000))
    assert n_above <= 14


def test_how_many_imputations_are_needed():
    found = impute_chained(with_gaps(complete_responses()), plan_of(), np.random.default_rng(3))
    pooled = found.pool(fit_of(["number", "known", "nested"]))
    np.testing.assert_array_equal(imputations_needed(pooled), np.ceil(1 + (pooled.fraction_missing / 0.05) ** 2 / 2))


BAD = [
    ({}, {"yes": {"method": "normal"}}, "'yes' has 2 categories and method 'normal'; they do not go together"),
    ({}, {"kind": {"method": "logit"}}, "a logit expects 2; use 'ordered' or 'multinomial'"),
    ({}, {"kind": {"delta": 1.0}}, "for which a single delta has no meaning"),
    ({}, {"number": {"method": None}}, "values and has no method; give it one"),
    ({}, {"number": {"predictors": ("number", "known")}}, "'number' is imputed from itself"),
    ({}, {"number": {"predictors": ("total",)}}, "or from a derived column that is made of it"),
    ({}, {"number": {"predictors": ("nobody",)}}, "imputed from 'nobody', which the plan does not have"),
    ({}, {"agrees": {"categories": 4}}, "'agrees' has values other than codes 0 to 3"),
    ({}, {"nested": {"is_of_organisation": True, "method": "normal"}}, "'nested' differs within"),
    ({}, {"size": {"method": "two_level_normal"}}, "so it is imputed without levels"),
    ({}, {"number": {"method": "substantive"}}, "to agree with a substantive model and the plan has none"),
    ({"organisation": None}, {}, "'nested' needs organisations and the plan has none"),
    ({"organisation": "firm"}, {}, "'firm' is not in the data"),
    ({"n_imputations": 1}, {}, "expected at least 2 of 1"),
    ({"derived": (score("known", ("number",)),)}, {}, "'known' is there twice"),
    ({"derived": (score("odd", ("nobody",)),)}, {}, "'odd' is derived from 'nobody'"),
]


@pytest.mark.parametrize(("settings", "changes", "message"), BAD, ids=[message for *_, message in BAD])
def test_a_plan_that_cannot_be_carried_out_is_refused(settings, changes, message):
    given = {"derived": (score("total", ("number",)),), "n_imputations": 2, "n_iterations": 1} | settings
    plan = ImputationPlan(columns(**changes), **{"organisation": "organisation", **given})
    with pytest.raises(ModelDataError, match="the imputation cannot be made") as raised:
        impute_chained(with_gaps(complete_responses(90, 10)), plan, np.random.default_rng(1))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.assign(number=np.nan), "'number' has no value at all"),
        (lambda data: data.assign(number=np.inf), "'number' has infinite values"),
        (lambda data: pd.concat([data, data]), "rows have the same index"),
        (lambda data: data.assign(organisation=data["organisation"].where(data["known"] > 0)), "rows have no 'organ"),
        (lambda data: data.assign(yes=data["yes"].where(data["yes"] != 0)), "'yes' has the same category in all rows"),
        (lambda data: data.assign(skewed=data["skewed"].where(data["skewed"].rank() < 5)), "'skewed' is known in"),
        (lambda data: data.assign(nested=data["nested"].where(data["organisation"] < "o002")), "known in .* of 2 org"),
        (lambda data: data.assign(nested=data["nested"] * 0), "'nested' is the same in all rows where it is known"),
    ],
)
def test_data_that_cannot_be_imputed_are_refused(change, message):
    data = change(with_gaps(complete_responses(90, 10)))
    with pytest.raises(ModelDataError, match=message):
        impute_chained(data, plan_of(), np.random.default_rng(1))


@pytest.mark.slow
def test_two_thousand_rows_of_twelve_columns_are_imputed_twenty_times_in_half_a_minute():
    data = with_gaps(complete_responses(2000, 100))
    more = {f"more{number}": data["number"].sample(frac=1, random_state=number).to_numpy() for number in range(4)}
    made = tuple(Column(name, method="normal") for name in more)
    plan = ImputationPlan((*columns(), *made), (), 20, 10, "organisation")
    start = time.process_time()
    found = impute_chained(data.assign(**more), plan, np.random.default_rng(1))
    assert time.process_time() - start < 30
    assert problems_of(found) == ()
