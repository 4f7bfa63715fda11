"""Tables of experiments within a survey: who saw which label."""

from pipelines.tables.base import TEXT, ColumnOf, Table

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

TABLES = (LABELS_SEEN,)
