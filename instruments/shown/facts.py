"""What a researcher should know of an instrument or a form before its questions: level, licence, minutes."""

from collections.abc import Iterator, Mapping

from instruments.forms.asked import CLOSED_ITEMS_A_MINUTE, asked_items, minutes
from instruments.forms.spec import Form
from instruments.sections.labels import LabelSlot
from instruments.shown.questionnaire import Fact
from instruments.shown.questions import in_language
from instruments.shown.words import say
from instruments.spec import Instrument
from instruments.validation import claim_of
from instruments.wording import slots_in

SPECIFIED_IN = "en"
"""Language of what specifications say to researchers only."""


def facts_of_instrument(instrument: Instrument, slots: Mapping[str, LabelSlot], language: str) -> Iterator[Fact]:
    """Tell what an instrument is about, on whom, how long it is, and on what terms it may be used."""
    full = [item for item in instrument.items.values() if item.parallel_to is None]
    counts = say(language, "items_full_core", full=len(full), core=sum(item.is_core for item in full))
    yield Fact(say(language, "claim"), claim_of(instrument, language), language)
    if evidence := in_language(instrument.evidence, language):
        yield Fact(say(language, "evidence"), evidence, language)
    about = ("level", "referent", "window", "structure")
    yield from _specified(instrument, about, language)
    groups = ", ".join(instrument.respondent_groups)
    if groups:
        yield Fact(say(language, "respondent_groups"), groups, language)
    yield Fact(say(language, "n_items"), counts, language)
    used = {slot for item in instrument.items.values() for slot in slots_in(item.text)}
    for slot in sorted(used & set(slots)):
        yield Fact(say(language, "label"), _label_in_words(slots[slot], language), language)
    yield from _specified(instrument, ("citation", "licence"), language)


def facts_of_form(form: Form, instruments: Mapping[str, Instrument], language: str) -> Iterator[Fact]:
    """Tell whom a form asks, in which languages, how long it takes, and which instruments it asks."""
    spent = minutes(form, instruments)
    closed = round(spent * CLOSED_ITEMS_A_MINUTE)
    names = dict.fromkeys(each.instrument for each in asked_items(form, instruments))
    listed = "; ".join(_instrument_in_words(instruments[name], language) for name in names)
    yield Fact(say(language, "respondent_group"), form.respondent_group, language)
    yield Fact(say(language, "languages"), ", ".join(form.languages), language)
    told = f"{spent:.1f}".replace(".", say(language, "decimal_mark"))
    took = say(language, "minutes_at_eight", minutes=told, closed=closed)
    yield Fact(say(language, "minutes"), took, language)
    yield Fact(say(language, "instruments_asked"), listed, language)


def _specified(instrument: Instrument, keys: tuple[str, ...], language: str) -> Iterator[Fact]:
    for key in keys:
        text = str(getattr(instrument, key))
        if text:
            yield Fact(say(language, key), text, SPECIFIED_IN)


def _instrument_in_words(instrument: Instrument, language: str) -> str:
    title = in_language(instrument.title, language) or instrument.name
    return f"{title} ({instrument.code})" if instrument.code else title


def _label_in_words(slot: LabelSlot, language: str) -> str:
    chosen = in_language(slot.labels[slot.default], language)
    others = (in_language(label, language) for label in slot.labels.values())
    listed = ", ".join(dict.fromkeys(other for other in others if other != chosen))
    return say(language, "label_in_slot", label=chosen, slot=slot.slot, others=listed)
