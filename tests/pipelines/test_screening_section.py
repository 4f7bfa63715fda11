"""The screening section of study.yaml: what is refused with line and remedy, and which variants a rule adds."""

import pytest
from pilot_study import MODELS, STUDY, pilot_study, write_study

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.sections.screening import DEFAULT_LIMITS

RULE = "{any_of: [longstring], because: alike answers, declared_on: 2026-01-15}"
FAULTS = {
    "blocks: {b: [v1, v99]}": ("screening.blocks.b", "there is no item 'v99'"),
    "blocks: {b: [v1, t1]}": (
        "screening.blocks.b",
        "the items belong to trust, voice; a block is of one instrument",
    ),
    "blocks: {b: [v1, workplace]}": (
        "screening.blocks.b",
        "'workplace' is no choice on an ordered response scale; take it out of the block",
    ),
    "blocks: {b: [v1, v1]}": ("screening.blocks", "'b' needs items, each named once"),
    "pages: {p1: [v9]}": ("screening.pages.p1", "there is no item 'v9'"),
    "attention_checks: {v9: {expected: [1]}}": (
        "screening.attention_checks.v9",
        "there is no item 'v9'",
    ),
    "attention_checks: {v1: {expected: [4]}}": (
        "screening.attention_checks.v1.expected",
        "'v1' has no answer 4; name codes of its points",
    ),
    "attention_checks: {age: {expected: [40]}}": (
        "screening.attention_checks.age.expected",
        "'age' has no answer 40; name codes of its points",
    ),
    "limits: {longstring: {limit: 0.7}}": (
        "screening.limits.longstring.because",
        "this key is missing; add it",
    ),
    "fraud_scores: {bot: {because: told so}}": (
        "screening.fraud_scores.bot",
        "give flag_below, flag_from or flag_texts",
    ),
    "exclusions: {strict: {any_of: [longstring], declared_on: 2026-01-15}}": (
        "screening.exclusions.strict.because",
        "this key is missing; add it",
    ),
    "exclusions: {strict: {any_of: [longstring], because: alike}}": (
        "screening.exclusions.strict.declared_on",
        "this key is missing; add it",
    ),
    "exclusions: {strict: {because: alike, declared_on: 2026-01-15}}": (
        "screening.exclusions.strict",
        "name the checks in all_of or any_of",
    ),
    "exclusions: {strict: {any_of: [longstring], fewest_flags: 2, because: alike, declared_on: 2026-01-15}}": (
        "screening.exclusions.strict",
        "fewest_flags is 2, but any_of names 1 check",
    ),
}


def with_screening(line):
    return STUDY + f"screening:\n  {line}\n"


def faults_of(folder):
    with pytest.raises(SpecError) as caught:
        load_study(folder)
    return [(fault.path.name, fault.place, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(("line", "fault"), FAULTS.items(), ids=FAULTS)
def test_a_mistake_is_named_with_place_and_remedy(tmp_path, line, fault):
    assert faults_of(write_study(tmp_path, with_screening(line))) == [("study.yaml", *fault)]


def test_a_check_that_there_is_not_is_refused_with_a_suggestion(tmp_path):
    line = "exclusions: {strict: {any_of: [longstrings], because: alike, declared_on: 2026-01-15}}"
    ((_, place, message),) = faults_of(write_study(tmp_path, with_screening(line)))
    assert place == "screening.exclusions.strict.any_of.0"
    assert "did you mean 'longstring'?" in message


def test_every_rule_adds_a_variant_of_a_model_and_of_each_of_its_variants(tmp_path):
    study = pilot_study(tmp_path, with_screening(f"exclusions: {{strict: {RULE}, lax: {RULE}}}"))
    model = study.models["h1"]
    assert [variant.name for variant in model.variants] == [
        "plain",
        "without_strict",
        "plain_without_strict",
        "without_lax",
        "plain_without_lax",
    ]
    plain, without = model.with_variant("plain"), model.with_variant("plain_without_strict")
    assert without.population.without == "strict"
    assert without.model_copy(update={"population": plain.population}) == plain
    assert model.with_variant("without_lax").covariance == "CR1S"


def test_without_rules_models_stay_as_they_are_written(tmp_path):
    assert [variant.name for variant in pilot_study(tmp_path).models["h1"].variants] == ["plain"]


def test_a_variant_that_names_a_rule_itself_gets_no_further_one(tmp_path):
    folder = write_study(tmp_path, with_screening(f"exclusions: {{strict: {RULE}}}"))
    text = MODELS["h1"] + "    population: {without: strict}\n"
    (folder / "models" / "h1.yaml").write_text(text, encoding="utf-8")
    assert [variant.name for variant in load_study(folder).models["h1"].variants] == ["plain", "without_strict"]


def test_a_population_without_an_unknown_rule_is_refused(tmp_path):
    folder = write_study(tmp_path, with_screening(f"exclusions: {{strict: {RULE}}}"))
    text = MODELS["h1"] + "    population: {without: strit}\n"
    (folder / "models" / "h1.yaml").write_text(text, encoding="utf-8")
    assert faults_of(folder) == [
        ("h1.yaml", "variants.without", "there is no exclusion rule 'strit'; did you mean 'strict'?")
    ]


@pytest.mark.parametrize(
    ("rule", "variant", "message"),
    [
        ("strict", "without_strict", "'without_strict' is the name of the variant an exclusion rule adds"),
        ("r" * 60, "plain", "of more than 63 letters; shorten a name"),
    ],
)
def test_names_of_added_variants_must_be_free_and_short(tmp_path, rule, variant, message):
    folder = write_study(tmp_path, with_screening(f"exclusions: {{{rule}: {RULE}}}"))
    text = MODELS["h1"].replace("name: plain", f"name: {variant}")
    (folder / "models" / "h1.yaml").write_text(text, encoding="utf-8")
    found = faults_of(folder)
    assert found
    assert all(message in text for _, _, text in found)


def test_every_limit_that_ships_says_why():
    assert all(limit.because for limit in DEFAULT_LIMITS.values())
