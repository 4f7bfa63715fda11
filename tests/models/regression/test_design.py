"""Which responses and columns enter a regression, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of

from models.regression.design import build_design
from models.regression.identification import FEWEST_BEYOND, ModelDataError
from models.sections.population import Population
from models.sections.regressors import Interaction, Variable

EDUCATION = {"education": {1: "School", 2: "Bachelor degree", 3: "Master degree"}}


def category(variable, reference=None):
    return Variable(variable=variable, use="category", reference=reference)


@pytest.mark.parametrize(
    ("regressors", "terms"),
    [
        (("trust", "workload"), ["trust", "workload"]),
        ((category("education"),), ["education[Bachelor degree]", "education[Master degree]"]),
        ((category("education", 3),), ["education[School]", "education[Bachelor degree]"]),
        ((category("education", "Master degree"),), ["education[School]", "education[Bachelor degree]"]),
        ((category("education", "3"),), ["education[School]", "education[Bachelor degree]"]),
        ((category("language"),), ["language[en]"]),
        (
            (
                Variable(variable="trust", use="within_organisation"),
                Variable(variable="trust", use="organisation_mean"),
            ),
            ["trust_within_organisation", "trust_organisation_mean"],
        ),
        (
            ("trust", category("education"), Interaction(interaction=("trust", category("education")))),
            [
                "trust",
                "education[Bachelor degree]",
                "education[Master degree]",
                "trust x education[Bachelor degree]",
                "trust x education[Master degree]",
            ],
        ),
        (
            (
                "trust",
                "workload",
                category("language"),
                Interaction(interaction=("trust", "workload", category("language"))),
            ),
            ["trust", "workload", "language[en]", "trust x workload x language[en]"],
        ),
    ],
)
def test_terms_are_named_after_variables_and_labels(regressors, terms):
    design = build_design(model_of(*regressors), invented_analysis(), EDUCATION)
    assert list(design.matrix.columns) == ["intercept", *terms]


def test_columns_hold_numbers_indicators_and_products():
    analysis = invented_analysis()
    model = model_of("trust", category("language"), Interaction(interaction=("trust", category("language"))))
    matrix = build_design(model, analysis, {}).matrix
    is_english = (analysis["language"] == "en").to_numpy(float)
    trust = analysis["trust"].to_numpy(float)
    expected = np.column_stack([np.ones(60), trust, is_english, trust * is_english])
    np.testing.assert_array_equal(matrix.to_numpy(), expected)


def test_codes_stand_for_themselves_without_labels_or_with_equal_ones():
    for labels in ({}, {"education": {1: "Low", 2: "Other", 3: "Other"}}):
        design = build_design(model_of(category("education")), invented_analysis(), labels)
        assert list(design.matrix.columns) == ["intercept", "education[2]", "education[3]"]


def test_only_categories_of_the_responses_used_become_columns():
    analysis = invented_analysis()
    analysis.loc[analysis["education"] == 2, "strain"] = pd.NA
    design = build_design(model_of(category("education")), analysis, EDUCATION)
    assert list(design.matrix.columns) == ["intercept", "education[Master degree]"]


def test_responses_with_a_missing_variable_or_cluster_are_left_out():
    analysis = invented_analysis()
    analysis.loc[0, "trust"] = pd.NA
    analysis.loc[1, "organisation_id"] = None
    analysis.loc[2, "education"] = pd.NA
    plain = build_design(model_of(), analysis, {})
    clustered = build_design(model_of(covariance="CR1S", cluster="organisation_id"), analysis, {})
    assert (len(plain.rows), len(clustered.rows), clustered.n_in_population) == (59, 58, 60)
    assert plain.clusters.shape[1] == 0
    assert clustered.clusters["organisation_id"].nunique() == 6


def test_rows_are_sorted_and_hold_only_what_the_model_reads():
    analysis = invented_analysis().sample(frac=1, random_state=3)
    design = build_design(model_of(population=Population(respondent_groups=("manager",))), analysis, {})
    assert list(design.rows.columns) == ["response_id", "respondent_group", "strain", "trust", "workload"]
    assert design.rows["response_id"].is_monotonic_increasing
    assert set(design.rows["respondent_group"]) == {"manager"}
    assert design.n_in_population == 20


def constant(analysis):
    return analysis.assign(trust=3.0)


def double(analysis):
    return analysis.assign(trust=analysis["workload"] * 2 + 1)


def unanswered(analysis):
    return analysis.assign(trust=pd.Series(pd.NA, index=analysis.index, dtype="Float64"))


@pytest.mark.parametrize(
    ("change", "model", "message"),
    [
        (constant, model_of(), "'trust' is the same in all responses used; take one of them out"),
        (double, model_of(), "cannot be told apart: '(trust|workload)' follows from '(trust|workload)'"),
        (
            unanswered,
            model_of(),
            "of 60 responses .*, none .* missing by variable: trust 60; expected at least one",
        ),
        (lambda a: a.assign(strain=2.0), model_of(), "the outcome 'strain' is the same in all 60 responses used"),
        (lambda a: a.head(3), model_of(), "3 complete responses for 3 coefficients; expected at least 4"),
        (lambda a: a.head(0), model_of(), "of 0 analysed responses, none belongs to the population"),
        (lambda a: a.drop(columns="trust"), model_of(), "no column trust, which the model reads"),
        (lambda a: a.assign(trust=np.inf), model_of(), "'trust' is infinite in 60 responses"),
        (
            lambda a: a,
            model_of(population=Population(waves=("wave9",))),
            r"of 60 analysed responses, none belongs to the population \(wave: wave9\)",
        ),
        (lambda a: a, model_of("language"), "'language' holds str, expected numbers; write .* use: category"),
        (lambda a: a, model_of("trust", "trust"), "the term 'trust' stands twice"),
        (
            lambda a: a,
            model_of(category("education", "Doctorate")),
            r"the reference 'Doctorate' of 'education' is not .* found 1 \(School\), 2 \(Bachelor degree\)",
        ),
        (
            lambda a: a.assign(language="da"),
            model_of(category("language")),
            "'language' has one category among the 60 responses used, 'da'",
        ),
        (
            lambda a: a.assign(organisation_id="org1"),
            model_of(covariance="CR1S", cluster="organisation_id"),
            "belong to 1 cluster of 'organisation_id'; expected at least 2",
        ),
    ],
    ids=[
        "constant regressor",
        "regressors that follow from one another",
        "a variable nobody answered",
        "constant outcome",
        "fewer responses than coefficients + 1",
        "no responses",
        "absent column",
        "infinite numbers",
        "empty population",
        "text as a number",
        "a regressor twice",
        "unknown reference",
        "a category without a second one",
        "one cluster",
    ],
)
def test_data_that_cannot_carry_the_model_are_refused(change, model, message):
    with pytest.raises(ModelDataError, match=message):
        build_design(model, change(invented_analysis()), EDUCATION)


@pytest.mark.parametrize(("n", "is_refused"), [(3, True), (20, True), (22, True), (23, False)])
def test_three_managers_and_twenty_interviews_are_no_regression(n, is_refused):
    model, analysis = model_of("trust", "workload"), invented_analysis(n)
    if n > 3:
        assert len(build_design(model, analysis, {}).rows) == n
    if not is_refused:
        assert len(build_design(model, analysis, {}, FEWEST_BEYOND).rows) == n
        return
    with pytest.raises(ModelDataError, match=r"too few for a regression.*expected at least 23.*profiles and as x of n"):
        build_design(model, analysis, {}, FEWEST_BEYOND)


def test_every_part_of_a_dependency_is_named():
    analysis = invented_analysis()
    analysis["total"] = analysis["trust"] + 2 * analysis["workload"]
    with pytest.raises(ModelDataError) as refusal:
        build_design(model_of("trust", "workload", "education", "total"), analysis, {})
    assert all(f"'{name}'" in str(refusal.value) for name in ("trust", "workload", "total"))
    assert "education" not in str(refusal.value)


def test_a_regressor_far_from_zero_is_not_mistaken_for_a_constant():
    analysis = invented_analysis()
    analysis["year"] = 1_000_000 + analysis["workload"]
    assert "year" in build_design(model_of("trust", "year"), analysis, {}).matrix
