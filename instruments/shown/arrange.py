"""An instrument or a form → the questionnaire that is shown, in one language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from instruments.faults import UsageError
from instruments.forms.asked import Asked, as_asked, asked_items
from instruments.forms.load import labels_of
from instruments.forms.spec import Form
from instruments.sections.labels import LabelSlot
from instruments.shown.facts import facts_of_form, facts_of_instrument
from instruments.shown.questionnaire import Questionnaire, Related, Section
from instruments.shown.questions import grids_of, in_language
from instruments.shown.scales import scales_of, sources_of
from instruments.shown.words import say
from instruments.spec import Instrument
from instruments.spec_file import ANY_LANGUAGE, Texts
from instruments.validation import status_in_words
from instruments.wording import fill_slots, with_labels


def instrument_questionnaire(instrument: Instrument, slots: Mapping[str, LabelSlot], language: str) -> Questionnaire:
    """Arrange one instrument in full length, with the default labels in its slots.

    Args:
        instrument: The instrument, free of faults, slots unfilled.
        slots: Label slots by name.
        language: Language of the wording.

    Raises:
        UsageError: When its items are not worded in that language.
    """
    known = dict.fromkeys(each for item in instrument.items.values() for each in item.text)
    _refuse_language(instrument.name, language, list(known))
    labelled = with_labels(instrument, labels_of(None, slots))
    own = [name for name, item in instrument.items.items() if item.parallel_to is None]
    marks = {name: tuple(_marks_of_item(instrument, name, language)) for name in own}
    section = Section(say(language, "questions"), in_language(labelled.stem, language))
    grids = grids_of(labelled, own, language, marks)
    return Questionnaire(
        kind="instrument",
        name=instrument.name,
        language=language,
        title=in_language(instrument.title, language) + (f" ({instrument.code})" if instrument.code else ""),
        version=instrument.version,
        status=status_in_words(instrument, language),
        introduction=in_language(instrument.definition, language),
        facts=tuple(facts_of_instrument(instrument, slots, language)),
        sections=(Section(section.heading, section.stem, grids),),
        scales=tuple(scales_of(instrument, language)),
        sources=sources_of(instrument.provenance),
        related=tuple(Related(each.scale, each.relation, each.licence) for each in instrument.related_scales),
    )


def form_questionnaire(
    form: Form, instruments: Mapping[str, Instrument], slots: Mapping[str, LabelSlot], language: str
) -> Questionnaire:
    """Arrange a form as its respondents meet it, with the labels that it chooses.

    Args:
        form: The form, free of faults.
        instruments: Whole instruments by name, slots unfilled.
        slots: Label slots by name.
        language: Language of the wording.

    Raises:
        UsageError: When the form is not offered in that language.
    """
    _refuse_language(form.name, language, form.languages)
    labels = labels_of(form, slots)
    asked = asked_items(form, instruments)
    known = as_asked({form.name: form}, instruments)
    return Questionnaire(
        kind="form",
        name=form.name,
        language=language,
        title=in_language(form.title, language),
        version=form.version,
        status=_joint_status(known.values(), language),
        introduction=in_language(form.introduction, language),
        facts=tuple(facts_of_form(form, instruments, language)),
        sections=tuple(_sections(form, instruments, slots, labels, asked, language)),
        scales=tuple(scale for each in known.values() for scale in scales_of(each, language)),
    )


def _refuse_language(name: str, language: str, known: Sequence[str]) -> None:
    if language not in known and ANY_LANGUAGE not in known:
        raise UsageError(f"{name} has no wording in '{language}'; it has {', '.join(known)}")


def _sections(
    form: Form,
    instruments: Mapping[str, Instrument],
    slots: Mapping[str, LabelSlot],
    labels: Mapping[str, Texts],
    asked: Sequence[Asked],
    language: str,
) -> Iterator[Section]:
    for number, section in enumerate(form.sections):
        heading = in_language(section.title, language)
        if section.definition is not None:
            shown = fill_slots(slots[section.definition].shown_definition, labels)
            yield Section(heading or say(language, "definition_page"), definition=in_language(shown, language))
        elif section.instrument is not None:
            whole = instruments[section.instrument]
            labelled = with_labels(whole, labels)
            of_section = [each for each in asked if each.section == number]
            marks = _marks_in_form(whole, of_section, language)
            grids = grids_of(labelled, list(marks), language, marks)
            prompting = _prompting(of_section, language)
            title = heading or in_language(whole.title, language)
            yield Section(title, in_language(labelled.stem, language), grids, prompting=prompting)


def _scale_codes(instrument: Instrument, item: str) -> Iterator[str]:
    """Yield the codes of the scales of first order that an item belongs to."""
    for name, scale in instrument.scales.items():
        if item in scale.items and not scale.dimensions:
            yield scale.code or name


def _marks_of_item(instrument: Instrument, name: str, language: str) -> Iterator[str]:
    item = instrument.items[name]
    yield from _scale_codes(instrument, name)
    if any(name in scale.reverse_scored for scale in instrument.scales.values()):
        yield say(language, "reverse")
    if not item.is_core:
        yield say(language, "full_only")
    if item.prompted is not None:
        yield say(language, "prompted" if item.prompted else "unprompted")


def _marks_in_form(instrument: Instrument, asked: Sequence[Asked], language: str) -> dict[str, tuple[str, ...]]:
    """Return what to say of every item of a section; whether it is prompted only where not all are the same."""
    is_mixed = len({each.is_unprompted for each in asked}) > 1
    turned = {item for scale in instrument.scales.values() for item in scale.reverse_scored}
    found: dict[str, tuple[str, ...]] = {}
    for each in asked:
        marks = [*_scale_codes(instrument, each.item)]
        marks += [say(language, "reverse")] if each.item in turned else []
        marks += [_prompting([each], language)] if is_mixed else []
        found[each.item] = tuple(marks)
    return found


def _prompting(asked: Sequence[Asked], language: str) -> str:
    told = {say(language, "unprompted" if each.is_unprompted else "prompted") for each in asked}
    return told.pop() if len(told) == 1 else ""


def _joint_status(instruments: Iterable[Instrument], language: str) -> str:
    named: dict[str, list[str]] = {}
    for each in instruments:
        named.setdefault(status_in_words(each, language), []).append(each.code or each.name)
    if len(named) == 1:
        return next(iter(named))
    return "; ".join(f"{status}: {', '.join(names)}" for status, names in named.items())
