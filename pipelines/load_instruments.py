"""The instruments and forms of a study: its own files and the built-in library → what its respondents are asked."""

from dataclasses import dataclass
from pathlib import Path

from instruments.forms.asked import as_asked, asked_items
from instruments.forms.load import FORMS, find_forms, labels_of, library_labels, read_form
from instruments.forms.spec import Form
from instruments.load import LIBRARY, find_instruments, read_instrument
from instruments.read_once import read_once
from instruments.spec import Instrument
from instruments.spec_file import Texts
from instruments.strict_yaml import Document
from instruments.wording import with_labels
from pipelines.cross_checks import existing
from pipelines.sections.sources import Source
from pipelines.spec import StudySpec


@dataclass(frozen=True)
class AskedInstruments:
    """What the respondents of a study are asked.

    Attributes:
        instruments: Instruments by name, with labels in their slots: those that study.yaml names, whole, and of those
            that its forms name what they ask.
        forms: Forms by name.
        is_whole: Whether every instrument and form was free of faults.
    """

    instruments: dict[str, Instrument]
    forms: dict[str, Form]
    is_whole: bool


def read_instruments(folder: Path, spec: StudySpec, document: Document) -> AskedInstruments:
    """Read the instruments and forms that a study names, and look for faults in its own files that it does not name.

    Args:
        folder: The study folder.
        spec: ``study.yaml``.
        document: Takes the faults.
    """
    files = find_instruments([LIBRARY, folder / "instruments"])
    wanted = existing(spec.instruments, files, document, ("instruments",), "instrument")
    own = [path.stem for path in sorted((folder / "instruments").glob("*.yaml"))]
    on_forms = [name for name in _named_by_forms(folder, spec) if name in files]
    read: dict[str, Instrument] = {}
    for name in dict.fromkeys([*wanted, *own, *on_forms]):
        instrument, faults = read_instrument(files[name])
        document.faults += faults
        if instrument is not None:
            read[name] = instrument
    forms = _read_forms(folder, spec, read, document)
    asked = as_asked(forms, read) | {name: read[name] for name in wanted if name in read}
    labels = _words_shown(forms)
    instruments = {name: with_labels(each, labels) for name, each in asked.items()}
    ordered = {name: instruments[name] for name in (*wanted, *instruments) if name in instruments}
    is_whole = all(name in read for name in spec.instruments) and all(name in forms for name in spec.forms)
    return AskedInstruments(ordered, forms, is_whole)


def with_form(source: Source, forms: dict[str, Form], instruments: dict[str, Instrument]) -> Source:
    """Return a source with what its form says: the group, the instruments, and the items that were not asked."""
    form = forms.get(source.form or "")
    if form is None:
        return source
    asked = asked_items(form, instruments)
    administered = [name for name in instruments if any(each.instrument == name for each in asked)]
    on_form = {each.item for each in asked}
    absent = [item for name in administered for item in instruments[name].items if item not in on_form]
    group = source.respondent_group or (None if source.identifiers.respondent_group else form.respondent_group)
    return source.model_copy(
        update={
            "instruments": tuple(administered),
            "not_administered": tuple(dict.fromkeys([*source.not_administered, *absent])),
            "respondent_group": group,
        }
    )


def _named_by_forms(folder: Path, spec: StudySpec) -> list[str]:
    """List the instruments that the study's forms name; the library has many more."""
    files = find_forms([FORMS, folder / "forms"])
    named = [path for name, path in files.items() if name in spec.forms or path.parent.parent == folder]
    forms = [form for form, _ in (read_once(path, Form) for path in named) if form is not None]
    return [section.instrument for form in forms for section in form.sections if section.instrument is not None]


def _read_forms(folder: Path, spec: StudySpec, known: dict[str, Instrument], document: Document) -> dict[str, Form]:
    files = find_forms([FORMS, folder / "forms"])
    wanted = existing(spec.forms, files, document, ("forms",), "form")
    wanted += [path.stem for path in sorted((folder / "forms").glob("*.yaml")) if path.stem not in wanted]
    forms: dict[str, Form] = {}
    for name in wanted:
        form, form_document = read_form(files[name], known)
        document.faults += form_document.faults
        if form is not None and name in spec.forms:
            forms[name] = form
    experiment = spec.label_experiment
    for slot, known_labels in library_labels().items():
        chosen = {name: form.labels.get(slot, known_labels.default) for name, form in forms.items()}
        drawn = experiment.labels if experiment is not None and experiment.slot == slot else ()
        if len(set(chosen.values())) > 1 and not set(chosen.values()) <= set(drawn):
            told = ", ".join(f"{label} in {name}" for name, label in chosen.items())
            message = f"the forms put different labels in the slot {slot}: {told}; name the same one in all of them"
            document.blame(("forms",), f"{message}, or name these labels in label_experiment")
    return forms


def _words_shown(forms: dict[str, Form]) -> dict[str, Texts]:
    """Return what respondents see in each slot by language: of a label experiment every word, with a slash between."""
    slots = library_labels()
    shown = [labels_of(form, slots) for form in forms.values()] or [labels_of(None, slots)]
    return {
        slot: {
            language: " / ".join(dict.fromkeys(each[slot][language] for each in shown if language in each[slot]))
            for language in dict.fromkeys(language for each in shown for language in each[slot])
        }
        for slot in slots
    }
