"""The demonstration study holds what was planted: equations, course over waves, measurement, faults, codes of texts."""

import numpy as np
import pandas as pd
import pytest
from small_demo import CLEAN, NOBODY, of_organisations

from models.regression.fit import fit_regression
from models.sections.regressors import Surface, Views
from models.spec import RegressionSpec
from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.carelessness import ATTENTIVE
from pipelines.studies.demo.codings import codings_of
from pipelines.studies.demo.effects import REST, Effects
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import Faults, OpenAnswers, Parameters
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.values import COPRODUCTION, LEADERSHIP

EFFECTS, N_ORGANISATIONS, SEED = Effects(), 2500, 7


@pytest.fixture(scope="module")
def population():
    return draw_population(of_organisations(N_ORGANISATIONS), SEED)


@pytest.fixture(scope="module")
def answered():
    """Forms by group of 400 organisations, an eighth of them in English, in which everybody answers without a fault."""
    parameters = of_organisations(350)
    size = parameters.size.__class__(danish_regions={"Hovedstaden": 350}, scottish_organisations=50)
    parameters = Parameters(size=size, response=parameters.response, faults=CLEAN)
    return parameters, everybody(parameters)


def everybody(parameters, groups=("FRL", "MID", "TOP")):
    population = draw_population(parameters, SEED)
    drawing = Answering(population, shown_forms(), parameters, SEED)
    return population, {
        group: drawing.answer(group, 0, np.arange(len(population.groups[group].persons))) for group in groups
    }


def regress(outcome, causes) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and their standard errors."""
    matrix = np.column_stack([np.ones(len(outcome)), *causes])
    inverse = np.linalg.inv(matrix.T @ matrix)
    slopes = inverse @ matrix.T @ outcome
    variance = ((outcome - matrix @ slopes) ** 2).sum() / (len(outcome) - matrix.shape[1])
    return slopes[1:], np.sqrt(variance * np.diag(inverse))[1:]


def assert_planted(outcome, equation, values) -> None:
    causes = {name: weight for name, weight in equation.items() if name != REST}
    columns = [np.prod([values[part] for part in name.split(" x ")], axis=0) for name in causes]
    slopes, errors = regress(outcome, columns)
    assert np.all(np.abs(slopes - list(causes.values())) < 4 * errors), dict(zip(causes, slopes, strict=True))


# Latent values


def test_the_surface_in_words_finds_what_was_planted_in_true_values(population):
    # the specification's response_surface_truth: a1 = .40, a2 = 0, a3 = -.30, a4 = -.32
    views = Views(self_report="top_forwarding", other_report="observed_forwarding", scale=(-1, 1))
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "experience"}
    model = RegressionSpec(**given, regressors=(Surface(surface=views),), focal="observed_forwarding")
    names = ("top_forwarding", "observed_forwarding", "experience")
    rows = pd.DataFrame({name: population.organisations[name] for name in names})
    rows = rows.assign(response_id=[f"{place:05d}" for place in range(len(rows))])
    found = fit_regression(model, rows).shapes.surface.set_index("feature")
    for line, planted in {"a1": 0.40, "a2": 0.0, "a3": -0.30, "a4": -0.32}.items():
        assert abs(found.loc[line, "estimate"] - planted) < 3.5 * found.loc[line, "std_error"]
        assert found.loc[line, "std_error"] < 0.06
    assert found.loc["strict_congruence", "verdict"] == "not_met"


@pytest.mark.parametrize("name", EFFECTS.organisations)
def test_equations_of_organisations_hold(population, name):
    values = population.organisations
    assert_planted(values[name], EFFECTS.organisations[name], values)


@pytest.mark.parametrize(
    "name", [name for name, each in EFFECTS.top_managers.items() if len(each) > 1 and REST in each]
)
def test_equations_of_top_managers_hold(population, name):
    managers = population.groups["TOP"]
    of = managers.persons["organisation"].to_numpy()
    values = {"npm": population.organisations["npm"][of], **managers.latent.planted}
    assert_planted(values[name], EFFECTS.top_managers[name], values)
    assert values[name].var() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(("group", "equations"), [("FRL", EFFECTS.reports), ("CIT", EFFECTS.citizens)])
def test_equations_of_staff_and_citizens_hold(population, group, equations):
    invited = population.groups[group]
    of = invited.persons["organisation"].to_numpy()
    values = {name: each[of] for name, each in population.organisations.items()}
    for name, equation in equations.items():
        assert_planted(invited.latent.of(name, 0), equation, values)


def test_the_recipe_frame_raises_the_report_and_not_the_practice(population):
    latent = population.groups["TOP"].latent
    recipe = latent.of("recipe_frame", 0)
    assert np.corrcoef(recipe, latent.of("forwarding", 0))[0, 1] == pytest.approx(0.25 / np.sqrt(1.0625), abs=0.05)
    assert np.corrcoef(recipe, latent.of("true_forwarding", 0))[0, 1] == pytest.approx(0, abs=0.05)


def within(values, of):
    means = np.bincount(of, weights=values) / np.bincount(of)
    return values - means[of]


def test_leadership_and_coproduction_have_the_shares_and_the_course_of_the_specification(population):
    staff = population.groups["FRL"]
    has_none = population.organisations["programme"][staff.persons["organisation"].to_numpy()] == 0
    leadership, coproduction = (staff.latent.planted[name] for name in (LEADERSHIP, COPRODUCTION))
    assert leadership[has_none, 0].var() == pytest.approx(1, abs=0.04)
    growth = [leadership[~has_none, place].mean() - leadership[has_none, place].mean() for place in range(3)]
    assert np.diff(growth) == pytest.approx([0.20, 0.20], abs=0.02)
    stable = np.cov(leadership[has_none, 0], leadership[has_none, 1])[0, 1]
    assert stable == pytest.approx(0.15 + 0.35 + 0.50 * 0.35, abs=0.03)
    wicked = staff.latent.of("wicked_issue", 0)
    of = staff.persons["organisation"].to_numpy()
    slopes, errors = regress(within(coproduction[:, 0], of), [within(leadership[:, 0], of) * wicked])
    assert abs(slopes[0] - 0.10) < 4 * errors[0]


def test_leadership_goes_before_coproduction_and_not_the_other_way_round():
    effects = Effects(dynamics=EFFECTS.dynamics.__class__(
        leadership_shares=(0.0, 0.0, 1.0), coproduction_shares=(0.0, 0.0, 1.0), leadership_by_wickedness=0.0,
        programme_growth=0.0,
    ))  # fmt: skip
    latent = draw_population(of_organisations(2000, effects=effects), SEED).groups["FRL"].latent.planted
    for place in (1, 2):
        causes = [latent[LEADERSHIP][:, place - 1], latent[COPRODUCTION][:, place - 1]]
        assert regress(latent[LEADERSHIP][:, place], causes)[0] == pytest.approx([0.35, 0.0], abs=0.02)
        assert regress(latent[COPRODUCTION][:, place], causes)[0] == pytest.approx([0.15, 0.30], abs=0.02)


def test_what_no_equation_names_is_unrelated_to_everything(population):
    managers, staff = population.groups["MID"].latent, population.groups["FRL"].latent
    pairs = [(managers, "forwarding", "enabler_identity"), (staff, "green_marker", "psychological_safety")]
    for latent, one, other in pairs:
        assert abs(np.corrcoef(latent.of(one, 0), latent.of(other, 0))[0, 1]) < 0.03
    assert np.array_equal(managers.of("forwarding", 0), managers.of("forwarding", 2))


# Answers


def test_items_that_work_differently_in_english_and_for_observers_do(answered):
    parameters, (population, forms) = answered
    planted, staff = parameters.measurement, forms["FRL"]
    is_english = (staff.persons["language"] == "en").to_numpy()

    def gap(item: str) -> float:
        codes = staff.answers[item].to_numpy(dtype=float)
        return codes[is_english].mean() - codes[~is_english].mean()

    assert planted.english_threshold_shift == {"CL_em_3": 0.40, "CPE_co_2": -0.40}
    assert gap("CL_em_3") - gap("CL_em_2") == pytest.approx(-0.36, abs=0.12)
    assert gap("CPE_co_2") - gap("CPE_co_1") == pytest.approx(0.36, abs=0.12)
    observers, managers = staff.answers, forms["MID"].answers
    lower = observers["FWI_fo_2_o"].mean() - observers["FWI_fo_3_o"].mean()
    assert lower - (managers["FWI_fo_2"].mean() - managers["FWI_fo_3"].mean()) == pytest.approx(-0.31, abs=0.06)
    principle = population.groups["FRL"].latent.of("relational_principle", 0)
    spread = [
        np.corrcoef(principle[who], staff.answers["CL_rl_2"][who].astype(float))[0, 1]
        for who in (~is_english, is_english)
    ]
    assert spread[0] - spread[1] == pytest.approx(0.23, abs=0.07)


def test_phases_of_coproduction_are_as_hard_as_planted(answered):
    _, (_, forms) = answered
    means = {phase: forms["FRL"].answers[f"CPE_{phase}_1"].mean() for phase in ("co", "ds", "dl", "as")}
    assert means["co"] < means["as"] < means["ds"] < means["dl"]


def test_background_is_what_the_organisation_and_the_person_are(answered):
    _, (population, forms) = answered
    staff = forms["FRL"]
    hosts = population.organisations["host_public"][staff.persons["organisation"].to_numpy()]
    assert ((staff.answers["STR_locus"] == 1).to_numpy() == (hosts > 0)).all()
    parts = staff.answers[[f"STR_cs_power_{part}" for part in ("managers", "staff", "citizens", "partners")]]
    assert (parts.sum(axis=1) == 100).all()
    bands = pd.cut(staff.persons["age"], [0, 29, 39, 49, 59, 120], labels=[1, 2, 3, 4, 5]).astype(int)
    assert (staff.answers["STR_age"] == bands).all()
    assert (staff.answers["CTL_at_1"] == 4).all()


# Faults


def test_careless_answers_are_of_the_planted_kinds_and_begin_where_they_say():
    faults = Faults(careless={**NOBODY, "FRL": 0.5}, skipped=0.0, opt_out={}, broken_off=0.0)
    parameters = of_organisations(120, faults=faults)
    form = everybody(parameters, groups=("FRL",))[1]["FRL"]
    kinds = form.persons["careless"].value_counts(normalize=True)
    assert kinds[ATTENTIVE] == pytest.approx(0.5, abs=0.04)
    assert (kinds.drop(ATTENTIVE) / 0.5).to_dict() == pytest.approx(
        {"straightline": 0.50, "random": 0.35, "midpoint": 0.15}, abs=0.06
    )
    closed = form.answers[[name for name in form.answers if name.startswith(("CL_", "CPE_", "CTL_"))]].to_numpy(
        dtype=int
    )
    lines = (form.persons["careless"] == "straightline").to_numpy()
    late = form.persons["starts_late"].to_numpy()
    assert late[form.persons["careless"] != ATTENTIVE].mean() == pytest.approx(1 / 3, abs=0.06)
    assert (closed[lines & ~late].min(axis=1) == closed[lines & ~late].max(axis=1)).all()
    last = closed[:, -8:]
    assert (last[lines].min(axis=1) == last[lines].max(axis=1)).all()
    assert (closed[lines & late].min(axis=1) < closed[lines & late].max(axis=1)).mean() > 0.95


def test_opting_out_goes_down_with_tenure_and_gaps_are_as_common_as_planted():
    parameters = of_organisations(300, faults=Faults(careless=NOBODY))
    form = everybody(parameters, groups=("FRL",))[1]["FRL"]
    stays = form.persons["share_seen"] >= 1
    assert (~stays).mean() == pytest.approx(0.05, abs=0.01)
    opts_out = (form.answers.loc[stays, "INT_hs_1"] == -8).fillna(value=False)
    tenure = form.persons.loc[stays, "STR_tenure"]
    short, long = opts_out[tenure < tenure.quantile(0.25)].mean(), opts_out[tenure > tenure.quantile(0.75)].mean()
    assert short > 1.5 * long
    assert opts_out.mean() == pytest.approx(0.043, abs=0.01)
    assert form.answers.loc[stays, ["CL_sy_1", "CPE_ds_2"]].isna().mean().mean() == pytest.approx(0.015, abs=0.004)
    assert form.answers.loc[~stays, "STR_contact"].isna().all()


# Open answers


def test_texts_deserve_codes_as_planted_and_coders_see_them_as_well_as_planted(answered):
    _, (population, forms) = answered
    planted, staff = OpenAnswers(), forms["FRL"]
    value = population.groups["FRL"].latent.of(COPRODUCTION, 0)
    deserves = staff.deserved["OEQ_1"].to_numpy()
    intercept, slope = planted.codes["E5"]
    expected = 1 / (1 + np.exp(-(intercept + slope * value)))
    assert deserves.mean() == pytest.approx(expected.mean(), abs=0.02)
    high, low = value > 1, value < -1
    assert deserves[high].mean() - deserves[low].mean() == pytest.approx(
        expected[high].mean() - expected[low].mean(), abs=0.04
    )
    assert staff.answers["OEQ_1"].notna().mean() == pytest.approx(0.45, abs=0.02)
    ids = pd.Series(np.arange(len(deserves)).astype(str), dtype="str")
    coded = codings_of("coder_1", [staff], [ids], planted, SEED)
    gives = (coded["code"] == "E5").to_numpy()
    true = deserves[staff.answers["OEQ_1"].notna().to_numpy()]
    assert gives[true].mean() == pytest.approx(0.88, abs=0.03)
    assert (~gives[~true]).mean() == pytest.approx(0.95, abs=0.02)
