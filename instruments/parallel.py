"""Scales that ask the same in another wording: which item of one says what item of the other says."""

from collections.abc import Mapping

from instruments.spec import Instrument


def parallel_items(instrument: Instrument, scale: str) -> dict[str, Mapping[str, str]]:
    """Return the scales that say the same as a scale in another wording, item for item.

    A scale counts when every item of both has one counterpart (``parallel_to``) and the same items are reverse-scored.

    Args:
        instrument: The instrument that has the scale.
        scale: A scale in the wording ``self``.

    Returns:
        Parallel scale → its items, each with the item of ``scale`` that says the same.
    """
    own, found = instrument.scales[scale], dict[str, Mapping[str, str]]()
    for name, other in instrument.scales.items():
        if other.parallel_to != scale:
            continue
        pairs = {item: instrument.items[item].parallel_to or "" for item in other.items}
        turned = {pairs[item] for item in other.reverse_scored}
        is_whole = len(pairs) == len(own.items) and set(pairs.values()) == set(own.items)
        if is_whole and turned == set(own.reverse_scored):
            found[name] = pairs
    return found


def parallel_forms(instrument: Instrument, scale: str) -> dict[str, str]:
    """Return the other wordings of a scale, each with the scale that has it."""
    return {
        instrument.items[next(iter(pairs))].wording: name for name, pairs in parallel_items(instrument, scale).items()
    }
