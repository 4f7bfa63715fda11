"""Tables of experiments within a survey: who saw which label."""

from pipelines.tables.base import TEXT, ColumnOf, Table
from pipelines.tables.out import GROUP, WAVE, count, number

LABEL_SEEN = "label_seen"

LABELS_SEEN = Table(
    name="core.labels_seen",
    grain="One row a unit: the label it was given by chance",
    key=("unit_id",),
    columns={
        "unit_id": ColumnOf(TEXT, "Pseudonym of the unit; equals respondent_key of a response"),
        LABEL_SEEN: ColumnOf(TEXT, "Label in the slot of the experiment"),
    },
)

LABEL_BALANCE = Table(
    name="out.label_balance",
    grain="One row a wave, respondent group and label: the analysed responses that saw it",
    key=("wave", "respondent_group", LABEL_SEEN),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        LABEL_SEEN: ColumnOf(TEXT, "Label in the slot of the experiment"),
        "n_drawn": count("Analysed responses of people for whom it was drawn"),
        "n_seen": count("Analysed responses that saw it, those of nobody in the list too"),
        "share_seen": number("Of the wave's and group's responses that saw any label, 0 to 1"),
    },
)

TABLES = (LABELS_SEEN, LABEL_BALANCE)
