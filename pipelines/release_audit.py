"""The gate before a release: its final tables beside those of all earlier ones, and what follows from them together.

Put here what is laid before the audit; what it looks for is in ``steps.audit``.
"""

from pipelines.release_draft import Tables
from pipelines.release_gates import ReleaseRefused
from pipelines.release_past import Past
from pipelines.release_slices import Slices
from pipelines.steps.audit.findings import findings
from pipelines.steps.audit.publications import Publication
from pipelines.steps.audit.waves import changes_that_tell
from pipelines.steps.released_comparisons import waves_apart
from pipelines.tables.released import COMPARISONS_RELEASED

MOST_TOLD = 20
WHAT_TO_DO = (
    "what is hidden by itself should have been enough: hide more (raise release: least_cell_size in study.yaml, or "
    "take scales, groups or regions out of release: units), and report this with the study's sizes"
)


def refuse_what_tells_too_much(number: int, tables: Tables, slices: Slices) -> None:
    """Let a release pass that tells of hidden figures no more than its policy allows.

    Args:
        number: Of the release.
        tables: Its final tables.
        slices: The people behind it, its policy, and the earlier releases.

    Raises:
        ReleaseRefused: With every figure that could be worked out, but not its value.
    """
    release = _drafted(number, tables, slices)
    earlier = [_publication(each) for each in slices.past]
    reasons = list(findings(release, earlier, slices.policy))
    if not reasons:
        return
    told = reasons[:MOST_TOLD]
    if len(reasons) > MOST_TOLD:
        told.append(f"and {len(reasons) - MOST_TOLD} more of the kind")
    raise ReleaseRefused([*told, WHAT_TO_DO])


def with_waves_apart_that_tell(number: int, tables: Tables, slices: Slices) -> Tables:
    """Let no averages of two waves be set side by side whose change tells of the few who stayed, left or joined.

    Both averages stay, for they are of different answers; it reads like too few responses for a comparison.

    Args:
        number: Of the release.
        tables: Its tables.
        slices: The people behind it and its policy.
    """
    telling = {where for where, _ in changes_that_tell(_drafted(number, tables, slices), slices.policy)}
    return [(table, waves_apart(rows, telling) if table is COMPARISONS_RELEASED else rows) for table, rows in tables]


def _drafted(number: int, tables: Tables, slices: Slices) -> Publication:
    return Publication(number, {table.name: rows for table, rows in tables}, slices.rows, persons=slices.persons)


def _publication(past: Past) -> Publication:
    erased = frozenset(where for where, n in past.sizes.items() if len(past.of(where)) < n)
    return Publication(past.number, past.tables, past.rows, erased, asked=past.asked)
