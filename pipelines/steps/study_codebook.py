"""A study → its codebook: the tables of responses, answers, scores, missing reasons, and what models are made from.

Put here what a study adds to its instruments: keys, waves, groups, who was asked what. No answers.
"""

from collections.abc import Mapping

from instruments.codebook import Category, Codebook, CodebookTable, Period, Variable, VariableKind
from instruments.codebooks.of_forms import unprompted_items
from instruments.codebooks.variables import RESPONSE_ID, languages_of, tables_of
from instruments.forms.asked import asked_items
from instruments.forms.load import labels_of, library_labels
from instruments.spec_file import Texts
from pipelines.load import Study
from pipelines.steps.analysis_codebook import analysis_table
from pipelines.tables.base import DAY, MOMENT, NUMBER, SMALL, TEXT, TRUTH, WHOLE, ColumnOf
from pipelines.tables.core import RESPONSES

_KINDS: Mapping[str, VariableKind] = {
    TEXT: "text",
    WHOLE: "whole",
    SMALL: "code",
    NUMBER: "number",
    TRUTH: "truth",
    MOMENT: "moment",
    DAY: "date",
}
_MAY_IDENTIFY = ("respondent_key", "organisation_id")


def study_codebook(study: Study) -> Codebook:
    """Describe what the tables of a study hold, in the words of its instruments.

    Args:
        study: The study, free of faults; it need not have been run.
    """
    spec, instruments = study.spec, tuple(study.instruments.values())
    wave = _key("wave", RESPONSES.columns["wave"], {name: each.title for name, each in spec.waves.items()})
    tables = (_responses(study, wave), *tables_of(instruments, (RESPONSE_ID, wave)))
    described = {each.name: each for table in tables for each in table.variables}
    return Codebook(
        name=study.name,
        title=spec.title,
        languages=languages_of(instruments, spec.release.languages),
        instruments=instruments,
        tables=(*tables, analysis_table(study, described)),
        population=spec.target_population,
        is_synthetic=spec.is_synthetic,
        periods=tuple(Period(name, each.title, each.starts_on, each.ends_on) for name, each in spec.waves.items()),
        groups=spec.respondent_groups,
        asked_of=_asked_of(study),
        unprompted=_unprompted(study),
    )


def _responses(study: Study, wave: Variable) -> CodebookTable:
    known: dict[str, Mapping[str, Texts]] = {
        "source": {name: {} for name in study.spec.sources},
        "respondent_group": study.spec.respondent_groups,
    }
    described = {name: _key(name, column, known.get(name, {})) for name, column in RESPONSES.columns.items()}
    described |= {"response_id": RESPONSE_ID, "wave": wave}
    title = {"en": "Responses", "da": "Besvarelser"}
    grain = {"en": RESPONSES.grain, "da": "En række pr. besvarelse"}
    return CodebookTable("responses", title, grain, RESPONSES.key, tuple(described.values()))


def _key(name: str, column: ColumnOf, values: Mapping[str, Texts]) -> Variable:
    listed = {str(each): dict[str, str]() for each in column.is_among} | dict(values)
    return Variable(
        name,
        {"en": column.meaning},
        _KINDS[column.kind],
        "interval" if column.kind in (NUMBER, WHOLE, MOMENT) else "nominal",
        tuple(Category(value, label) for value, label in listed.items()),
        least=column.least,
        most=column.most,
        is_required=not column.may_be_missing,
        may_identify=name in _MAY_IDENTIFY,
    )


def _asked_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the groups whose sources administered each item, in the study's order."""
    found: dict[str, set[str]] = {}
    for source in study.sources().values():
        groups = {source.respondent_group} if source.respondent_group else set(source.groups.values())
        for instrument in study.instruments_of(source):
            for item in instrument.items:
                if item not in source.not_administered:
                    found.setdefault(item, set()).update(groups)
    order = list(study.spec.respondent_groups)
    return {item: tuple(sorted(groups, key=order.index)) for item, groups in found.items()}


def _unprompted(study: Study) -> frozenset[str]:
    """Return the items that every form which has them puts before the word that the study is about."""
    before: set[str] = set()
    after: set[str] = set()
    slots = library_labels()
    for form in study.forms.values():
        unprompted = unprompted_items(form, study.instruments, labels_of(form, slots))
        before |= unprompted
        after |= {each.item for each in asked_items(form, study.instruments)} - unprompted
    return frozenset(before - after)
