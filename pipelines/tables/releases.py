"""The tables of releases: what was published, when, under which policy, of whom, and what was withdrawn.

Rows are added, never changed: whether a release is shown follows from both tables and the day.
"""

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
        "rows_hash": ColumnOf(
            TEXT, "SHA-256 of the scores and answers behind it, kept under this name in warehouse/data/"
        ),
        "sizes_json": ColumnOf(TEXT, "Responses behind it by wave and respondent group, JSON; they outlast an erasure"),
        "schema_version": ColumnOf(WHOLE, "Version of the tables in its file", if_absent="5"),
        "embargo_until": ColumnOf(
            TEXT, "First day on which it may be shown, ISO; empty without an embargo", if_absent=""
        ),
        "supersedes": ColumnOf(
            WHOLE, "Release that was shown when it was published; 0 for none or unknown", least=0, if_absent="0"
        ),
        "hidden_json": ColumnOf(TEXT, "Withheld cells by table, JSON; empty where not recorded", if_absent=""),
        "software_version": ColumnOf(
            TEXT, "Version of the software that made it; empty where not recorded", if_absent=""
        ),
    },
)

WITHDRAWALS = Table(
    name="out.withdrawals",
    grain="One row a release that was withdrawn",
    key=("release",),
    columns={
        "release": ColumnOf(WHOLE, "Number of the release, from 1", least=1),
        "withdrawn_at": ColumnOf(MOMENT, "When, by the clock of the machine"),
        "signed_off_by": ColumnOf(TEXT, "Who answers for it"),
        "because": ColumnOf(TEXT, "Why"),
    },
)

TABLES = (RELEASES, WITHDRAWALS)
