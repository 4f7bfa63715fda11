"""The hypotheses of the library: none is left out, nobody is asked for more than the form has, all can be estimated."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec_file import canonical_json
from models.regression.coded_columns import coders_column, given_column
from models.regression.fit import fit_regression
from models.sections.dyads import DYAD
from models.sections.panel import COLLABORATION
from models.sections.regressors import Interaction, Variable, as_variable, parts_of
from models.spec import RegressionSpec
from pipelines.assets.fits import labels_of, places_of_waves
from pipelines.cli import app
from pipelines.commands.hypotheses_page import library_models
from pipelines.load import Study, load_study
from pipelines.steps.answers_behind import with_answers_behind, with_earlier_waves, with_errors_behind
from pipelines.steps.dyads import with_other_members
from pipelines.steps.organisation_means import means_of_groups, organisation_means
from pipelines.tables import core
from pipelines.tables.base import NUMBER, SMALL
from tests.five_groups import FORM_OF, write_five_groups

MODELS = library_models()
INSTRUMENTS = [load_instrument(path) for path in find_instruments([LIBRARY]).values()]
SCALE_OF = {scale.code: name for each in INSTRUMENTS for name, scale in each.scales.items() if scale.code}
HYPOTHESES = [f"H{number}" for number in range(1, 20)]
CONTROLS = {
    "TOP": "REG_pop REG_budget_change STR_sector STR_tenure STR_gender STR_span CTL.ps CTL.tc",
    "MID": "REG_pop REG_budget_change STR_sector STR_tenure STR_gender STR_span CTL.tc",
    "FRL": "REG_pop REG_budget_change STR_sector STR_tenure STR_gender CTL.ps CTL.tc",
    "PAR": "REG_pop REG_budget_change STR_sector STR_tenure STR_gender",
    "CIT": "REG_pop REG_budget_change STR_gender",
}
SIGNS = {"+": "positive", "-": "negative", "0": "none", "+ or 0": "none", "0 or +": "none"}
N_ORGANISATIONS = 40


def runs():
    return [(model, variant) for model in MODELS for variant in ("main", *(each.name for each in model.variants))]


def flat(regressors) -> list[Variable]:
    return [part for each in regressors for part in parts_of(each)]


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    return load_study(write_five_groups(tmp_path_factory.mktemp("whole"), [each.name for each in MODELS]))


@pytest.fixture(scope="module")
def analysis(study: Study) -> pd.DataFrame:
    """Invented answers of six people a group and organisation in every wave; nobody misses anything.

    People and organisations differ in their answers, as models with effects of theirs ask for.
    """
    draw = np.random.default_rng(20261126)
    keys = [
        (o, w, g, f"{o}{g}{p}")
        for o in range(N_ORGANISATIONS)
        for w in study.spec.waves
        for g in FORM_OF
        for p in range(6)
    ]
    rows = pd.DataFrame(keys, columns=["organisation_id", "wave", "respondent_group", "respondent_key"])
    table = core.analysis(study)
    persons, organisations = pd.factorize(rows["respondent_key"])[0], rows["organisation_id"].to_numpy()
    found = {"response_id": [f"r{place:06d}" for place in range(len(rows))], "organisation_id": rows["organisation_id"]}
    for name, column in table.columns.items():
        if name not in core.KEYS and column.kind in (SMALL, NUMBER):
            choices = list(column.is_among) or list(range(1, 6))
            found[name] = draw.choice(choices, len(rows)) + (draw.normal(size=len(rows)) if not column.is_among else 0)
            if not column.is_among:
                found[name] += draw.normal(size=persons.max() + 1)[persons]
                found[name] += 2 * draw.normal(size=N_ORGANISATIONS)[organisations]
    waves = pd.factorize(rows["wave"])[0]
    for name in study.register.items:
        of_organisation = draw.normal(50, 10, (N_ORGANISATIONS, len(study.spec.waves)))
        if study.register.response_scale_of(name):
            of_organisation[:] = draw.integers(0, 2, (N_ORGANISATIONS, 1))
        found[name] = of_organisation[rows["organisation_id"], waves]
    for parts in (each.items for own in study.described() for each in own.constant_sums.values()):
        points = draw.multinomial(20, np.full(len(parts), 1 / len(parts)), len(rows)) * 5
        found |= {part: points[:, place] for place, part in enumerate(parts) if part in found}
    for name in (name for name in list(found) if name.startswith("code_")):
        seen = draw.binomial(2, np.where(draw.random(len(rows)) < 0.4, 0.85, 0.1))
        found |= {given_column(name): seen, coders_column(name): np.full(len(rows), 2)}
    table = pd.DataFrame(found).assign(wave=rows["wave"], respondent_group=rows["respondent_group"], source="s")
    table[COLLABORATION] = [f"{o}c{draw.integers(0, 3)}" for o in rows["organisation_id"]]
    table = table.assign(respondent_key=rows["respondent_key"], wave_number=table["wave"].map(places_of_waves(study)))
    means = organisation_means(table, list(study.scales()))
    return table.drop(columns=[name for name in means if name in table]).join(means)


@pytest.mark.parametrize("code", HYPOTHESES)
def test_no_hypothesis_is_left_out(code):
    assert [each for each in MODELS if each.code == code]


@pytest.mark.parametrize(("model", "variant"), runs(), ids=lambda each: getattr(each, "name", each))
def test_a_model_as_fitted_is_a_whole_model_that_can_be_read_again(model, variant):
    fitted = model.with_variant(variant)
    assert RegressionSpec.model_validate_json(canonical_json(fitted)) == fitted


def test_nothing_belongs_to_no_hypothesis():
    assert {each.code for each in MODELS} == set(HYPOTHESES)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_is_worded_in_both_languages(model):
    assert {"en", "da"} == set(model.title) == set(model.hypothesis) == set(model.estimand)
    assert [each.name for each in model.variants if set(each.title) != {"en", "da"}] == []


@pytest.mark.parametrize(("model", "variant"), runs(), ids=lambda each: getattr(each, "name", each))
def test_nobody_is_asked_for_more_than_the_form_has(study, model, variant):
    spec = model.with_variant(variant)
    wanted = [Variable(variable=spec.outcome), *flat(spec.regressors)]
    groups = spec.population.respondent_groups
    assert groups
    for each in wanted:
        for group in (each.of,) if each.of else (*groups, "MID") if each.other_member else groups:
            assert each.variable in variables_of(study, group), (each.variable, group)


def variables_of(study: Study, group: str) -> set[str]:
    """Return what can be told of a respondent of a group: answers, scores the form allows, facts, keys."""
    source = study.sources()[f"{FORM_OF[group]}_w1"]
    asked = {
        item
        for name in source.instruments
        for item in study.instruments[name].items
        if item not in source.not_administered
    }
    scales = {
        name
        for name, instrument in study.scales().items()
        if (rule := instrument.scales[name]).least_answered <= len(asked & set(rule.items))
    }
    coded = {name for name, each in study.coding.variables().items() if not each.item or each.item in asked}
    return asked | scales | coded | set(study.register.items) | {"wave", "respondent_group"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_controls_stand_in_the_model_with_a_reason_and_not_in_the_variant_without(model):
    if model.estimator == "cross_lagged_panel":
        assert not model.because  # lasting levels stand for what does not change
        return
    (group,) = model.population.respondent_groups
    expected = {SCALE_OF.get(each, each) for each in CONTROLS[group].split()}
    if model.level != "response":
        expected -= {"STR_sector", "STR_gender"}  # categories of people have no mean
    assert expected <= {each.variable for each in flat(model.regressors)}
    assert expected <= set(model.because)
    without = model.with_variant("without_controls")
    assert not expected & {each.variable for each in flat(without.regressors)}
    main, kept = model.lone_variables(), without.lone_variables()
    assert {each.variable for each in main if each not in kept} == expected


def test_rows_d010_and_d125_are_exploratory_variants():
    model = next(each for each in MODELS if each.name == "h09_coproduction_by_npm")
    products = {
        each.name: {
            tuple(as_variable(part).variable for part in regressor.interaction)
            for regressor in each.regressors or ()
            if isinstance(regressor, Interaction)
        }
        for each in model.variants
        if each.name.startswith("exploratory_")
    }
    assert products == {
        "exploratory_npm_and_departments": {("npm_culture", "horizontal_across_departments")},
        "exploratory_npm_and_wickedness": {("npm_culture", "wicked_issue")},
    }


def test_the_recipe_frame_is_tested_on_coproduction_without_the_self_report():
    model = next(each for each in MODELS if each.name == "h04_coproduction_by_frames")
    assert "forwarding" not in {each.variable for each in model.variables()}


def named(analysis: pd.DataFrame) -> pd.DataFrame:
    """Return dyads: in every organisation and wave two of the staff name each of three managers."""
    place = analysis["respondent_key"].str[-1].astype(int)
    staff, managers = ((analysis["respondent_group"] == group) for group in ("FRL", "MID"))
    keys = ["organisation_id", "wave", "manager"]
    one = analysis[staff].assign(manager=place // 2)[["response_id", *keys]]
    other = analysis[managers & (place < 3)].assign(manager=place)[["response_id", *keys]]
    other = other.rename(columns={"response_id": "other_response_id"})
    return one.merge(other, on=keys, validate="many_to_one").assign(kind="staff_manager")


def quickly(model: RegressionSpec) -> RegressionSpec:
    """Return a model without draws behind its intervals."""
    paths = None if model.paths is None else model.paths.model_copy(update={"interval": "delta"})
    return model.model_copy(update={"bootstrap_draws": 0, "paths": paths})


@pytest.mark.slow
def test_every_model_of_the_library_can_be_estimated(study, analysis):
    labels, too_few = labels_of(study), []
    for model, variant in runs():
        spec = model.with_variant(variant)
        used = pd.Series(True, index=analysis.index)
        rows = with_answers_behind(with_earlier_waves(analysis, spec, used), spec, used)
        rows = with_errors_behind(rows, spec, used, study.scales())
        rows = means_of_groups(rows, spec.variables(), used)
        rows = with_other_members(rows, named(analysis), spec, used) if spec.dyads else rows
        fit = fit_regression(quickly(model), rows, labels, variant)
        if (
            fit.n_clusters != N_ORGANISATIONS * (3 if spec.random_groups() == (DYAD,) else 1)
            or not np.isfinite(fit.estimates["std_error"]).all()
        ):
            too_few.append((model.name, variant))
    assert too_few == []


def test_check_finds_no_fault_in_a_study_of_every_model(study):
    told = CliRunner().invoke(app, ["check", str(study.folder), "--json"])
    found = json.loads(told.stdout)
    assert told.exit_code == 0
    assert found["faults"] == []
    assert found["models"] == [each.name for each in MODELS]


def test_a_study_has_only_the_models_it_names(tmp_path):
    study = load_study(write_five_groups(tmp_path, ["h05_coproduction_by_integration", "h13_taking_part_with_manager"]))
    assert list(study.models) == ["h05_coproduction_by_integration", "h13_taking_part_with_manager"]


@pytest.fixture(scope="module")
def drafts(reference) -> dict[str, dict]:
    path = reference / "domain" / "instruments" / "hypotheses.yaml"
    return {each["id"]: each for each in yaml.safe_load(path.read_text(encoding="utf-8"))["hypotheses"]}


def known_codes() -> set[str]:
    items = {item for each in INSTRUMENTS for item in each.items}
    sums = {name for each in INSTRUMENTS for name in each.constant_sums}
    schemes = "".join(path.read_text(encoding="utf-8") for path in (LIBRARY / "codings").glob("*.yaml"))
    codes = set(re.findall(r"^  ([A-Z]\d+):$", schemes, re.MULTILINE))
    return {*SCALE_OF, *items, *sums, *codes}


@pytest.mark.reference
@pytest.mark.parametrize("code", HYPOTHESES)
def test_every_reference_of_a_hypothesis_is_alive(drafts, code):
    assert set(drafts[code]["refs"]) - known_codes() == set()


OUTCOMES = {
    "CPE_b": ["CPE"],
    "CPE (FRL)": ["CPE"],
    "CPE (phases)": ["CPE", "CPE.co", "CPE.ds", "CPE.dl", "CPE.as"],
    "FWI.fo self": ["FWI.fo"],
    "CPE at t+1": ["CPE"],
    "FWI.fo observer": ["FWI.fo.o"],
    "ARC_*": ["ARC_complaints", "ARC_sick", "ARC_acute", "ARC_volunteer", "ARC_funding"],
    "OUT": ["OUT.qu", "OUT.wb", "OUT.ef", "OUT.tr", "OUT.sf"],
}
FURTHER = {
    "H1": {"FWI.fo.o"},  # cross-source: the outcome as staff see it
    "H3": {"SG"},  # first path
    "H6": {"FWI.fo.o"},  # first path
    "H15": {"IW.fa", "CPE", "CL"},  # identity shifts toward enabler; the same wave; the reverse
}


@pytest.mark.reference
@pytest.mark.parametrize("code", HYPOTHESES)
def test_outcomes_are_those_of_the_hypothesis(drafts, code):
    stated = drafts[code]["outcome"]
    expected = {
        outcome for each in ([stated] if isinstance(stated, str) else stated) for outcome in OUTCOMES.get(each, [each])
    }
    of_scale = {name: short for short, name in SCALE_OF.items()}
    of_code = {each.outcome: re.sub(r"^code_([A-Z]\d+).*", r"\1", each.outcome) for each in MODELS}
    of_code |= {"STR_cs_power_citizens": "STR_cs_power share_citizens"}
    tested = {of_scale.get(each.outcome, of_code[each.outcome]) for each in MODELS if each.code == code}
    assert expected <= tested
    assert tested - expected <= FURTHER.get(code, set())


PREDICTORS = {
    "H5": {"INT.v_b": "INT.v", "INT.h_b": "INT.h", "INT.v_b:INT.h_b": "INT.v x INT.h"},
    "H6": {"FWI.fo self of TOP": "FWI.fo"},
    "H7": {"CL_w": "CL", "CL_b": "CL", "b: product of the four principles": "CL.sy x CL.em x CL.rl x CL.iq"},
    "H8": {"CL_w:CON.wi": "CL x CON.wi"},
    "H9": {"GOV.np_b": "GOV.np", "CON.fr:GOV.np": "CON.fr x GOV.np"},
    "H10": {f"BAR.{each}": f"BAR_{each}_1" for each in ("co", "pt", "cu", "ic", "si", "pr", "ca")},
    "H11": {"STR_locus public": "STR_locus"},
    "H12": {"SLA.pw:SLA.ac": "SLA.pw x SLA.ac"},
    "H14": {
        "FWI.fo self X": "FWI.fo",
        "FWI.fo observer Y": "FWI.fo.o",
        "a3 = b1 - b2": "a3",
        "a4 = b3 - b4 + b5": "a4",
    },
    "H15": {"CL at t": "CL", "CPE at t -> CL at t+1": "CPE"},
    "H16": {"CPE_b lagged": "CPE"},
    "H17": {"BAR.ca": "BAR_ca_1"},
    "H19": {"matching scale": "FWI.fo"},
}


def expected_of(code: str) -> dict[str, set[str]]:
    of_scale = {name: short for short, name in SCALE_OF.items()}
    found: dict[str, set[str]] = {}
    for model in (each for each in MODELS if each.code == code):
        stated = [(model.focal, model.expected_sign), *((each.regressor, each.sign) for each in model.also_expected)]
        for regressor, sign in stated:
            term = " x ".join(of_scale.get(each.variable, each.variable) for each in flat([regressor]))
            found.setdefault(term, set()).add(sign)
        for line, sign in surface.surface.expected.items() if (surface := model.surface()) is not None else ():
            found.setdefault(line, set()).add(sign)
    return found


@pytest.mark.reference
@pytest.mark.parametrize("code", HYPOTHESES)
def test_predictors_and_their_signs_are_those_of_the_hypothesis(drafts, code):
    ours = expected_of(code)
    for name, text in drafts[code]["predictors"].items():
        sign = re.match(r"(\+ or 0|0 or \+|[+0-])", text).group(0)
        assert SIGNS[sign] in ours[PREDICTORS.get(code, {}).get(name, name)], (name, ours)


def test_each_code_is_expected_to_go_with_the_scale_that_matches_it():
    assert expected_of("H19") == {scale: {"positive"} for scale in ("FWI.fo", "IW.fa", "CPE")}


BESIDE = [
    ("H1", "IW.fa x GOV.np", "negative"),
    ("H3", "SG", "positive"),
    ("H6", "FWI.fo.o", "positive"),
    ("H18", "CIT.fl", "positive"),
]


@pytest.mark.reference
@pytest.mark.parametrize(("code", "term", "sign"), BESIDE)
def test_moderators_and_mediators_have_the_sign_of_the_hypothesis(drafts, code, term, sign):
    assert drafts[code].get("moderators") or drafts[code].get("mediators")
    assert expected_of(code)[term] == {sign}


def test_both_members_of_dyads_are_estimated_and_told_apart_by_role(study, analysis):
    model = next(each for each in MODELS if each.name == "h13_taking_part_with_manager")
    spec = model.with_variant("both_members")
    rows = with_other_members(analysis, named(analysis), spec, pd.Series(True, index=analysis.index))
    fit = fit_regression(model, rows, labels_of(study), "both_members")
    found = fit.diagnostics.set_index("diagnostic")["value"]
    belief = "leadership_coproduction_belief"
    n_waves = len(study.spec.waves)
    assert fit.n_obs == N_ORGANISATIONS * n_waves * (6 + 3)
    assert (found["n_groups of dyad_id"], found["n_without_other_member"]) == (3 * N_ORGANISATIONS, 120 * n_waves)
    assert {f"{belief}_other_member", f"respondent_group[MID] x {belief}"} <= set(fit.estimates["term"])
    assert f"{belief} = {belief}_other_member" in set(fit.joint_tests["regressor"])


IN_GROUPS = [
    (model, each.name)
    for model in MODELS
    for each in model.variants
    if model.with_variant(each.name).estimator == "mixed_logit" or each.name.startswith("collaborations")
]


@pytest.mark.parametrize(("model", "variant"), IN_GROUPS, ids=lambda each: getattr(each, "name", each))
def test_what_waited_for_random_intercepts_is_estimated_and_tells_of_its_groups(study, analysis, model, variant):
    spec = model.with_variant(variant)
    rows = means_of_groups(analysis, spec.variables(), pd.Series(True, index=analysis.index))
    fit = fit_regression(model, rows, labels_of(study), variant)
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["n_groups of organisation_id"] == N_ORGANISATIONS
    assert ("n_groups of collaboration_id" in found) == variant.startswith("collaborations")
    assert np.isfinite(fit.estimates["std_error"]).all()


def test_hypotheses_with_random_intercepts_are_those_that_waited_for_them():
    assert {model.code for model, _ in IN_GROUPS} == {"H7", "H12", "H19"}
