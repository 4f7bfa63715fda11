"""``core.analysis`` → its place in the codebook: scores, means of organisations, answers, coded themes, facts.

Put here the table that models are estimated from; the tables that it is joined from are in ``study_codebook``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from instruments.codebook import Category, CodebookTable, Variable
from instruments.codebooks.variables import answer_variables
from pipelines.load import Study
from pipelines.steps.coded_titles import coded_titles
from pipelines.tables.core import analysis

_MEANS: Mapping[str, tuple[str, str]] = {
    "organisation_mean": ("mean of the organisation", "organisationens gennemsnit"),
    "within_organisation": ("deviation from the mean of the organisation", "afvigelse fra organisationens gennemsnit"),
}
_SAME = ("same wave and respondent group", "samme runde og respondentgruppe")
_PRESENT = (
    Category(0, {"en": "Not present", "da": "Ikke til stede"}),
    Category(1, {"en": "Present", "da": "Til stede"}),
)
_ANSWERED = (
    Category(0, {"en": "Asked and not answered", "da": "Spurgt og ikke besvaret"}),
    Category(1, {"en": "Answered", "da": "Besvaret"}),
)


def analysis_table(study: Study, described: Mapping[str, Variable]) -> CodebookTable:
    """Describe ``core.analysis``, column by column as it stands in the warehouse.

    Args:
        study: The study, free of faults.
        described: Variables of the other tables by name: keys, answers, scores.
    """
    own = analysis(study)
    known = dict(_means(study)) | dict(_themes(study)) | dict(_facts(study)) | dict(described)
    plain = {name: Variable(name, {"en": column.meaning}, "text") for name, column in own.columns.items()}
    return CodebookTable(
        "analysis",
        {"en": "Analysis", "da": "Analyse"},
        {"en": f"{own.grain}: what models are estimated from", "da": "En række pr. analyseret besvarelse"},
        own.key,
        tuple(known.get(name, plain[name]) for name in own.columns),
    )


def _means(study: Study) -> Iterator[tuple[str, Variable]]:
    for scale, instrument in study.scales().items():
        title = instrument.scales[scale].title or {"en": scale}
        for end, (english, danish) in _MEANS.items():
            words = {"da": f"{danish} ({_SAME[1]})"}
            other = f"{english} ({_SAME[0]})"
            label = {language: f"{said}: {words.get(language, other)}" for language, said in title.items()}
            name = f"{scale}_{end}"
            yield name, Variable(name, label, "number", "interval")


def _themes(study: Study) -> Iterator[tuple[str, Variable]]:
    if study.coding is None:
        return
    titles = coded_titles(study)
    for name, each in study.coding.variables().items():
        if each.kind == "log_words":
            yield name, Variable(name, titles[name], "number", "interval", least=0)
        else:
            categories = _ANSWERED if each.kind == "answered" else _PRESENT
            yield name, Variable(name, titles[name], "code", "nominal", categories)


def _facts(study: Study) -> Iterator[tuple[str, Variable]]:
    """Yield the facts of registers; they are asked of nobody, so no instrument of the codebook has them."""
    register = study.register
    if register is not None:
        for item in register.items:
            for each in answer_variables(register, item):
                yield each.name, replace(each, instrument="", item="")
