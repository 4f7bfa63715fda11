"""Model files: every mistake has a wrong file in ``bad_specs``; a variant changes what it names and nothing else."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from instruments.spec_file import spec_hash
from instruments.strict_yaml import Document
from models.load import blame_unknown_variables, find_models, read_model
from models.sections.population import Population
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Variable
from models.sections.sample_design import SampleDesign
from models.sections.variants import Variant
from models.spec import RegressionSpec

BAD_SPECS = Path(__file__).parents[1] / "bad_specs"
KNOWN = {"voice": "scale", "trust": "scale", "age": "number", "workplace": "category", "wave": "category"}
FAULTS = {
    "random_effects_are_missing": [
        (1, "", "estimator mixed needs a key random_effects, such as [{groups: organisation_id}]")
    ],
    "cluster_is_missing": [
        (1, "", "covariance: CR1S needs a key cluster that names a column, such as organisation_id")
    ],
    "cluster_of_a_variant_is_missing": [
        (1, "", "covariance: CR1S needs a key cluster that names a column, such as organisation_id")
    ],
    "confidence_level_in_percent": [(13, "confidence_level", "expected less than 1, found 95")],
    "focal_is_no_regressor": [(1, "", "the focal regressor age must stand among the regressors, written the same way")],
    "focal_left_out_by_a_variant": [
        (
            1,
            "",
            "the variant by_age has no focal regressor; name one of its regressors under focal in the variant, written "
            "the same way",
        )
    ],
    "focal_written_differently": [(1, "", "the focal regressor must stand among the regressors, written the same way")],
    "formula_as_regressor": [
        (
            10,
            "regressors.1",
            (
                "expected a name of at most 63 letters, digits and underscores that begins with a "
                "letter, found 'log(voice)'"
            ),
        )
    ],
    "expected_of_no_regressor": [(1, "", "also_expected names what is no regressor; write it the same way as there")],
    "group_of_no_organisation_mean": [
        (
            10,
            "regressors.1",
            "of names whose organisation mean is meant; write use: organisation_mean or remove it",
        )
    ],
    "outcome_explains_itself": [
        (
            1,
            "",
            "the outcome 'trust' stands among its own regressors, which would explain it without error; take it out "
            "there, or write earlier_wave: true for its value at the wave before",
        )
    ],
    "interaction_of_one": [(10, "regressors.1.interaction", "expected 2 or more entries, found 1")],
    "interaction_part_is_no_regressor": [
        (1, "", "the interaction needs 'tenure' among the regressors too, written the same way")
    ],
    "missing_key": [(1, "outcome", "this key is missing; add it")],
    "misspelt_key": [
        (1, "estimand", "this key is missing; add it"),
        (5, "estimands", "unknown key; did you mean 'estimand'?"),
    ],
    "named_unlike_its_file": [(1, "name", "the file is called h1.yaml; expected name: h1")],
    "no_regressors": [(10, "regressors", "expected 1 or more entries, found 0; linear has effects")],
    "reason_of_no_regressor": [(1, "", "because explains 'age', which is no regressor; correct the name or remove it")],
    "reference_without_categories": [
        (10, "regressors.1", "a reference is for use: category only; remove it or set the use")
    ],
    "two_variants_of_one_name": [(1, "", "every variant needs a name of its own, other than main")],
    "unknown_kind": [(2, "kind", "expected 'regression', found 'regresion'; did you mean 'regression'?")],
    "variant_called_main": [(1, "", "every variant needs a name of its own, other than main")],
}


def model(**changes):
    content = {
        "name": "h1",
        "kind": "regression",
        "title": {"en": "Voice and trust"},
        "estimand": "Difference in trust for one point more voice.",
        "outcome": "trust",
        "focal": "voice",
        "regressors": ("voice", "age"),
    }
    return RegressionSpec(**{**content, **changes})


def blamed(spec):
    document = Document(Path("h1.yaml"))
    blame_unknown_variables(document, spec, KNOWN)
    return [(fault.place, fault.message) for fault in document.faults]


@pytest.mark.parametrize(("name", "faults"), FAULTS.items(), ids=FAULTS)
def test_a_mistake_is_named_with_line_place_and_remedy(tmp_path, name, faults):
    path = Path(shutil.copy(BAD_SPECS / f"model_{name}.yaml", tmp_path / "h1.yaml"))
    spec, document = read_model(path)
    assert spec is None
    assert [(fault.line, fault.place, fault.message) for fault in document.faults] == faults


def test_every_wrong_file_is_tested():
    assert {path.stem.removeprefix("model_") for path in BAD_SPECS.glob("model_*.yaml")} == set(FAULTS)


@pytest.mark.parametrize(
    "itself",
    [
        "trust",
        Variable(variable="trust", use="within_organisation"),
        Variable(variable="trust", use="organisation_mean"),
        Variable(variable="trust", polynomial=2),
    ],
    ids=["as it is", "within", "mean", "bent"],
)
def test_an_outcome_is_not_explained_by_itself(itself):
    with pytest.raises(ValidationError, match="the outcome 'trust' stands among its own regressors"):
        model(regressors=("voice", itself))
    with pytest.raises(ValidationError, match="the outcome 'trust' stands among its own regressors"):
        model(regressors=("voice",), variants=(Variant(name="other", regressors=("voice", itself)),))


@pytest.mark.parametrize(
    "another",
    [
        Variable(variable="trust", earlier_wave=True),
        Variable(variable="trust", use="organisation_mean", of="TOP"),
    ],
    ids=["a wave earlier", "another group"],
)
def test_what_others_say_or_it_was_before_may_explain_an_outcome(another):
    assert model(regressors=("voice", another)).outcome == "trust"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"outcome": "trsut"}, [("outcome", "the study has no scale or item 'trsut'; did you mean 'trust'?")]),
        (
            {"outcome": "workplace", "estimator": "logit"},
            [
                (
                    "outcome",
                    "'workplace' has categories without order; expected a scale or a number; write estimator: "
                    "multinomial, or where codes are numbers, such as 0 and 1, take ordered: false out of the response "
                    "scale",
                )
            ],
        ),
        (
            {"regressors": ("voice", "agee")},
            [("regressors", "the study has no scale or item 'agee'; did you mean 'age'?")],
        ),
        (
            {"missing": {"method": "response_weights", "explained_by": ("agee", "workplace")}},
            [
                ("missing.explained_by", "the study has no scale or item 'agee'; did you mean 'age'?"),
                (
                    "missing.explained_by",
                    "'workplace' has categories without order; write {variable: workplace, use: category}",
                ),
            ],
        ),
        (
            {"regressors": ("voice", "workplace")},
            [
                (
                    "regressors",
                    "'workplace' has categories without order; write {variable: workplace, use: category}",
                )
            ],
        ),
        (
            {"regressors": ("voice", Variable(variable="age", use="organisation_mean"))},
            [
                (
                    "regressors",
                    "'age' is not a scale; only scales have organisation means, unless of names a group",
                )
            ],
        ),
        ({"regressors": ("voice", Variable(variable="age", use="organisation_mean", of="FRL"))}, []),
        ({"regressors": ("voice", Variable(variable="voice", use="organisation_mean"))}, []),
        ({"regressors": ("voice", Variable(variable="age", use="category"))}, []),
        (
            {"regressors": ("voice", "tenure", Interaction(interaction=("voice", "tenure")))},
            [("regressors", "the study has no scale or item 'tenure'")],
        ),
        ({"covariance": "CR1S", "cluster": "organisation_id"}, []),
        ({"covariance": "CR1S", "cluster": "workplace"}, []),
        ({"cluster": ("workplace", "organisation_id")}, []),
        ({"weights": "analysis_weight"}, []),
        (
            {"weights": "analysis_weights"},
            [
                (
                    "weights",
                    "there are no weights 'analysis_weights'; expected analysis_weight, calibrated_weight, "
                    "nonresponse_weight, design_weight, number_of_answers",
                )
            ],
        ),
        (
            {"covariance": "CR1S", "cluster": "organisation"},
            [
                (
                    "cluster",
                    "'organisation' does not name groups of responses; expected organisation_id, respondent_key or a "
                    "category",
                )
            ],
        ),
        ({"design": SampleDesign(clusters="organisation_id", strata="workplace")}, []),
        (
            {"design": SampleDesign(clusters="organisation", population_sizes="workplace")},
            [
                (
                    "design",
                    "'organisation' does not name groups of responses; expected organisation_id, respondent_key, wave, "
                    "source, respondent_group, language or a category",
                ),
                ("design.population_sizes", "'workplace' is no number; expected a column of numbers"),
            ],
        ),
        (
            {"estimator": "mixed", "random_effects": (RandomEffects(groups=("workplace", "organisation")),)},
            [
                (
                    "random_effects",
                    "'organisation' does not name groups of rows; expected organisation_id, respondent_key, wave, "
                    "source, respondent_group, language or a category",
                )
            ],
        ),
        (
            {"variants": (Variant(name="short", regressors=("voice", "tenure")),)},
            [("regressors", "the study has no scale or item 'tenure'")],
        ),
    ],
)
def test_variables_must_exist_and_be_used_as_what_they_are(changes, faults):
    assert set(blamed(model(**changes))) == set(faults)


def test_an_outcome_must_not_be_a_category():
    assert [place for place, _ in blamed(model(outcome="workplace"))] == ["outcome"]


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match="the model h1 has no variant long"):
        model().with_variant("long")


def test_a_variant_changes_what_it_names_and_nothing_else():
    short = Variant(name="short", regressors=("voice",), covariance="HC2", population=Population(waves=("spring",)))
    spec = model(covariance="CR1S", cluster="organisation_id", variants=(short,))
    varied = spec.with_variant("short")
    assert varied.regressors == ("voice",)
    assert (varied.covariance, varied.population.waves) == ("HC2", ("spring",))
    assert (varied.cluster, varied.outcome, varied.focal) == ("organisation_id", "trust", "voice")
    assert varied.variants == ()


def test_a_variant_has_its_own_focal_regressor_where_it_leaves_out_that_of_the_model():
    by_age = Variant(name="by_age", focal="age", regressors=("age",))
    older = Variant(name="older", focal="age", expected_sign="negative", regressors=("age",))
    spec = model(
        regressors=("voice",),
        variants=(by_age, older),
        because={"voice": "Voice is of interest", "age": "Older people stay"},
    )
    assert [(said.focal, said.expected_sign) for said in map(spec.with_variant, ("main", "by_age", "older"))] == [
        ("voice", spec.expected_sign),
        ("age", "none"),
        ("age", "negative"),
    ]
    assert spec.with_variant("by_age").because == {"age": "Older people stay"}
    assert spec.with_variant("main").because == {"voice": "Voice is of interest"}


def test_the_main_variant_is_the_model_without_its_variants():
    spec = model(variants=(Variant(name="short", regressors=("voice",)),))
    assert spec.with_variant("main") == model()
    assert spec_hash(spec.with_variant("main")) == spec_hash(model())


def test_variables_of_interactions_and_variants_are_found():
    workplace = Variable(variable="workplace", use="category")
    spec = model(
        regressors=("voice", workplace, Interaction(interaction=("voice", workplace))),
        variants=(Variant(name="short", regressors=("voice", "age")),),
    )
    assert [(each.variable, each.use) for each in spec.variables()] == [
        ("voice", "number"),
        ("workplace", "category"),
        ("voice", "number"),
        ("workplace", "category"),
        ("voice", "number"),
        ("age", "number"),
    ]


def test_a_name_and_a_written_out_variable_are_the_same_regressor():
    assert model(focal=Variable(variable="voice"), regressors=("voice",)).regressors_as_variables() == [
        Variable(variable="voice")
    ]


def test_a_model_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        model().outcome = "voice"


def test_a_model_of_the_study_replaces_one_of_the_library(tmp_path):
    for folder in ("library", "own"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "h1.yaml").touch()
    assert find_models([tmp_path / "library", tmp_path / "own"]) == {"h1": tmp_path / "own" / "h1.yaml"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ("HC3", ())),
        ({"cluster": "organisation_id"}, ("CR2", ("organisation_id",))),
        ({"cluster": ("organisation_id", "respondent_key")}, ("CR1S", ("organisation_id", "respondent_key"))),
        ({"cluster": "organisation_id", "covariance": "CR3"}, ("CR3", ("organisation_id",))),
        ({"cluster": "organisation_id", "covariance": "HC1"}, ("HC1", ())),
        ({"covariance": "classical"}, ("classical", ())),
    ],
    ids=["nothing", "a cluster", "two clusters", "another covariance", "a covariance without clusters", "classical"],
)
def test_a_model_that_names_no_covariance_gets_the_cautious_one(said, expected):
    spec = model(**said)
    assert (spec.covariance_used(), spec.clusters()) == expected


def test_two_clusters_have_one_covariance_only():
    with pytest.raises(ValidationError, match="two clusters have covariance CR1S; found CR2; leave covariance out"):
        model(cluster=("organisation_id", "respondent_key"), covariance="CR2")


def test_a_variant_can_take_clusters_and_weights_away():
    spec = model(
        cluster="organisation_id",
        weights="analysis_weight",
        variants=(Variant(name="plain", cluster="none", weights="none"), Variant(name="hc1", covariance="HC1")),
    )
    plain, hc1 = spec.with_variant("plain"), spec.with_variant("hc1")
    assert (plain.covariance_used(), plain.clusters(), plain.weights) == ("HC3", (), None)
    assert (hc1.covariance_used(), hc1.clusters(), hc1.weights) == ("HC1", (), "analysis_weight")
