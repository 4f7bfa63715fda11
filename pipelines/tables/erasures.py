"""Tables of erasures on request: which kept files were rewritten, and who may not be stored again. No names."""

from pipelines.tables.base import MOMENT, TEXT, TRUTH, WHOLE, ColumnOf, Table

ERASURES = Table(
    name="raw.erasures",
    grain="One row a file rewritten without people who asked to be erased",
    key=("old_sha256", "new_sha256"),
    columns={
        "old_sha256": ColumnOf(TEXT, "Hash of the old bytes, which are gone; of the rows, for rows of a fit"),
        "new_sha256": ColumnOf(TEXT, "Hash of the new ones"),
        "kind": ColumnOf(TEXT, "What was rewritten", is_among=("export", "fit_rows")),
        "n_rows": ColumnOf(
            WHOLE, "Rows taken out; 0 for rows of a fit where only ids made of row numbers moved up", least=0
        ),
        "erased_at": ColumnOf(MOMENT, "When"),
        "because": ColumnOf(TEXT, "Why"),
    },
)

ERASED = Table(
    name="raw.erased_responses",
    grain="One row a response, person or row of an export that may not be stored again",
    key=("mark",),
    columns={
        "mark": ColumnOf(TEXT, "Keyed hash, by which it is recognised in later exports"),
        "kind": ColumnOf(TEXT, "What it is the hash of", is_among=("response", "person", "row")),
        "request": ColumnOf(TEXT, "Keyed hash of who was asked to be erased; rows of one request are erased together"),
        "erased_at": ColumnOf(MOMENT, "When"),
        "because": ColumnOf(TEXT, "Why"),
        "is_finished": ColumnOf(TRUTH, "Whether the erasure was carried out to its end"),
    },
)

TABLES = (ERASURES, ERASED)
