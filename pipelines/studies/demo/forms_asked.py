"""The forms of the demonstration study: which instrument and item a respondent group is shown, in which order."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from instruments.forms.asked import as_asked, asked_items
from instruments.forms.load import find_forms, labels_of, library_labels, load_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument
from instruments.wording import with_labels

FILES = Path(__file__).parent
FORM_OF_GROUP = {
    "TOP": "demo_top_managers",
    "MID": "demo_middle_managers",
    "FRL": "demo_frontline_staff",
    "CIT": "demo_citizens",
    "PAR": "demo_partners",
}
NAME_OF_GROUP = {group: form.removeprefix("demo_") for group, form in FORM_OF_GROUP.items()}


@dataclass(frozen=True)
class Shown:
    """What the forms ask.

    Attributes:
        instruments: Instruments by name, with the items that some form asks and the scales that are scored.
        whole: The same instruments with all their items and scales.
        items: Respondent group → instrument and item, in the order of its form.
    """

    instruments: dict[str, Instrument]
    whole: dict[str, Instrument]
    items: dict[str, tuple[tuple[Instrument, str], ...]]

    def instruments_of(self, group: str) -> list[Instrument]:
        """Return the instruments that a group's form asks, in its order."""
        return list({each.name: each for each, _ in self.items[group]}.values())

    def of_whole(self, group: str) -> list[tuple[Instrument, str]]:
        """Return whole instrument and item, in the order of a group's form."""
        return [(self.whole[each.name], item) for each, item in self.items[group]]


@cache
def shown_forms() -> Shown:
    """Read the forms and what they ask of the instruments of the built-in library, labels in the slots."""
    known = {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}
    files = find_forms([FILES / "forms"])
    forms = {group: load_form(files[form], known) for group, form in FORM_OF_GROUP.items()}
    labels = labels_of(None, library_labels())
    asked = as_asked({form.name: form for form in forms.values()}, known)
    instruments = {name: with_labels(each, labels) for name, each in asked.items()}
    items = {
        group: tuple((instruments[each.instrument], each.item) for each in asked_items(form, known))
        for group, form in forms.items()
    }
    return Shown(instruments, {name: known[name] for name in instruments}, items)
