"""Regressions of rows that stay in a database: the fit and the refusals of rows in memory, and the same bits again."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from cut_rows import uncertainty_in_memory
from hypothesis import given, settings
from hypothesis import strategies as st

from models.multilevel.of_database import estimate_random_intercept
from models.regression.design import build_design
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.in_database.grouped import (
    fit_fixed_effects,
    fit_fixed_effects_at_once,
)
from models.regression.in_database.responses import look_at_responses, select_responses
from models.regression.in_database.streamed import fit_in_blocks
from models.regression.least_squares import solve_least_squares
from models.sections.inference import CLUSTERED, UNCLUSTERED
from models.sections.population import Population
from models.sections.regressors import Interaction, Variable
from models.spec import RegressionSpec

RELATION = ("core", "analysis")
LABELS = {"role": {1: "clerk", 2: "nurse", 3: "teacher"}}
ROLE = Variable(variable="role", use="category")
GENDER = Variable(variable="gender", use="category", reference="male")


def drawn_analysis(seed=1, n=600, n_groups=40):
    """Draw an analysis table with missing answers and organisations from one response to many."""
    rng = np.random.default_rng(seed)
    groups = (n_groups * rng.random(n) ** 2).astype(int)
    trust, load = rng.normal(3, 1, n), rng.normal(2.5, 0.8, n)
    table = pd.DataFrame(
        {
            "response_id": [f"r{place:05d}" for place in rng.permutation(n)],
            "wave": np.where(rng.random(n) < 0.5, "w1", "w2"),
            "source": "staff",
            "respondent_group": np.where(rng.random(n) < 0.7, "frontline", "manager"),
            "organisation_id": [f"org{group}" for group in groups],
            "role": pd.Series(rng.integers(1, 4, n), dtype="Int16"),
            "gender": rng.choice(["female", "male", "other"], n, p=[0.5, 0.4, 0.1]),
            "age": pd.Series(rng.integers(18, 70, n), dtype="Int32"),
            "trust": trust,
            "workload": load,
            "analysis_weight": rng.uniform(0.4, 3, n),
            "strain": 1 - 0.4 * trust + 0.5 * load + rng.normal(size=n) + rng.normal(size=n_groups)[groups],
        }
    )
    for column in ("role", "age", "trust", "workload", "strain"):
        table.loc[rng.random(n) < 0.05, column] = pd.NA if column in ("role", "age") else np.nan
    return table


def connected(table):
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("CREATE SCHEMA core")
    connection.register("drawn", table)
    connection.execute("CREATE TABLE core.analysis AS SELECT * FROM drawn")
    connection.unregister("drawn")
    return connection


def model_of(*regressors, **changes):
    given_ = {
        "name": "strain", "kind": "regression", "title": {"en": "Strain"}, "estimand": "Difference",
        "outcome": "strain", "regressors": regressors or ("trust", "workload"),
        "focal": (regressors or ("trust",))[0],
    }  # fmt: skip
    return RegressionSpec(**{**given_, **changes})


def in_database(spec, table, covariances, rows_of_a_block=150):
    with connected(table) as connection:
        responses = look_at_responses(spec, connection, RELATION)
        return fit_in_blocks(responses, LABELS, covariances, rows_of_a_block=rows_of_a_block)


def assert_same(found, spec, table, kinds):
    for kind in kinds:
        wanted = spec.model_copy(update={"covariance": kind, "cluster": spec.cluster if kind in CLUSTERED else None})
        expected = fit_regression(wanted, table, LABELS)
        ours, theirs = found.estimates(kind).set_index("term"), expected.estimates.set_index("term")
        assert list(ours.index) == list(theirs.index)
        assert found.n_obs == expected.n_obs
        assert found.df_resid == expected.df_resid
        assert found.r_squared == pytest.approx(expected.r_squared, abs=1e-12)
        scale = theirs["std_error"]
        assert (
            (ours["estimate"] - theirs["estimate"]).abs() <= 1e-9 * np.maximum(scale, theirs["estimate"].abs())
        ).all()
        assert (ours["std_error"] / scale - 1).abs().max() < 1e-10, kind
        assert (ours["df"] / theirs["df"] - 1).abs().max() < 1e-7, kind
        if kind in CLUSTERED:
            assert found.n_clusters == expected.n_clusters


MODELS = {
    "numbers": model_of(),
    "categories with labels and a reference": model_of("trust", ROLE, GENDER),
    "products of categories and numbers": model_of(
        "trust", ROLE, GENDER, Interaction(interaction=(ROLE, GENDER)), Interaction(interaction=("trust", ROLE))
    ),
    "whole numbers and a polynomial": model_of(Variable(variable="age", polynomial=3), "trust"),
    "centred and standardised": model_of(
        Variable(variable="trust", centre="grand_mean", polynomial=2), Variable(variable="workload", standardise=True)
    ),
    "a spline": model_of(Variable(variable="workload", spline=4), "trust"),
    "weights": model_of("trust", ROLE, weights="analysis_weight"),
    "a population": model_of("trust", population=Population(waves=("w2",), respondent_groups=("frontline",))),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kinds", [UNCLUSTERED, CLUSTERED], ids=["without clusters", "with clusters"])
def test_every_way_of_writing_a_regressor_gives_the_fit_of_rows_in_memory(model, kinds):
    spec = MODELS[model].model_copy(update={"cluster": "organisation_id"}) if kinds == CLUSTERED else MODELS[model]
    table = drawn_analysis()
    assert_same(in_database(spec, table, kinds), spec, table, kinds)


regressors = st.lists(
    st.sampled_from(
        [
            "workload", "age", ROLE, GENDER, Variable(variable="wave", use="category"),
            Interaction(interaction=("trust", "workload")), Interaction(interaction=("trust", ROLE)),
            Interaction(interaction=(ROLE, "age")),
        ]
    ),
    max_size=5,
    unique_by=repr,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(250, 500),
    n_groups=st.integers(20, 80),
    chosen=regressors,
    is_weighted=st.booleans(),
    size=st.integers(40, 600),
)
def test_drawn_designs_give_the_fit_of_rows_in_memory(seed, n, n_groups, chosen, is_weighted, size):
    parts = [part for each in chosen if isinstance(each, Interaction) for part in each.interaction]
    every = list({repr(each): each for each in ["trust", *parts, *chosen]}.values())
    weights = "analysis_weight" if is_weighted else None
    spec = model_of(*every, weights=weights, cluster="organisation_id")
    table = drawn_analysis(seed, n, n_groups)
    kinds = ("CR1S", "CR2")
    assert_same(in_database(spec, table, kinds, size), spec, table, kinds)


def lonely(table):
    """One response alone belongs to a category."""
    changed = table.dropna().reset_index(drop=True)
    changed["gender"] = np.where(changed["gender"] == "other", "male", changed["gender"])
    changed.loc[3, "gender"] = "other"
    return changed


REFUSED = {
    "columns that follow from others": (model_of("trust", "double"), lambda t: t.assign(double=t["trust"] * 2 + 1)),
    "a column without variation": (model_of("trust", "flat"), lambda t: t.assign(flat=4.0)),
    "an outcome without variation": (model_of(), lambda t: t.assign(strain=2.0)),
    "one category": (model_of("trust", GENDER), lambda t: t.assign(gender="male")),
    "an unknown reference": (
        model_of("trust", Variable(variable="role", use="category", reference="nobody")), lambda t: t,
    ),
    "a number that is text": (model_of("gender"), lambda t: t),
    "an infinite number": (model_of(), lambda t: t.assign(trust=t["trust"].mask(t.index < 3, np.inf))),
    "a weight of nought": (model_of(weights="analysis_weight"), lambda t: t.assign(analysis_weight=0.0)),
    "an absent column": (model_of("trust", "nowhere"), lambda t: t),
    "an empty population": (model_of(population=Population(waves=("w9",))), lambda t: t),
    "nobody complete": (model_of(), lambda t: t.assign(workload=np.nan)),
    "one cluster": (model_of(cluster="organisation_id"), lambda t: t.assign(organisation_id="org")),
    "fewer responses than coefficients": (model_of(), lambda t: t.dropna().head(3)),
    "knots that coincide": (model_of(Variable(variable="role", spline=7)), lambda t: t),
    "standardised without variation": (
        model_of("trust", Variable(variable="flat", standardise=True)), lambda t: t.assign(flat=4.0),
    ),
    "a term that stands twice": (model_of("trust", Variable(variable="trust", polynomial=2)), lambda t: t),
    "a response that decides a coefficient": (model_of("trust", GENDER, covariance="HC3"), lonely),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_rows_in_memory_refuse_is_refused_in_the_same_words(case):
    spec, change = REFUSED[case]
    table = change(drawn_analysis())
    with pytest.raises(ModelDataError) as in_memory:
        fit_regression(spec, table, LABELS)
    with pytest.raises(ModelDataError) as refused:
        in_database(spec, table, ())
    words = str(refused.value).replace("VARCHAR", "str")
    assert words == str(in_memory.value)


def test_the_same_run_gives_the_same_bits_and_other_blocks_the_same_numbers():
    spec = model_of("trust", ROLE, "age", cluster="organisation_id")
    table = drawn_analysis(n=20_000)
    first, again, other = (in_database(spec, table, ("HC3", "CR1S", "CR2"), size) for size in (3_000, 3_000, 811))
    assert first.coefficients.tobytes() == again.coefficients.tobytes()
    for kind, uncertainty in first.uncertainties.items():
        assert uncertainty.covariance.tobytes() == again.uncertainties[kind].covariance.tobytes()
        assert uncertainty.df.tobytes() == again.uncertainties[kind].df.tobytes()
        assert np.abs(other.uncertainties[kind].errors / uncertainty.errors - 1).max() < 1e-12
    assert np.abs(other.coefficients / first.coefficients - 1).max() < 1e-12


def grouped(spec, table, fit, *arguments, select=look_at_responses, **options):
    with connected(table) as connection:
        return fit(select(spec, connection, RELATION), LABELS, *arguments, **options)


@pytest.mark.parametrize("kinds", [("classical", "CR0", "CR2"), ("HC1", "CR2")], ids=["one reading", "more readings"])
def test_fixed_effects_are_those_of_one_category_an_organisation(kinds):
    spec, table = model_of("trust", ROLE, cluster="organisation_id"), drawn_analysis(n_groups=20)
    found = grouped(spec, table, fit_fixed_effects, kinds, rows_of_a_block=170)
    assert ("one reading" in found.reason) == ("HC1" not in kinds)
    organisation = Variable(variable="organisation_id", use="category")
    with_category = spec.model_copy(update={"regressors": (*spec.regressors, organisation)})
    design = build_design(with_category, table, LABELS)
    expected = solve_least_squares(design.matrix.to_numpy(), design.outcome.to_numpy())
    codes = pd.factorize(design.clusters["organisation_id"])[0]
    assert list(design.matrix)[1:4] == list(found.terms)
    assert found.coefficients == pytest.approx(expected.coefficients[1:4], rel=1e-9)
    for kind in kinds:
        theirs = uncertainty_in_memory(expected, kind, codes)
        assert found.uncertainties[kind].errors == pytest.approx(theirs.errors[1:4], rel=1e-10)
        assert found.uncertainties[kind].df == pytest.approx(theirs.df[1:4], rel=1e-8)


def with_effects(*regressors, **changes):
    return model_of(*regressors, cluster="organisation_id", fixed_effects="organisation_id", **changes)


@pytest.mark.parametrize("n_alone", [0, 1, 40])
def test_effects_are_the_same_without_a_look_and_leave_out_responses_alone_in_their_group(n_alone):
    table = drawn_analysis()
    table = table.groupby("organisation_id").filter(lambda rows: rows["strain"].notna().sum() > 9)
    alone = drawn_analysis(n=n_alone, seed=8).dropna()
    alone = alone.assign(organisation_id=[f"alone{place}" for place in range(len(alone))])
    table, kinds = pd.concat([table, alone], ignore_index=True), ("classical", "CR1S", "CR2")
    looked_at = grouped(with_effects(), table, fit_fixed_effects, kinds)
    at_once = grouped(with_effects(), table, fit_fixed_effects_at_once, kinds, select=select_responses)
    for name in ("terms", "n_obs", "n_clusters", "df_resid", "reason"):
        assert getattr(at_once, name) == getattr(looked_at, name)
    assert at_once.coefficients == pytest.approx(looked_at.coefficients, rel=1e-11)
    assert at_once.r_squared == pytest.approx(looked_at.r_squared, rel=1e-11)
    for kind in kinds:
        assert at_once.uncertainties[kind].errors == pytest.approx(looked_at.uncertainties[kind].errors, rel=1e-11)
        assert at_once.uncertainties[kind].df == pytest.approx(looked_at.uncertainties[kind].df, rel=1e-9)


NEEDS_A_LOOK = {
    "weights": (with_effects(weights="analysis_weight"), {}),
    "a category": (with_effects(ROLE), {}),
    "nothing varies within": (with_effects(), {"trust": 1.5}),
    "everyone is alone": (with_effects(), {"organisation_id": [f"org{place}" for place in range(2_000)]}),
    "one organisation": (with_effects(), {"organisation_id": "org1"}),
}


@pytest.mark.parametrize("case", NEEDS_A_LOOK)
def test_effects_that_need_a_look_are_left_to_it(case):
    spec, values = NEEDS_A_LOOK[case]
    table = drawn_analysis(n=2_000).assign(**values)
    assert grouped(spec, table, fit_fixed_effects_at_once, select=select_responses) is None


def in_groups(*regressors):
    """Return the model with a random intercept of organisations."""
    return model_of(*regressors, estimator="mixed", random_effects=({"groups": "organisation_id"},))


def intercept_of(spec, table, select=select_responses):
    return grouped(
        spec, table, lambda selected, labels: estimate_random_intercept(selected, labels).model, select=select
    )


def test_a_random_intercept_is_the_same_in_any_order():
    spec, table = in_groups("trust", ROLE), drawn_analysis()
    whole, moved = intercept_of(spec, table), intercept_of(spec, table.sample(frac=1, random_state=2))
    assert whole.terms == ("intercept", "trust", "role[nurse]", "role[teacher]")
    assert moved.criterion == pytest.approx(whole.criterion, rel=1e-13)
    assert moved.coefficients == pytest.approx(whole.coefficients, rel=1e-11)


def test_a_random_intercept_with_a_bent_number_is_that_of_the_centred_one():
    table = drawn_analysis()
    curves = [in_groups(Variable(variable="age", polynomial=3, centre=centre)) for centre in (None, "grand_mean")]
    raw, centred = (intercept_of(spec, table) for spec in curves)
    assert raw.criterion == pytest.approx(centred.criterion, rel=1e-10)
    assert raw.coefficients[3] == pytest.approx(centred.coefficients[3], rel=1e-6)


NOT_TO_BE_USED = {
    "one outcome for all": ({"strain": 3.0}, "is the same"),
    "an infinite regressor": ({"trust": np.inf}, "'trust' is infinite"),
    "an infinite outcome": ({"strain": np.inf}, "'strain' is infinite"),
    "no complete response": ({"trust": np.nan}, "none answered every variable"),
}


@pytest.mark.parametrize("case", NOT_TO_BE_USED)
def test_responses_that_were_not_looked_at_are_refused_as_those_that_were(case):
    values, message = NOT_TO_BE_USED[case]
    spec, table = in_groups(), drawn_analysis().assign(**values)
    told = []
    for select in (look_at_responses, select_responses):
        with pytest.raises(ModelDataError, match=message) as raised:
            intercept_of(spec, table, select)
        told.append(str(raised.value))
    assert told[0] == told[1]


REFUSED_GROUPS = {
    "no cluster": (model_of(covariance="classical"), fit_fixed_effects, "0 columns of clusters"),
    "HC3 within groups": (
        model_of(covariance="HC3"), lambda r, labels: fit_fixed_effects(r, labels, ("HC3",)), "HC3 is not defined",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_GROUPS)
def test_groups_refuse_what_they_cannot_carry(case):
    spec, fit, message = REFUSED_GROUPS[case]
    table = drawn_analysis()
    with pytest.raises(ModelDataError, match=message):
        grouped(spec, table.assign(double=table["trust"] * 2), fit)
