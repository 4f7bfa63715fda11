"""``instruments``: which instruments and forms there are, how they look, and their way out to survey platforms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from instruments.faults import UsageError
from instruments.forms.asked import asked_items, minutes
from instruments.forms.load import FORMS, find_forms, library_labels, load_form
from instruments.forms.refusal import UnwritableFormError
from instruments.forms.spec import Form
from instruments.forms.writers import form_of, in_languages, write_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.shown.arrange import form_questionnaire, instrument_questionnaire
from instruments.shown.page import html_page
from instruments.shown.questionnaire import Questionnaire
from instruments.shown.questions import in_language
from instruments.spec import Instrument
from instruments.spec_file import closest
from pipelines.commands.form_faults import with_lines
from pipelines.files import PUBLIC, refuse_to_write, whole_or_absent

FIRST_LANGUAGE = "en"


@dataclass(frozen=True)
class Catalogue:
    """The built-in instruments and forms, and those of a study beside them.

    Attributes:
        study: A study folder, whose own files replace built-in ones of the same name; none for the library alone.
    """

    study: Path | None = None

    @cached_property
    def built_in(self) -> dict[str, Instrument]:
        """The instruments of the library by name, whole, slots unfilled."""
        return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """Every instrument by name; the study's own in place of a built-in one of the same name."""
        own = find_instruments([self.study / "instruments"]) if self.study else {}
        return self.built_in | {name: load_instrument(path) for name, path in own.items()}

    @cached_property
    def forms(self) -> dict[str, tuple[Form, dict[str, Instrument]]]:
        """Every form by name, with the instruments that it may ask: a built-in form asks built-in ones."""
        built_in = {name: (load_form(path, self.built_in), self.built_in) for name, path in find_forms([FORMS]).items()}
        own = find_forms([self.study / "forms"]) if self.study else {}
        return built_in | {name: (load_form(path, self.instruments), self.instruments) for name, path in own.items()}

    def questionnaire(self, name: str, language: str) -> Questionnaire:
        """Arrange a form or an instrument for reading; a form where both have the name.

        Raises:
            UsageError: When there is neither, or it is not worded in the language.
        """
        self._refuse_unknown(name)
        slots = library_labels()
        if name in self.forms:
            form, instruments = self.forms[name]
            return form_questionnaire(form, instruments, slots, language)
        return instrument_questionnaire(self.instruments[name], slots, language)

    def written(self, name: str, target: str, languages: Sequence[str]) -> bytes:
        """Write a form, or an instrument alone in full length, for another program.

        Raises:
            UsageError: When there is no such form, instrument, language or way out.
        """
        self._refuse_unknown(name)
        alone = None if name in self.forms else form_of(self.instruments[name], target)
        form, instruments = (alone, self.instruments) if alone else self.forms[name]
        try:
            return write_form(in_languages(form, languages), instruments, target)
        except UnwritableFormError as refusal:
            raise with_lines(refusal, *self._files(name, instruments)) from refusal

    def _files(self, name: str, instruments: Mapping[str, Instrument]) -> tuple[Path | None, dict[str, Path]]:
        """Return the file of a form, none for an instrument alone, and the files of the instruments it may ask."""
        own = [self.study] if self.study else []
        forms = find_forms([FORMS, *(study / "forms" for study in own)])
        of_library = [LIBRARY] if instruments is self.built_in else [LIBRARY, *(each / "instruments" for each in own)]
        return forms.get(name), find_instruments(of_library)

    def _refuse_unknown(self, name: str) -> None:
        if name not in self.forms and name not in self.instruments:
            near = closest(name, [*self.instruments, *self.forms])
            raise UsageError(
                f"there is no instrument or form '{name}'{near}; list them with: sensemaking instruments list"
            )


def find(name: str) -> tuple[Catalogue, str]:
    """Return where a name is looked up, and the name: built in, or a file in a study's instruments/ or forms/.

    Raises:
        UsageError: When a file is named that is not there.
    """
    path = Path(name)
    if path.suffix != ".yaml":
        return Catalogue(), name
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    return Catalogue(path.resolve().parent.parent), path.stem


def listed_instruments(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return what a list says of every instrument."""
    rows: list[dict[str, Any]] = []
    for name, each in catalogue.instruments.items():
        own = [item for item in each.items.values() if item.parallel_to is None]
        rows.append(
            {
                "name": name,
                "code": each.code,
                "title": in_language(each.title, FIRST_LANGUAGE),
                "items": len(own),
                "core_items": sum(item.is_core for item in own),
                "scales": len(each.scales),
                "respondent_groups": list(each.respondent_groups),
                "status": each.status,
            }
        )
    return rows


def listed_forms(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return what a list says of every form."""
    rows: list[dict[str, Any]] = []
    for name, (form, instruments) in catalogue.forms.items():
        asked = asked_items(form, instruments)
        used = dict.fromkeys(each.instrument for each in asked)
        rows.append(
            {
                "name": name,
                "respondent_group": form.respondent_group,
                "title": in_language(form.title, FIRST_LANGUAGE),
                "items": len(asked),
                "minutes": round(minutes(form, instruments), 1),
                "languages": list(form.languages),
                "status": ", ".join(dict.fromkeys(instruments[each].status for each in used)),
            }
        )
    return rows


def save_page(shown: Questionnaire, path: Path, *, replace: bool) -> None:
    """Write a questionnaire as an HTML page."""
    save(html_page(shown).encode(), path, replace=replace)


def save(content: bytes, path: Path, *, replace: bool) -> None:
    """Write a file.

    Raises:
        UsageError: When its folder is not there, or the file is there already and may not be replaced.
    """
    refuse_to_write(path, replace=replace)
    with whole_or_absent(path, PUBLIC) as unfinished:
        unfinished.write_bytes(content)
