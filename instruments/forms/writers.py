"""Where a form can be written to: the table of writers by name, and what a writer is handed.

Put a new way out in a file of its own and add its row here; not here: what any platform wants.
"""

from collections.abc import Callable, Mapping, Sequence

from instruments.codebooks.of_forms import data_package_of_form, ddi_of_form
from instruments.faults import UsageError
from instruments.forms.asked import as_asked, items_of
from instruments.forms.limesurvey import write_lss
from instruments.forms.limesurvey_tabs import write_tabs
from instruments.forms.load import labels_of, library_labels
from instruments.forms.qualtrics import write_qsf
from instruments.forms.qualtrics_text import write_text
from instruments.forms.redcap import write_dictionary
from instruments.forms.spec import Form, Section
from instruments.forms.xlsform import write_xlsform
from instruments.spec import Instrument, Wording
from instruments.spec_file import ANY_LANGUAGE, Texts, closest
from instruments.wording import with_labels

Writer = Callable[[Form, Mapping[str, Instrument], Mapping[str, Texts]], bytes]
"""Form, the instruments as it asks them by name with labels in their slots, and slot → label → a file's bytes."""

WRITERS: Mapping[str, Writer] = {
    "qualtrics": write_qsf,
    "qualtrics-txt": write_text,
    "limesurvey": write_lss,
    "limesurvey-tsv": write_tabs,
    "redcap": write_dictionary,
    "xlsform": write_xlsform,
    "datapackage": data_package_of_form,
    "ddi": ddi_of_form,
}
"""Name of a way out → its writer."""
CODEBOOKS = ("datapackage", "ddi")
"""Ways out that describe data rather than ask: of an instrument alone they have its parallel items too."""


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
    labelled = {name: with_labels(each, labels) for name, each in asked.items()}
    return WRITERS[target](_with_items(form, instruments), labelled, labels)


def form_of(instrument: Instrument, target: str = "") -> Form:
    """Return the form that asks one instrument in full length and nothing else.

    Args:
        instrument: The instrument.
        target: Name of a way out; a codebook has the items for observers and managers too, a platform only those
            in which people answer about themselves.

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
        sections=tuple(
            Section(instrument=instrument.name, length="full", wording=each) for each in _wordings(instrument, target)
        ),
    )


def _wordings(instrument: Instrument, target: str) -> list[Wording]:
    used: dict[Wording, None] = dict.fromkeys(item.wording for item in instrument.items.values())
    return [each for each in used if each == "self" or target in CODEBOOKS or "self" not in used]


def in_languages(form: Form, languages: Sequence[str]) -> Form:
    """Return a form in some of its languages, the first as the default; in all of them when none is named.

    Raises:
        UsageError: When the form lacks one of them.
    """
    for language in languages:
        if language not in form.languages:
            raise UsageError(f"{form.name} has no wording in '{language}'; it has {', '.join(form.languages)}")
    return form.model_copy(update={"languages": tuple(languages) or form.languages})


def _with_items(form: Form, instruments: Mapping[str, Instrument]) -> Form:
    """Return a form that lists the items of every section; only whole instruments say which scales have them."""
    sections = [
        each
        if each.instrument is None
        else each.model_copy(
            update={"items": tuple(items_of(each, instruments[each.instrument])), "scales": (), "without": ()}
        )
        for each in form.sections
    ]
    return form.model_copy(update={"sections": tuple(sections)})
