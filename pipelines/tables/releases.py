"""The table of releases: what was published, when, under which policy, of whom. Rows are added, never changed."""

from pipelines.tables.base import MOMENT, TEXT, WHOLE, ColumnOf, Table

RELEASES = Table(
    name="out.releases",
    grain="One row a release",
    key=("release",),
    columns={
        "release": ColumnOf(WHOLE, "Number of the release, from 1", least=1),
        "file": ColumnOf(TEXT, "Name of its file"),
        "sha256": ColumnOf(TEXT, "SHA-256 of the file, in hexadecimal"),
        "published_at": ColumnOf(MOMENT, "When, by the clock of the machine"),
        "signed_off_by": ColumnOf(TEXT, "Who answers for it"),
        "policy_json": ColumnOf(TEXT, "What was asked of every figure, JSON"),
        "policy_sha256": ColumnOf(TEXT, "SHA-256 of the policy"),
        "rows_hash": ColumnOf(TEXT, "SHA-256 of the scores behind it, kept under this name in warehouse/data/"),
        "sizes_json": ColumnOf(TEXT, "Responses behind it by wave and respondent group, JSON; they outlast an erasure"),
    },
)

TABLES = (RELEASES,)
