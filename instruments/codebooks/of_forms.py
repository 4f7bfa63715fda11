"""An instrument or a form of the library → its codebook, before there are any data."""

from collections.abc import Mapping

from instruments.codebook import Codebook
from instruments.codebooks.datapackage import data_package
from instruments.codebooks.ddi import ddi_codebook
from instruments.codebooks.variables import RESPONSE_ID, tables_of
from instruments.forms.asked import Asked, asked_items
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import Texts


def codebook_of_form(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> Codebook:
    """Describe the data that a form will bring.

    Args:
        form: The form, free of faults; one that asks a single instrument of its own name stands for that instrument.
        instruments: The instruments as it asks them, by name, with labels in their slots.
        labels: Slot → label by language: what stands in the slots.
    """
    asked = asked_items(form, instruments)
    ordered = tuple(instruments[name] for name in dict.fromkeys(each.instrument for each in asked))
    is_instrument = [each.name for each in ordered] == [form.name]
    groups = ordered[0].respondent_groups if is_instrument else (form.respondent_group,)
    return Codebook(
        name=form.name,
        title=form.title,
        languages=form.languages,
        instruments=ordered,
        tables=tables_of(ordered, (RESPONSE_ID,)),
        description=ordered[0].definition if is_instrument else {},
        version=form.version,
        groups={group: {} for group in groups},
        asked_of={each.item: groups for each in asked if not is_instrument or _is_of_self(instruments, each)},
        unprompted=unprompted_items(form, instruments, labels),
    )


def unprompted_items(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> frozenset[str]:
    """Return the items of a form that are answered before the word that the study is about is shown.

    A form that shows no such word has none, but for items that say so themselves.

    Args:
        form: The form, free of faults.
        instruments: The instruments as it asks them, by name, with labels in their slots.
        labels: Slot → label by language: what stands in the slots.
    """
    asked = asked_items(form, instruments)
    with_word = {each.item for each in asked if _holds_a_label(instruments[each.instrument], each.item, labels)}
    is_shown = bool(with_word) or any(section.definition is not None for section in form.sections)
    return frozenset(
        each.item
        for each in asked
        if each.is_unprompted
        and each.item not in with_word
        and (is_shown or instruments[each.instrument].items[each.item].prompted is False)
    )


def data_package_of_form(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write the codebook of a form as the descriptor of a Data Package."""
    return data_package(codebook_of_form(form, instruments, labels))


def ddi_of_form(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write the codebook of a form as DDI-Codebook."""
    return ddi_codebook(codebook_of_form(form, instruments, labels))


def _is_of_self(instruments: Mapping[str, Instrument], asked: Asked) -> bool:
    """Say whether it is for the instrument's own groups; whom a parallel item is for, only a form says."""
    return instruments[asked.instrument].items[asked.item].wording == "self"


def _holds_a_label(instrument: Instrument, item: str, labels: Mapping[str, Texts]) -> bool:
    """Say whether the word that the study is about stands in a question, where its slot was filled."""
    asked = instrument.items[item]
    if asked.prompted is not None:
        return False
    return any(
        label.lower() in texts.get(language, "").lower()
        for words in labels.values()
        for language, label in words.items()
        for texts in (asked.text, instrument.stem)
    )
