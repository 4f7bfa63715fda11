"""Tables of cases: how units were chosen, cases within cases, documents, interviews, process traces."""

from pipelines.tables.base import DAY, NUMBER, TEXT, TRUTH, WHOLE, ColumnOf, Table

DRAWN = ("census", "probability")
CHOSEN = ("purposive", "snowball", "gatekeeper")

SAMPLE_REGISTER = Table(
    name="core.sample_register",
    grain="One row a unit and wave: how it came into the study",
    key=("unit_id", "wave"),
    columns={
        "unit_id": ColumnOf(TEXT, "Pseudonym of the unit; equals respondent_key of a response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "respondent_group": ColumnOf(
            TEXT, "Respondent group; missing where the list says none: of any group", may_be_missing=True
        ),
        "selection": ColumnOf(TEXT, "How the unit was selected", is_among=(*DRAWN, *CHOSEN)),
        "gatekeeper": ColumnOf(TEXT, "Code of whoever let the study in, never a name", may_be_missing=True),
        "n_referrals_before": ColumnOf(WHOLE, "Referrals between the unit and one that nobody referred", least=0),
        "inclusion_probability": ColumnOf(NUMBER, "Chance of being drawn", may_be_missing=True, least=0, most=1),
        "allows_inference": ColumnOf(TRUTH, "Whether every unit of its wave and group was taken or drawn at random"),
    },
)

REFERRALS = Table(
    name="core.referrals",
    grain="One row a unit that another unit referred, and wave",
    key=("unit_id", "wave"),
    columns={
        "unit_id": ColumnOf(TEXT, "Pseudonym of the unit"),
        "wave": ColumnOf(TEXT, "Wave"),
        "referred_by": ColumnOf(TEXT, "Pseudonym of the unit that referred it"),
    },
)

CASES = Table(
    name="core.cases",
    grain="One row a case",
    key=("case_id",),
    columns={
        "case_id": ColumnOf(TEXT, "Case"),
        "embedded_in": ColumnOf(TEXT, "The case it lies within", may_be_missing=True),
        "depth": ColumnOf(WHOLE, "Cases around it", least=0),
        "unit_kind": ColumnOf(
            TEXT, "What the case is", is_among=("organisation", "collaboration", "person", "account", "incident")
        ),
        "title": ColumnOf(TEXT, "What the team calls it", may_be_missing=True),
        "organisation_id": ColumnOf(TEXT, "Organisation", may_be_missing=True),
        "collaboration_id": ColumnOf(TEXT, "Collaboration, as in core.collaborations", may_be_missing=True),
        "began_on": ColumnOf(DAY, "First day that it covers", may_be_missing=True),
        "ended_on": ColumnOf(DAY, "Last day that it covers", may_be_missing=True),
        "bounded_by": ColumnOf(TEXT, "What belongs to the case and what does not", may_be_missing=True),
        "because": ColumnOf(TEXT, "Why it was chosen"),
    },
)

DOCUMENTS = Table(
    name="core.documents",
    grain="One row a document that is evidence of a case",
    key=("document_id",),
    columns={
        "document_id": ColumnOf(TEXT, "Document"),
        "case_id": ColumnOf(TEXT, "Case; missing for a document about all", may_be_missing=True),
        "kind": ColumnOf(
            TEXT, "Kind", is_among=("legislation", "programme", "policy", "minutes", "report", "media", "other")
        ),
        "title": ColumnOf(TEXT, "Title"),
        "dated_on": ColumnOf(DAY, "Date of the document", may_be_missing=True),
        "origin": ColumnOf(TEXT, "Where it was found", may_be_missing=True),
        "words": ColumnOf(WHOLE, "Length in words", may_be_missing=True, least=0),
    },
)

INTERVIEWS = Table(
    name="core.interviews",
    grain="One row an interview",
    key=("interview_id",),
    columns={
        "interview_id": ColumnOf(TEXT, "Interview"),
        "case_id": ColumnOf(TEXT, "Case", may_be_missing=True),
        "unit_id": ColumnOf(TEXT, "Pseudonym of the person; equals respondent_key of a response"),
        "interviewed_on": ColumnOf(DAY, "Day"),
        "minutes": ColumnOf(NUMBER, "Length in minutes", may_be_missing=True, least=0),
        "mode": ColumnOf(TEXT, "How", is_among=("face_to_face", "telephone", "video", "written")),
        "is_recorded": ColumnOf(TRUTH, "Whether it was recorded"),
        "language": ColumnOf(TEXT, "Language"),
        "words": ColumnOf(WHOLE, "Length of the transcript in words", may_be_missing=True, least=0),
    },
)

TRACES = Table(
    name="core.trace_steps",
    grain="One row a traced case and step of the template",
    key=("case_id", "step"),
    columns={
        "case_id": ColumnOf(TEXT, "Case"),
        "step": ColumnOf(WHOLE, "Number of the step", least=1),
        "is_observed": ColumnOf(TRUTH, "Whether there is evidence of the step"),
        "observed_on": ColumnOf(DAY, "Day of the step", may_be_missing=True),
        "is_in_order": ColumnOf(
            TRUTH, "Whether no earlier step came later; missing without a day", may_be_missing=True
        ),
        "evidence": ColumnOf(TEXT, "Documents and interviews, separated by ;", may_be_missing=True),
        "strength": ColumnOf(
            TEXT, "How strong the team finds it", may_be_missing=True, is_among=("weak", "moderate", "strong")
        ),
        "note": ColumnOf(TEXT, "What the team wrote about it", may_be_missing=True),
    },
)

TABLES = (SAMPLE_REGISTER, REFERRALS, CASES, DOCUMENTS, INTERVIEWS, TRACES)
