"""The table of the analysis plan: what was locked, when, and what had arrived. Rows are added, never changed."""

from pipelines.tables.base import MOMENT, TEXT, WHOLE, ColumnOf, Table
from pipelines.tables.out import MODEL

KINDS = ("lock", "amendment")
NOTHING = "null"

PLAN = Table(
    name="out.plan",
    grain="One row a lock or amendment of the analysis plan and model",
    key=("entry", "model"),
    columns={
        "entry": ColumnOf(WHOLE, "Number of the lock (1) or amendment (from 2)", least=1),
        "kind": ColumnOf(TEXT, "lock or amendment", is_among=KINDS),
        "model": MODEL,
        "plan_hash": ColumnOf(TEXT, "SHA-256 of everything the lock or amendment says, the hash before it included"),
        "previous_hash": ColumnOf(TEXT, "The same of the one before; empty for the lock"),
        "locked_at": ColumnOf(MOMENT, "When, by the clock of the machine"),
        "locked_by": ColumnOf(TEXT, "Who"),
        "reason": ColumnOf(TEXT, "Why it was amended; empty for the lock"),
        "study": ColumnOf(TEXT, "Study"),
        "software": ColumnOf(TEXT, "Version of the software"),
        "code_hash": ColumnOf(TEXT, "SHA-256 of the source of instruments/ and models/"),
        "arrived_json": ColumnOf(TEXT, "What data had arrived: responses, rows not read yet and files by wave, JSON"),
        "spec_json": ColumnOf(TEXT, f"What is locked of the model, canonical JSON; {NOTHING} for a model taken out"),
        "spec_hash": ColumnOf(TEXT, "SHA-256 of spec_json"),
        "changes_json": ColumnOf(TEXT, "Key, old and new value of every change by an amendment, JSON"),
    },
)

TABLES = (PLAN,)
