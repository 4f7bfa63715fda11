"""Tables of how units were selected: counts by wave and group, and by depth of referral. None is released."""

from pipelines.tables.base import TEXT, TRUTH, ColumnOf, Table
from pipelines.tables.casework import CHOSEN, DRAWN
from pipelines.tables.out import WAVE, count

NO_INFERENCE = "no inference to a population"
SELECTIONS = (*DRAWN, *CHOSEN)
_GROUP = ColumnOf(TEXT, "Respondent group; empty for units of which the sample register says none: of any group")

SAMPLING = Table(
    name="out.sampling",
    grain="One row a wave and respondent group of the sample register",
    key=("wave", "respondent_group"),
    columns={
        "wave": WAVE,
        "respondent_group": _GROUP,
        "n_units": count("Units"),
        **{f"n_{selection}": count(f"Of these, selected as {selection}") for selection in SELECTIONS},
        "has_inference": ColumnOf(TRUTH, "Whether every unit was taken (census) or drawn at random (probability)"),
        "note": ColumnOf(TEXT, f"'{NO_INFERENCE}' where it was not; else empty"),
    },
)

REFERRAL_DEPTHS = Table(
    name="out.referral_depths",
    grain="One row a wave, respondent group and depth of referral, where any unit was referred",
    key=("wave", "respondent_group", "depth"),
    columns={
        "wave": WAVE,
        "respondent_group": _GROUP,
        "depth": count("Referrals from the unit that a chain began with; 0 for units that nobody referred"),
        "n_units": count("Units at this depth"),
        "n_answered": count("Of these, with an analysed response in the wave"),
        "n_referring": count("Of these, units that referred another"),
    },
)

TABLES = (SAMPLING, REFERRAL_DEPTHS)
