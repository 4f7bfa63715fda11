"""A model whose question is a product: which term is read, adjusted, expected, and what is not said of it."""

import pytest
from analysis_tables import invented_analysis, model_of
from pydantic import ValidationError

from models.focal_term import focal_term, is_of_focal
from models.regression.fit import fit_regression
from models.sections.paths import Paths
from models.sections.regressors import Interaction, Variable
from models.sections.variants import Variant

TIRING = Interaction(interaction=("trust", "workload"))
TERM = "trust x workload"
EDUCATION = Variable(variable="education", use="category")


def of_product(*more, **changes):
    return model_of("trust", "workload", TIRING, *more, **{"focal": TIRING, **changes})


def test_the_product_is_read_in_full_and_its_parts_in_short():
    fit = fit_regression(of_product(smallest_effect_of_interest=0.2), invented_analysis())
    read = fit.readings.groupby("term")["reading"].agg(set)
    assert read[TERM] - read["trust"] == {"equivalence", "robustness_value"}
    assert read["trust"] == read["workload"] <= read[TERM]


def test_an_e_value_and_a_share_of_selection_are_not_told_of_a_product():
    every = fit_regression(of_product(), invented_analysis()).readings
    assert not set(every["reading"]) & {"e_value", "selection_ratio"}
    alone = fit_regression(model_of("trust", "workload", TIRING, focal="trust"), invented_analysis()).readings
    assert set(alone.loc[alone["reading"] == "e_value", "term"]) == {"trust"}


def test_the_first_of_the_product_is_followed_along_the_second():
    found = fit_regression(of_product(), invented_analysis()).shapes
    named = fit_regression(model_of("trust", "workload", TIRING, focal="trust"), invented_analysis()).shapes
    assert len(found.slopes) == 3
    for name in ("slopes", "slope_regions", "curves"):
        assert getattr(found, name).equals(getattr(named, name))


@pytest.mark.parametrize(
    ("product", "term"),
    [
        (TIRING, TERM),
        (
            Interaction(interaction=(Variable(variable="trust", use="organisation_mean"), "workload")),
            "trust_organisation_mean x workload",
        ),
        (Interaction(interaction=("trust", "workload", "strength")), "trust x workload x strength"),
        (Interaction(interaction=("trust", Variable(variable="education", use="category"))), None),
        (Interaction(interaction=("trust", Variable(variable="workload", standardise=True))), None),
    ],
    ids=["two numbers", "a mean", "three", "a category", "a standardised number"],
)
def test_the_term_of_the_test_is_that_of_the_product_where_it_has_one(product, term):
    assert focal_term(model_of(*product.interaction, product, focal=product)) == term


@pytest.mark.parametrize(
    ("focal", "terms"),
    [
        ("trust", ["trust"]),
        (EDUCATION, ["education[2]", "education[3]"]),
        (Interaction(interaction=("trust", EDUCATION)), ["trust x education[2]", "trust x education[3]"]),
    ],
    ids=["a number", "a category", "a product with a category"],
)
def test_terms_are_of_the_focal_regressor_or_product_and_of_no_part_of_it(focal, terms):
    said = Interaction(interaction=("trust", EDUCATION))
    model = model_of("trust", EDUCATION, said, focal=focal)
    every = fit_regression(model, invented_analysis()).estimates["term"]
    assert [term for term in every if is_of_focal(term, model)] == terms


def test_a_product_is_in_the_model_and_in_its_variants_or_they_name_another():
    with pytest.raises(ValidationError, match="must stand among the regressors, written the same way"):
        model_of("trust", "workload", focal=TIRING)
    turned = Interaction(interaction=("workload", "trust"))
    with pytest.raises(ValidationError, match="must stand among the regressors, written the same way"):
        model_of("trust", "workload", turned, focal=TIRING)
    plain = Variant(name="plain", regressors=("trust", "workload"))
    with pytest.raises(ValidationError, match="the variant plain has no focal regressor"):
        of_product(variants=(plain,))
    assert of_product(variants=(plain.model_copy(update={"focal": "trust"}),)).with_variant("plain").focal == "trust"


def test_a_mediation_follows_a_variable():
    with pytest.raises(ValidationError, match="mediation follows one variable; found a product under focal"):
        of_product("calm", estimator="mediation", paths=Paths(mediators=("calm",)))
