"""What the variables that coded answers become are called, in the languages of the software and of the scheme."""

from collections.abc import Mapping

from instruments.codings.spec import Code
from instruments.spec_file import Texts
from pipelines.load import Study
from pipelines.load_coding import CodedVariable

_LOG_WORDS = {
    "en": "Natural logarithm of the words written, {where}",
    "da": "Naturlig logaritme af antal skrevne ord, {where}",
}
_ANSWERED = {"en": "Answered, {where}", "da": "Besvaret, {where}"}
_ANYWHERE = {"en": "any open question", "da": "ethvert åbent spørgsmål"}


def coded_meanings(study: Study) -> dict[str, Texts]:
    """Return the titles for readers who do not know the scheme: of a code what it means, of others as they are.

    A code of one open question names the question, for the same code may be a variable of several.
    """
    if study.coding is None:
        return {}
    codes = study.coding.scheme.codes
    of_codes = {name: each for name, each in study.coding.variables().items() if each.kind == "code"}
    return coded_titles(study) | {name: _meanings(each, codes[each.code]) for name, each in of_codes.items()}


def coded_titles(study: Study) -> dict[str, Texts]:
    """Return the title of every coded variable of a study by its name; none for a study without codings.

    The title of a code has its short name, the open question and what the scheme says that it means; where the scheme
    has no words of a language, those in English or another.
    """
    if study.coding is None:
        return {}
    codes = study.coding.scheme.codes
    return {
        name: {language: _title(each, codes, language) for language in _ANYWHERE}
        for name, each in study.coding.variables().items()
    }


def _title(variable: CodedVariable, codes: Mapping[str, Code], language: str) -> str:
    where = variable.item or _ANYWHERE[language]
    if variable.kind == "code":
        code = codes[variable.code]
        return f"{code.name}, {where} ({_meaning(code, language)})"
    pattern = _LOG_WORDS if variable.kind == "log_words" else _ANSWERED
    return pattern[language].format(where=where)


def _meanings(variable: CodedVariable, code: Code) -> Texts:
    said = {language: _meaning(code, language) for language in _ANYWHERE}
    where = f" ({variable.item})" if variable.item else ""
    return {language: text[:1].upper() + text[1:] + where for language, text in said.items()}


def _meaning(code: Code, language: str) -> str:
    definition = code.definition
    return definition.get(language) or definition.get("en") or next(iter(definition.values()))
