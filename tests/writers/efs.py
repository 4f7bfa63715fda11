"""Participants → a result export of Unipark or EFS Survey: semicolon, Windows-1252."""

from collections.abc import Mapping, Sequence

from tests.writers.delimited import delimited

BEFORE = ("lfdn", "external_lfdn", "tester", "dispcode", "lastpage", "quality", "duration")
AFTER = ("browser", "referer", "quota", "page_history", "language", "datetime", "date_of_last_access", "rts5396166")


def result_export(variables: Sequence[str], participants: Sequence[Mapping[str, str]]) -> bytes:
    """Write variables and participants; EFS's own columns have usual values where none is given."""
    names = [*BEFORE, *variables, *AFTER]
    usual = {
        "external_lfdn": "0", "tester": "0", "dispcode": "31", "lastpage": "6028435", "quality": "-77",
        "duration": "312", "datetime": "2026-03-02 09:00:00", "date_of_last_access": "2026-03-02 09:05:12",
        "browser": "-77", "quota": "-77",
    }  # fmt: skip
    rows = [names]
    for number, participant in enumerate(participants, start=1):
        cells = {**usual, "lfdn": str(number), **participant}
        rows.append([cells.get(name, "") for name in names])
    return delimited(rows, ";", "cp1252")
