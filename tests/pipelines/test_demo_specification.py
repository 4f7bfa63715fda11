"""The planted numbers are those of the specification, read from its machine-readable form."""

import re
from pathlib import Path

import pytest

from instruments.strict_yaml import read_yaml
from pipelines.studies.demo.effects import Effects
from pipelines.studies.demo.parameters import SHIPPED, Faults, Measurement, OpenAnswers, Parameters, Response, Size

pytestmark = pytest.mark.reference
NAMES = {
    "F": "top_forwarding", "NPM": "npm", "VI": "vertical", "HI": "horizontal", "OBS": "observed_forwarding",
    "STA": "experience", "CLb_raw": "leadership", "CPEb_raw": "coproduction", "PROGRAMME": "programme",
    "IW_fa": "enabler_identity", "IW_te": "identity_tension", "SM": "sensemaking_intensity",
    "SG": "sensegiving_and_strategizing", "FWD": "true_forwarding", "INH": "inhibiting",
    "INT_vertical": "vertical_integration", "INT_horizontal": "horizontal_integration", "GOV_np": "npm_culture",
    "FWI_fo_observer": "forwarding_observed", "OUT_sf": "staff_experience",
}  # fmt: skip
TERM = re.compile(r"([+-]?)\s*(?:sqrt\((\.\d+)\)|(\.\d+)|)\*?((?:[A-Za-z_]+(?:\^2)?[12]?)(?:[ *](?:[A-Z]+))*)")


@pytest.fixture(scope="module")
def specified(reference: Path) -> dict:
    return read_yaml(reference / "domain" / "instruments" / "synthetic_study.yaml").value


def equation(text: str) -> dict[str, float]:
    """Read ``.35*F - .25*NPM + .85*e1`` as cause → weight; the rest is called rest."""
    found: dict[str, float] = {}
    for sign, root, weight, cause in TERM.findall(text.split(";", maxsplit=1)[0]):
        value = (float(root) ** 0.5 if root else float(weight or 1)) * (-1 if sign == "-" else 1)
        factors = [
            part for each in re.split(r"[ *]", cause) for part in ([each[:-2]] * 2 if each.endswith("^2") else [each])
        ]
        found[" x ".join("rest" if re.fullmatch(r"e\d?", each) else NAMES[each] for each in factors)] = value
    return found


def test_an_equation_is_read_as_it_is_written():
    assert equation(".20*F + .10*VI*HI - .08*F^2 + sqrt(.84)*e") == {
        "top_forwarding": 0.20,
        "vertical x horizontal": 0.10,
        "top_forwarding x top_forwarding": -0.08,
        "rest": pytest.approx(0.84**0.5),
    }


@pytest.mark.parametrize("name", ["VI", "HI", "OBS", "STA", "CLb_raw", "CPEb_raw"])
def test_equations_of_organisations_are_the_specified_ones(specified, name):
    assert dict(Effects().organisations[NAMES[name]]) == pytest.approx(equation(specified["organisation_level"][name]))


@pytest.mark.parametrize("name", ["IW_te", "SM", "SG", "FWD", "INH"])
def test_equations_of_top_managers_are_the_specified_ones(specified, name):
    assert dict(Effects().top_managers[NAMES[name]]) == pytest.approx(equation(specified["top_manager_level"][name]))


@pytest.mark.parametrize("name", ["INT_vertical", "INT_horizontal", "GOV_np", "FWI_fo_observer", "OUT_sf"])
def test_reports_of_staff_are_the_specified_ones(specified, name):
    text = specified["frontline_level"]["report_of_organisation_state"][name]
    assert dict(Effects().reports[NAMES[name]]) == pytest.approx(equation(text))


def test_what_is_no_plain_equation_is_written_out(specified):
    managers = specified["top_manager_level"]
    assert managers["IW_fa"] == "-.20*NPM + sqrt(.96)*(sqrt(.30)*b_org + sqrt(.70)*e)"
    assert dict(Effects().top_managers["enabler_identity"]) == pytest.approx({"npm": -0.20, "rest": 0.96**0.5})
    assert Effects().enabler_organisation_share == 0.30
    assert managers["FWD_self_report"].startswith("(FWD + .25*SF_rc) / sqrt(1.0625)")
    scale = 1.0625**0.5
    assert dict(Effects().top_managers["forwarding"]) == pytest.approx(
        {"true_forwarding": 1 / scale, "recipe_frame": 0.25 / scale}
    )
    assert specified["citizen_level"]["CIT_fl"] == ".35*CPEb_raw/.547 - .30*HOST_public + .95*e"
    assert dict(Effects().citizens["citizen_influence"]) == {
        "coproduction_scaled": 0.35,
        "host_public": -0.30,
        "rest": 0.95,
    }
    assert Effects().coproduction_deviation == 0.547
    levels = specified["organisation_level"]
    assert levels["HOST_public"] == f"Bernoulli({Effects().host_public:.2f})".replace("0.", ".")
    assert levels["PROGRAMME"] == f"Bernoulli({Effects().programme:.2f})".replace("0.", ".")
    assert levels["HI"].endswith("corr(e1,e2) = .30")
    assert Effects().state_correlation == 0.30


def test_the_course_over_waves_is_the_specified_one(specified):
    dynamics, staff, planted = specified["dynamics"], specified["frontline_level"], Effects().dynamics
    assert planted.leadership_shares == tuple(staff["CL"]["variance"].values())
    assert planted.coproduction_shares == tuple(staff["CPE"]["variance"].values())
    correlations = staff["person_correlations"]
    assert planted.person_correlations == tuple(correlations[key] for key in ("CL_CPE", "CL_SAFETY", "CPE_SAFETY"))
    assert (planted.leadership_carry_over, planted.coproduction_carry_over) == (dynamics["CL_AR"], dynamics["CPE_AR"])
    assert (planted.leadership_on_coproduction, planted.coproduction_on_leadership) == (
        dynamics["CL_to_CPE"],
        dynamics["CPE_to_CL"],
    )
    assert planted.innovation_correlation == dynamics["innovation_corr"]
    assert planted.programme_growth == dynamics["programme_growth_CL_per_wave"]
    assert "+ .10*CL_within*WICK" in staff["CPE"]["value"]
    assert planted.leadership_by_wickedness == 0.10
    assert staff["CPE"]["four_phases"].startswith(f"p = {planted.part_loading}".replace("0.", "."))


def test_size_response_and_waves_are_the_specified_ones(specified):
    frame, response, size = specified["frame"], Response(), Size()
    assert dict(size.danish_regions) == frame["DK"]["regions"]
    assert (size.danish_organisations, size.scottish_organisations) == (98, frame["SCT"]["organisations"])
    assert dict(size.invited) == specified["invited_per_org"]
    assert dict(response.rate) == specified["response_rate"]
    assert dict(response.selection) == {"TOP": 0.25, "FRL": 0.15}
    assert list(response.attrition) == specified["waves"]["attrition"]
    assert specified["waves"]["mechanism"] == "logit = base - .35*CPE[t-1] + .30*(age under 35)"
    found = (response.coproduction_on_attrition, response.young_on_attrition, response.young_until)
    assert found == (-0.35, 0.30, 35)
    assert Parameters().size.large_organisations == 0
    assert (SHIPPED.size.large_organisations, dict(SHIPPED.size.invited_by_large)) == (
        24,
        {"MID": 40, "FRL": 150, "CIT": 150},
    )


def test_measurement_is_the_specified_one(specified):
    stated, planted = specified["measurement"], Measurement()
    assert list(planted.loadings) == stated["loadings_in_order"]
    assert planted.reverse_loading == stated["reverse_item_loading"]
    assert (planted.common_source, planted.acquiescence) == (
        stated["common_source_factor_loading"],
        stated["acquiescence_loading"],
    )
    assert {scale: list(each) for scale, each in planted.thresholds.items()} == {
        "agree5": stated["thresholds_agree"],
        "extent5": stated["thresholds_agree"],
        "freq5": stated["thresholds_freq"],
    }
    shifts = {f"coproduction_{phase}": each for phase, each in stated["threshold_shift_by_phase"].items() if each}
    assert dict(planted.threshold_shift_of_scale) == shifts
    assert specified["language_dif"]["CL_rl_2"] == "loading -.25 in en"
    assert dict(planted.english_loading_shift) == {"CL_rl_2": -0.25}
    assert dict(planted.english_threshold_shift) == {"CL_em_3": 0.40, "CPE_co_2": -0.40}
    assert specified["role_dif"] == {"FWI_fo_2": "observer intercept -.35 (self against observer form)"}
    assert dict(planted.observer_threshold_shift) == {"FWI_fo_2_o": 0.35}


def test_faults_and_texts_are_the_specified_ones(specified):
    faults, missing, careless = Faults(), specified["missing"], specified["careless"]
    assert dict(faults.careless) == {group: careless[group] for group in ("TOP", "MID", "FRL", "CIT", "PAR")}
    assert faults.kinds == tuple(careless["types"].values())
    assert faults.midpoint == (0.10, 0.80, 0.10)
    assert faults.late_onset == pytest.approx(1 / 3)
    assert (faults.skipped, faults.broken_off) == (missing["item_mcar"], missing["breakoff"])
    assert sorted(faults.opt_out.values()) == sorted(missing["opt_out"].values())
    assert faults.opt_out_slope == -0.5
    stated, planted = specified["text"], OpenAnswers()
    assert {group: planted.share[group] for group in stated["answers_with_text"]} == stated["answers_with_text"]
    assert (planted.sensitivity, planted.specificity) == (
        stated["coder"]["sensitivity"],
        stated["coder"]["specificity"],
    )
    for code, (intercept, slope) in planted.codes.items():
        assert stated["code_model"][code].startswith(f"invlogit({intercept} + {slope}*")
