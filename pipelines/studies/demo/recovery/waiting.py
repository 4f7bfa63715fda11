"""Planted parameters that no estimator recovers yet, with what each waits for; and what is not planted."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pandas as pd

from pipelines.studies.demo.effects import REST, Effects
from pipelines.studies.demo.parameters import Parameters
from pipelines.studies.demo.recovery.figures import REPORT

WAITS, NOTHING = "waits", "nothing planted"
AGGREGATION = "waits for latent aggregation to organisations (multilevel structural equation model)"
LATENT = "waits for latent regression (structural equation model)"
SURFACE = "waits for response surface analysis with latent means"
PANEL = "waits for the random-intercept cross-lagged panel model"
CODES = "waits for logistic regression corrected for misclassified codes"
PRODUCT = "waits for latent products within organisations"
NOT_PLANTED: Mapping[str, str] = MappingProxyType(
    {
        "H1": "identity work activity (IW.ac); the product of enabler identity and NPM is nought",
        "H4": "democratic, user-value and efficiency frames (SF.de, SF.us, SF.ef)",
        "H6": "no path from forwarding as staff see it to co-production, so no mediation",
        "H7": "no product of the four principles (part b)",
        "H9": "outcomes (OUT), and part (b)",
        "H10": "barriers (BAR)",
        "H11": "shared leadership and structure (SLA), shares of power",
        "H12": "shared leadership, power and accountability among partners",
        "H13": "co-production of leadership (CPL)",
        "H14": "no response surface on co-production",
        "H15": "change in identity work",
        "H16": "trust of citizens, wellbeing, archival outcomes (CIT.tr, OUT.wb, ARC)",
        "H17": "capacity (CON.ca, BAR.ca)",
        "H18": "willingness of citizens: of their scales only felt influence is planted",
    }
)
_HYPOTHESIS_OF = {
    "forwarding": "H4",
    "true_forwarding": "H1",
    "inhibiting": "H2",
    "sensemaking_intensity": "H3",
    "sensegiving_and_strategizing": "H3",
    "observed_forwarding": "H6",
    "experience": "H14",
    "coproduction": "H5",
    "citizen_influence": "H11",
}


def waiting_rows(parameters: Parameters) -> pd.DataFrame:
    """List what is planted and waits, and what is not planted: ``REPORT``."""
    rows = [*_of_equations(parameters.effects), *_of_dynamics(parameters), *_of_codes(parameters)]
    rows += [
        _row("not planted", what, float("nan"), hypothesis, NOTHING, "nothing is planted here")
        for hypothesis, what in NOT_PLANTED.items()
    ]
    return pd.DataFrame(rows).reindex(columns=REPORT)


def _of_equations(effects: Effects) -> Iterator[dict[str, object]]:
    for part, equations, reason in (
        ("organisations", effects.organisations, AGGREGATION),
        ("top managers", effects.top_managers, LATENT),
        ("reports of staff", effects.reports, AGGREGATION),
        ("citizens", effects.citizens, AGGREGATION),
    ):
        for outcome, equation in equations.items():
            for cause, weight in equation.items():
                if cause != REST:
                    why = SURFACE if outcome == "experience" else reason
                    yield _row(part, f"{outcome} ~ {cause}", weight, _HYPOTHESIS_OF.get(outcome, ""), WAITS, why)


def _of_dynamics(parameters: Parameters) -> Iterator[dict[str, object]]:
    dynamics = parameters.effects.dynamics
    for name, values in (
        ("leadership", dynamics.leadership_shares),
        ("co-production", dynamics.coproduction_shares),
    ):
        for level, share in zip(("organisation", "person", "occasion"), values, strict=True):
            yield _row("dynamics", f"share of variance of {name}: {level}", share, "H7", WAITS, PANEL)
    pairs = ("leadership with co-production", "leadership with safety", "co-production with safety")
    for pair, value in zip(pairs, dynamics.person_correlations, strict=True):
        yield _row("dynamics", f"correlation of persons: {pair}", value, "H7", WAITS, PANEL)
    for name, value, hypothesis, reason in (
        ("leadership ~ last leadership", dynamics.leadership_carry_over, "H15", PANEL),
        ("co-production ~ last co-production", dynamics.coproduction_carry_over, "H15", PANEL),
        ("co-production ~ last leadership", dynamics.leadership_on_coproduction, "H15", PANEL),
        ("leadership ~ last co-production (true null)", dynamics.coproduction_on_leadership, "H15", PANEL),
        ("correlation of what is new", dynamics.innovation_correlation, "H7", PANEL),
        ("leadership gained a wave with a programme", dynamics.programme_growth, "H17", PANEL),
        ("co-production ~ own leadership x wickedness", dynamics.leadership_by_wickedness, "H8", PRODUCT),
    ):
        yield _row("dynamics", name, value, hypothesis, WAITS, reason)


def _of_codes(parameters: Parameters) -> Iterator[dict[str, object]]:
    for code, (intercept, slope) in parameters.open_answers.codes.items():
        yield _row("codes", f"{code}: intercept", intercept, "H19", WAITS, CODES)
        yield _row("codes", f"{code}: slope", slope, "H19", WAITS, CODES)


def _row(part: str, name: str, value: float, hypothesis: str, status: str, note: str) -> dict[str, object]:
    return {
        "part": part,
        "parameter": name,
        "hypothesis": hypothesis,
        "true_value": value,
        "status": status,
        "note": note,
        "n_replications": 0,
    }
