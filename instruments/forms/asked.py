"""A form and the instruments it names → the questions in order, and what it costs to answer them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from instruments.forms.spec import Form, Section
from instruments.spec import Instrument, Scale
from instruments.wording import is_unprompted

CLOSED_ITEMS_A_MINUTE = 8


@dataclass(frozen=True)
class Asked:
    """One question of a form.

    Attributes:
        section: Number of its section, from 0.
        instrument: Name of the instrument.
        item: Name of the item.
        is_unprompted: Whether it is answered before the word that the study is about was shown.
    """

    section: int
    instrument: str
    item: str
    is_unprompted: bool


def asked_items(form: Form, instruments: Mapping[str, Instrument]) -> list[Asked]:
    """List the questions of a form in order.

    Args:
        form: The form, free of faults.
        instruments: Instruments by name.
    """
    found: list[Asked] = []
    is_defined = False
    for number, section in enumerate(form.sections):
        is_defined = is_defined or section.definition is not None
        if section.instrument is not None:
            instrument = instruments[section.instrument]
            for item in items_of(section, instrument):
                unprompted = is_unprompted(instrument, item, after_definition=is_defined)
                found.append(Asked(number, instrument.name, item, unprompted))
    return found


def items_of(section: Section, instrument: Instrument) -> list[str]:
    """List the items that a section asks of its instrument, in order."""
    if section.items:
        return list(section.items)
    is_chosen = {item for scale in _chosen_scales(section, instrument) for item in scale.items}
    scored = {item for scale in instrument.scales.values() for item in scale.items}
    return [
        name
        for name, item in instrument.items.items()
        if (item.is_core or section.length == "full")
        and item.wording == section.wording
        and (name in is_chosen if name in scored else not section.scales)
    ]


def minutes(form: Form, instruments: Mapping[str, Instrument]) -> float:
    """Return the minutes that the closed items of scales take, at eight a minute."""
    scored = {
        (name, item) for name, each in instruments.items() for scale in each.scales.values() for item in scale.items
    }
    checks = {
        (name, item) for name, each in instruments.items() for item in each.items if each.items[item].stands_alone
    }
    counted = [each for each in asked_items(form, instruments) if (each.instrument, each.item) in scored | checks]
    return len(counted) / CLOSED_ITEMS_A_MINUTE


def as_asked(forms: Mapping[str, Form], instruments: Mapping[str, Instrument]) -> dict[str, Instrument]:
    """Return instruments with the items that some form asks, and scales of what every form with the scale asks.

    A scale is scored from the items that all forms which ask two or more of them have in common, so that its scores
    mean the same for every group.

    Args:
        forms: Forms by name.
        instruments: Instruments by name.
    """
    on_form = {
        name: {(each.instrument, each.item) for each in asked_items(form, instruments)} for name, form in forms.items()
    }
    found: dict[str, Instrument] = {}
    for name, instrument in instruments.items():
        of_forms = [{item for owner, item in items if owner == name} for items in on_form.values()]
        asked = set[str]().union(*of_forms)
        if asked:
            scales = {each: kept for each, scale in instrument.scales.items() if (kept := _common(scale, of_forms))}
            known = {each: _with_dimensions(scale, scales) for each, scale in scales.items()}
            found[name] = instrument.asking(asked).model_copy(update={"scales": known})
    return found


def _common(scale: Scale, of_forms: list[set[str]]) -> Scale | None:
    shared = [items & set(scale.items) for items in of_forms if len(items & set(scale.items)) > 1]
    return scale.asking(set[str].intersection(*shared)) if shared else None


def _with_dimensions(scale: Scale, known: Mapping[str, Scale]) -> Scale:
    return scale.model_copy(update={"dimensions": tuple(each for each in scale.dimensions if each in known)})


def _chosen_scales(section: Section, instrument: Instrument) -> Iterator[Scale]:
    """Yield the scales of first order whose items a section asks."""
    for name, scale in instrument.scales.items():
        if not scale.dimensions and name not in section.without and (not section.scales or name in section.scales):
            yield scale
