"""The forms of the demonstration study: which instrument and item a respondent group is shown, in which order."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from instruments.forms.asked import as_asked, asked_items, items_of
from instruments.forms.load import find_forms, labels_of, library_labels, load_form
from instruments.forms.pages import Page, pages_of
from instruments.forms.spec import Form
from instruments.forms.writers import write_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument
from instruments.spec_file import Texts
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
        forms: Form by respondent group, its sections listing their items.
        items: Respondent group → instrument and item, in the order of its form.
        labels: Slot → label by language.
    """

    instruments: dict[str, Instrument]
    whole: dict[str, Instrument]
    forms: dict[str, Form]
    items: dict[str, tuple[tuple[Instrument, str], ...]]
    labels: dict[str, Texts]

    def pages(self, group: str) -> tuple[Page, ...]:
        """Return a group's form page by page."""
        return pages_of(self.forms[group], self.instruments, self.labels)

    def written(self, group: str, target: str) -> bytes:
        """Write a group's form for a platform, by the name of a way out."""
        return write_form(self.forms[group], self.whole, target)

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
    listed = {group: _listing_items(form, known) for group, form in forms.items()}
    return Shown(instruments, {name: known[name] for name in instruments}, listed, items, labels)


def _listing_items(form: Form, known: dict[str, Instrument]) -> Form:
    """Return the form with the items of every section, which only whole instruments tell."""
    sections = [
        each
        if each.instrument is None
        else each.model_copy(
            update={"items": tuple(items_of(each, known[each.instrument])), "scales": (), "without": ()}
        )
        for each in form.sections
    ]
    return form.model_copy(update={"sections": tuple(sections)})
