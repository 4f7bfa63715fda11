"""What a platform lists and delivers, against what is held → new, changed, gone, and silently missing. Sets only."""

from collections.abc import Mapping, Set
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
        undelivered: Listed by the platform, but neither held nor delivered.
        held: Response → hash of its content, afterwards.
    """

    new: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]
    undelivered: frozenset[str]
    held: Mapping[str, str]


def reconcile(held: Mapping[str, str], listed: Set[str], delivered: Mapping[str, str], *, is_whole: bool) -> Reconciled:
    """Compare what is held, listed and delivered.

    What is delivered without being listed arrived after the list was made: it is taken. What is held but neither
    listed nor delivered is gone.

    Args:
        held: Response → hash of its content, before.
        listed: Every response the platform has, from before anything was delivered.
        delivered: Response → hash of its content.
        is_whole: Whether everything was to be delivered, and not only what changed.
    """
    gone = held.keys() - listed - delivered.keys()
    there = delivered.keys() if is_whole else held.keys() | delivered.keys()
    kept = {name: mark for name, mark in held.items() if name not in gone}
    return Reconciled(
        new=frozenset(delivered.keys() - held.keys()),
        changed=frozenset(name for name in delivered.keys() & held.keys() if delivered[name] != held[name]),
        gone=frozenset(gone),
        undelivered=frozenset(listed - there),
        held={**kept, **delivered},
    )


def is_too_great_a_loss(n_held: int, n_gone: int, largest_share: float) -> bool:
    """Say whether so many responses are gone at once that the platform rather than the responses is at fault.

    Args:
        n_held: Responses held before.
        n_gone: Responses of these that the platform lists no more.
        largest_share: Largest share that may be gone, 0 to 1.
    """
    return n_gone > 0 and (n_gone == n_held or n_gone > max(FEW, largest_share * n_held))
