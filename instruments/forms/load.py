"""YAML files → forms and the labels that stand in their slots, with every fault of a file at once."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from instruments.faults import Fault, raise_if_any
from instruments.forms.asked import asked_items, items_of
from instruments.forms.spec import Form, Section
from instruments.read_once import read_once
from instruments.sections.labels import LabelSlot
from instruments.spec import Instrument
from instruments.spec_file import ANY_LANGUAGE, Texts, closest
from instruments.strict_yaml import Document, Place
from instruments.wording import slots_in

LIBRARY = Path(__file__).parents[1] / "library"
FORMS, LABELS = LIBRARY / "forms", LIBRARY / "labels"


def find_forms(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the file of every form by name; a later folder's file replaces an earlier one's of the same name."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def read_form(path: Path, instruments: Mapping[str, Instrument]) -> tuple[Form | None, Document]:
    """Read one form.

    Args:
        path: The file.
        instruments: The instruments that it may name, by name.

    Returns:
        The form, or None when it has faults, and the document with the faults and the lines.
    """
    form, document = read_once(path, Form)
    if form is None:
        return None, document
    if form.name != path.stem:
        document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
    for place, message in _faults(form, instruments):
        document.blame(place, message)
    return (None if document.faults else form), document


def load_form(path: Path, instruments: Mapping[str, Instrument]) -> Form:
    """Read one form or raise SpecError with every fault."""
    form, document = read_form(path, instruments)
    raise_if_any(document.faults)
    if form is None:
        raise AssertionError("a form without faults was not read")
    return form


def read_labels(path: Path) -> tuple[LabelSlot | None, list[Fault]]:
    """Read the labels of one slot.

    Returns:
        The labels, or None when the file has faults, and the faults.
    """
    slot, document = read_once(path, LabelSlot)
    if slot is not None and slot.name != path.stem:
        document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
    return (None if document.faults else slot), document.faults


def library_labels() -> dict[str, LabelSlot]:
    """Return the label slots of the built-in library by their name in wordings."""
    found: dict[str, LabelSlot] = {}
    for path in sorted(LABELS.glob("*.yaml")):
        slot, faults = read_labels(path)
        raise_if_any(faults)
        if slot is not None:
            found[slot.slot] = slot
    return found


def labels_of(form: Form | None, slots: Mapping[str, LabelSlot]) -> dict[str, Texts]:
    """Return what stands in each slot of a form: slot → label by language; the defaults without a form."""
    chosen = form.labels if form is not None else {}
    return {name: slot.labels[chosen.get(name, slot.default)] for name, slot in slots.items()}


def _faults(form: Form, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Place, str]]:
    known = library_labels()
    yield from _faults_of_words(form)
    for slot, label in form.labels.items():
        if slot not in known:
            yield ("labels", slot), f"there is no slot '{slot}'{closest(slot, list(known))}"
        elif label not in known[slot].labels:
            yield ("labels", slot), f"there is no label '{label}'{closest(label, list(known[slot].labels))}"
    faults = [fault for number, each in enumerate(form.sections) for fault in _faults_of(number, each, instruments)]
    yield from faults
    for number, each in enumerate(form.sections):
        if each.definition is not None and each.definition not in known:
            place = ("sections", number, "definition")
            yield place, f"there is no slot '{each.definition}'{closest(each.definition, list(known))}"
    if not faults:
        yield from _faults_of_items(form, instruments, set(known))


def _faults_of_words(form: Form) -> Iterator[tuple[Place, str]]:
    """Find words of the form itself that lack one of its languages."""
    shown: list[tuple[Place, Texts]] = [(("title",), form.title), (("introduction",), form.introduction)]
    shown += [(("sections", number, "title"), each.title) for number, each in enumerate(form.sections)]
    for place, texts in shown:
        missing = [language for language in form.languages if language not in texts]
        if texts and ANY_LANGUAGE not in texts and missing:
            yield place, f"there is no wording in {', '.join(missing)}; translate it, or take the language out"


def _faults_of(number: int, section: Section, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Place, str]]:
    if section.instrument is None:
        return
    instrument = instruments.get(section.instrument)
    if instrument is None:
        nearest = closest(section.instrument, list(instruments))
        yield ("sections", number, "instrument"), f"there is no instrument '{section.instrument}'{nearest}"
        return
    named = (("scales", section.scales, instrument.scales), ("without", section.without, instrument.scales))
    is_known = True
    for key, names, known in (*named, ("items", section.items, instrument.items)):
        for name in names:
            if name not in known:
                word, is_known = ("item" if key == "items" else "scale"), False
                yield ("sections", number, key), f"{instrument.name} has no {word} '{name}'{closest(name, list(known))}"
    if is_known and not section.items and not items_of(section, instrument):
        message = f"the section asks no item of {instrument.name}; look at length, scales, without and wording"
        yield ("sections", number), message


def _faults_of_items(form: Form, instruments: Mapping[str, Instrument], slots: set[str]) -> Iterator[tuple[Place, str]]:
    seen: set[str] = set()
    untranslated: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for each in asked_items(form, instruments):
        item, place = instruments[each.instrument].items[each.item], ("sections", each.section)
        if each.item in seen:
            yield place, f"{each.item} is asked twice; ask it once"
        seen.add(each.item)
        missing = tuple(language for language in form.languages if language not in item.text)
        if missing:
            untranslated.setdefault((each.section, missing), []).append(each.item)
        unknown = sorted(slots_in(item.text) - slots)
        if unknown:
            message = f"{each.item} has the slot {{{unknown[0]}}}, which has no labels"
            yield place, f"{message}{closest(unknown[0], list(slots))}"
    for (section, missing), items in untranslated.items():
        rest = f" and {len(items) - 1} more" if len(items) > 1 else ""
        has = "have" if rest else "has"
        message = f"{items[0]}{rest} {has} no wording in {', '.join(missing)}; translate, or take the language out"
        yield ("sections", section), message
