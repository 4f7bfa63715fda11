"""Tables of who belongs with whom: dyads, and named collaborations with their members."""

from pipelines.tables.base import TEXT, WHOLE, ColumnOf, Table

DYAD_KEYS = Table(
    name="core.dyad_keys",
    grain="One row a response and kind of dyad: the other person it names",
    key=("response_id", "kind"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "kind": ColumnOf(TEXT, "Kind of dyad, as identifiers.dyads names it"),
        "other_key": ColumnOf(TEXT, "respondent_key of the other person"),
    },
)

DYADS = Table(
    name="core.dyads",
    grain="One row a response and kind of dyad: the response of the other person in the same wave",
    key=("response_id", "kind"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "kind": ColumnOf(TEXT, "Kind of dyad"),
        "other_response_id": ColumnOf(
            TEXT, "Response of the other person; missing when there is none that is analysed", may_be_missing=True
        ),
    },
)

COLLABORATIONS = Table(
    name="core.collaborations",
    grain="One row a named collaboration and wave",
    key=("collaboration_id", "wave"),
    columns={
        "collaboration_id": ColumnOf(TEXT, "Keyed hash of organisation and name"),
        "wave": ColumnOf(TEXT, "Wave"),
        "organisation_id": ColumnOf(TEXT, "Organisation", may_be_missing=True),
        "n_responses": ColumnOf(WHOLE, "Responses that name it", least=1),
        "n_respondent_groups": ColumnOf(WHOLE, "Respondent groups among them", least=1),
    },
)

MEMBERSHIPS = Table(
    name="core.memberships",
    grain="One row a response and collaboration that it names",
    key=("response_id", "collaboration_id"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "collaboration_id": ColumnOf(TEXT, "Collaboration"),
    },
)

TABLES = (DYAD_KEYS, DYADS, COLLABORATIONS, MEMBERSHIPS)
