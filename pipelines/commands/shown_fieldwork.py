"""Fieldwork as the summary of a run shows it: counts, AAPOR's rates with their e, what weighting costs."""

from pipelines.commands import printing
from pipelines.store import Store
from pipelines.tables import fieldwork, out

COUNTS = {
    "n_invited": "invited",
    "n_complete": "I",
    "n_partial": "P",
    "n_refusal": "R",
    "n_noncontact": "NC",
    "n_other": "O",
    "n_unknown": "U",
    "n_not_eligible": "not eligible",
}
RATES = {
    "eligible_share": "e",
    "eligible_share_by": "e by",
    "response_rate_1": "RR1",
    "response_rate_2": "RR2",
    "response_rate_3": "RR3",
    "response_rate_4": "RR4",
    "cooperation_rate_2": "COOP2",
    "refusal_rate_1": "REF1",
    "contact_rate_1": "CON1",
}
WEIGHTS = {
    "weighted_by": "by",
    "n_responses": "responses",
    "n_without_weight": "without weight",
    "least": "least",
    "most": "most",
    "deff_kish": "deff",
    "n_effective": "effective n",
    "share_trimmed": "trimmed",
}


LEGEND = (
    "  I complete, P partial (both by the share of items answered), R refused or broken off, NC not reached, "
    "O other reasons, U eligibility unknown; AAPOR's definitions: docs/reference/dispositions.md"
)


def print_fieldwork(store: Store) -> None:
    """Print who answered, the rates where there is a frame, and the weights where the study has any."""
    rates, weighting = store.read(out.RESPONSE_RATES), store.read(fieldwork.WEIGHTING)
    of_frame = rates[rates["n_invited"].notna()]
    weighted = weighting[weighting["weighted_by"] != "none"]
    for title, rows, columns in (
        ("Who answered", rates, COUNTS),
        ("Outcome rates (AAPOR)", of_frame, RATES),
        ("Weights", weighted, WEIGHTS),
    ):
        if len(rows):
            shown = {"wave": "wave", "respondent_group": "group", **columns}
            printing.print_frame(title, rows[list(shown)].rename(columns=shown))
            printing.print_lines([LEGEND] if columns is COUNTS else [])
