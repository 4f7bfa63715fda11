"""What a platform lists and delivers, against what is held → new, changed, gone, and silently missing. No answers."""

from collections.abc import Mapping
from dataclasses import dataclass

FEW = 5
"""So many responses may be gone at once, however few are held, unless all are."""


@dataclass(frozen=True)
class Reconciled:
    """What came of comparing.

    Attributes:
        new: Delivered, and not held before.
        changed: Delivered with other content than was held.
        gone: Held, and on the platform no more.
        undelivered: Listed by the platform, but neither held nor delivered; or held as it was before the platform says
            that it was last modified, and not delivered.
        held: Response → hash of its content, afterwards.
        modified: Response that is held → when it was last modified, as listed; only where the platform says so.
    """

    new: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]
    undelivered: frozenset[str]
    held: Mapping[str, str]
    modified: Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """What is held of a source.

    Attributes:
        marks: Response → hash of its content.
        modified: Response → when it was last modified, as listed when it was taken; only where the platform says so.
    """

    marks: Mapping[str, str]
    modified: Mapping[str, str]


def reconcile(held: Held, listed: Mapping[str, str], delivered: Mapping[str, str], *, is_whole: bool) -> Reconciled:
    """Compare what is held, listed and delivered.

    What is delivered without being listed arrived after the list was made: it is taken. What is held but neither
    listed nor delivered is gone.

    Args:
        held: What was held before.
        listed: Every response the platform has → when it was last modified, from before anything was delivered; empty
            where it does not say.
        delivered: Response → hash of its content.
        is_whole: Whether everything was to be delivered, and not only what changed.
    """
    marks = held.marks
    gone = marks.keys() - listed.keys() - delivered.keys()
    there = delivered.keys() if is_whole else (marks.keys() | delivered.keys()) - _outdated(held, listed, delivered)
    after = {**{name: mark for name, mark in marks.items() if name not in gone}, **delivered}
    return Reconciled(
        new=frozenset(delivered.keys() - marks.keys()),
        changed=frozenset(name for name in delivered.keys() & marks.keys() if delivered[name] != marks[name]),
        gone=frozenset(gone),
        undelivered=frozenset(listed.keys() - there),
        held=after,
        modified={name: moment for name, moment in listed.items() if moment and name in after},
    )


def _outdated(held: Held, listed: Mapping[str, str], delivered: Mapping[str, str]) -> set[str]:
    """List what was modified since it was taken and is not delivered; of what nobody knows when, nothing is said."""
    known = held.modified.keys() & listed.keys() - delivered.keys()
    return {name for name in known if listed[name] not in ("", held.modified[name])}


def is_too_great_a_loss(n_held: int, n_gone: int, largest_share: float) -> bool:
    """Say whether so many responses are gone at once that the platform rather than the responses is at fault.

    Args:
        n_held: Responses held before.
        n_gone: Responses of these that the platform lists no more.
        largest_share: Largest share that may be gone, 0 to 1.
    """
    return n_gone > 0 and (n_gone == n_held or n_gone > max(FEW, largest_share * n_held))
