"""Tables of what was fetched from platforms: pulls, what is gone there, which changes of questions were taken."""

from pipelines.tables.base import MOMENT, TEXT, TRUTH, WHOLE, ColumnOf, Table

FAULTS = ("questions", "data", "specification", "environment")

PULLS = Table(
    name="raw.pulls",
    grain="One row a pull of a source that ended well",
    key=("source", "pulled_at"),
    columns={
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "wave": ColumnOf(TEXT, "Wave"),
        "pulled_at": ColumnOf(MOMENT, "When"),
        "platform": ColumnOf(TEXT, "Platform it was pulled from"),
        "is_whole": ColumnOf(TRUTH, "Whether everything was fetched, and not only what was modified since"),
        "n_listed": ColumnOf(WHOLE, "Responses that the platform lists", least=0),
        "n_new": ColumnOf(WHOLE, "Responses that were not held before", least=0),
        "n_changed": ColumnOf(WHOLE, "Responses that were held with other content", least=0),
        "n_deleted": ColumnOf(WHOLE, "Responses that were held and that the platform has no more", least=0),
        "n_erased": ColumnOf(
            WHOLE, "Responses that were erased here and that the platform still holds", least=0, if_absent="0"
        ),
        "file_name": ColumnOf(TEXT, "Export that was landed, if any", may_be_missing=True),
        "because": ColumnOf(TEXT, "Why an unusual loss was taken, where there was one", may_be_missing=True),
    },
)  # fmt: skip

FAILED_PULLS = Table(
    name="raw.failed_pulls",
    grain="One row a pull of a source that failed; nothing of it was taken",
    key=("source", "tried_at"),
    columns={
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "wave": ColumnOf(TEXT, "Wave"),
        "tried_at": ColumnOf(MOMENT, "When it ended"),
        "platform": ColumnOf(TEXT, "Platform it was to be pulled from"),
        "fault": ColumnOf(
            TEXT,
            "What stood in its way: questions that changed, what was delivered, study.yaml or a secret not set, "
            "or the network, the platform, its token or the machine; the message itself is kept nowhere",
            is_among=FAULTS,
        ),
    },
)

DELETIONS = Table(
    name="raw.deletions",
    grain="One row a response that was pulled and that its platform has no more",
    key=("source", "response_id"),
    columns={
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "wave": ColumnOf(TEXT, "Wave"),
        "response_id": ColumnOf(TEXT, "Response"),
        "noticed_at": ColumnOf(MOMENT, "When a pull first noticed"),
    },
)

QUESTION_CHANGES = Table(
    name="raw.question_changes",
    grain="One row a change of a survey's questions that a person took on purpose",
    key=("source", "accepted_at", "change"),
    columns={
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "wave": ColumnOf(TEXT, "Wave"),
        "accepted_at": ColumnOf(MOMENT, "When"),
        "change": ColumnOf(TEXT, "Question, and what changed"),
        "because": ColumnOf(TEXT, "Why it was taken"),
    },
)

TABLES = (PULLS, FAILED_PULLS, DELETIONS, QUESTION_CHANGES)
