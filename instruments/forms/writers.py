"""Where a form can be written to: the table of writers by name, and what a writer is handed.

Put a new way out in a file of its own and add its row here; not here: what any platform wants.
"""

from collections.abc import Callable, Mapping, Sequence

from instruments.faults import UsageError
from instruments.forms.asked import as_asked
from instruments.forms.load import labels_of, library_labels
from instruments.forms.spec import Form, Section
from instruments.spec import Instrument
from instruments.spec_file import ANY_LANGUAGE, Texts, closest
from instruments.wording import with_labels

Writer = Callable[[Form, Mapping[str, Instrument], Mapping[str, Texts]], bytes]
"""Form, the instruments as it asks them by name with labels in their slots, and slot → label → a file's bytes."""

WRITERS: Mapping[str, Writer] = {}
"""Name of a way out → its writer."""


def write_form(form: Form, instruments: Mapping[str, Instrument], target: str) -> bytes:
    """Write a form as a file for another program.

    Args:
        form: The form, free of faults.
        instruments: Whole instruments by name.
        target: Name of a way out.

    Returns:
        The content of the file.

    Raises:
        UsageError: When there is no way out of that name.
    """
    if target not in WRITERS:
        known = list(WRITERS)
        listed = ", ".join(known) or "none yet"
        raise UsageError(f"there is no way out called '{target}'{closest(target, known)}; there are: {listed}")
    labels = labels_of(form, library_labels())
    asked = as_asked({form.name: form}, instruments)
    return WRITERS[target](form, {name: with_labels(each, labels) for name, each in asked.items()}, labels)


def form_of(instrument: Instrument) -> Form:
    """Return the form that asks one instrument in full length and nothing else.

    Raises:
        UsageError: When its items name no language.
    """
    languages = list(dict.fromkeys(language for item in instrument.items.values() for language in item.text))
    if not languages or ANY_LANGUAGE in languages:
        raise UsageError(f"the items of {instrument.name} name no language; write text: {{en: …}} for each")
    return Form(
        name=instrument.name,
        version=instrument.version,
        title=instrument.title,
        respondent_group=instrument.respondent_groups[0] if instrument.respondent_groups else "ALL",
        languages=tuple(languages),
        sections=(Section(instrument=instrument.name, length="full"),),
    )


def in_languages(form: Form, languages: Sequence[str]) -> Form:
    """Return a form in some of its languages, the first as the default; in all of them when none is named.

    Raises:
        UsageError: When the form lacks one of them.
    """
    for language in languages:
        if language not in form.languages:
            raise UsageError(f"{form.name} has no wording in '{language}'; it has {', '.join(form.languages)}")
    return form.model_copy(update={"languages": tuple(languages) or form.languages})
