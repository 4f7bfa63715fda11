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
        definition = code.definition
        said = definition.get(language) or definition.get("en") or next(iter(definition.values()))
        return f"{code.name}, {where} ({said})"
    pattern = _LOG_WORDS if variable.kind == "log_words" else _ANSWERED
    return pattern[language].format(where=where)
