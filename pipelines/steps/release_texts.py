"""Specifications → every text a released page needs, by kind, name and language."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import pandas as pd

from instruments.forms.load import library_labels
from instruments.spec import Instrument
from instruments.spec_file import ANY_LANGUAGE, Texts
from models.sections.variants import Variant
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.coded_titles import coded_meanings
from pipelines.steps.fit_paths import outcomes_of
from pipelines.steps.report_limits import report_limits
from pipelines.steps.term_labels import answer_label, in_language, term_label
from pipelines.tables.released import ITEMS, SCALES, TEXTS

KEY_TITLES: dict[str, Texts] = {
    "intercept": {"en": "Intercept", "da": "Konstant"},
    "wave": {"en": "Wave", "da": "Runde"},
    "source": {"en": "Source", "da": "Kilde"},
    "respondent_group": {"en": "Respondent group", "da": "Respondentgruppe"},
    "language": {"en": "Language", "da": "Sprog"},
    "label_seen": {"en": "Word shown", "da": "Vist ord"},
}
NO_REFERENCES: Mapping[str, str] = {}
WITHOUT: Texts = {"en": "without", "da": "uden"}


def release_texts(
    study: Study,
    terms: Iterable[tuple[str, str]],
    waves_without_inference: Collection[str] = (),
    references: Mapping[str, str] = NO_REFERENCES,
) -> pd.DataFrame:
    """Collect the texts of a study.

    Args:
        study: The study.
        terms: Model and term of every released estimate.
        waves_without_inference: Waves whose sample register does not allow inference.
        references: ``model/variant`` → answer that the others to an outcome of several are compared with.

    Returns:
        ``meta.texts``.
    """
    rows = [*_rows(study), *_region_titles(study)]
    for name, limit in report_limits(study, waves_without_inference).items():
        rows += _entries("limit", name, limit)
    titles, terms = titles_of(study), set(terms)
    for outcome in sorted(_outcomes(study) - set(study.scales())):
        words = {language: term_label(outcome, titles, language) for language in study.spec.release.languages}
        rows += _entries("outcome_title", outcome, {at: text for at, text in words.items() if text != outcome})
    for language in study.spec.release.languages:
        rows += _term_rows(study, terms, references, titles, language)
    frame = pd.DataFrame(rows, columns=list(TEXTS.columns)).drop_duplicates(["kind", "name", "language"])
    return TEXTS.typed(frame)


def _term_rows(
    study: Study,
    terms: Collection[tuple[str, str]],
    references: Mapping[str, str],
    titles: dict[str, Texts],
    language: str,
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the words of terms, and of the answers of outcomes of several categories and of what goes with each."""
    with_answers = {name.partition("/")[0] for name in references}
    for model, term in sorted(terms):
        outcome = study.models[model].outcome if model in with_answers else ""
        yield "term_label", f"{model}/{term}", language, term_label(term, titles, language, outcome)
        answer, colon, regressor = term.partition(": ")
        if outcome and colon:
            yield "term_label", f"{model}/{regressor}", language, term_label(regressor, titles, language)
            yield "answer_title", f"{model}/{answer}", language, answer_label(outcome, answer, titles, language)
    for name, answer in references.items():
        outcome = study.models[name.partition("/")[0]].outcome
        yield "outcome_reference", name, language, answer_label(outcome, answer, titles, language)


def _outcomes(study: Study) -> set[str]:
    """Return what models explain."""
    return {name for model in study.models.values() for name in outcomes_of(model)}


def _region_titles(study: Study) -> Iterator[tuple[str, str, str, str]]:
    units, register = study.spec.release.units, study.register
    if units is None or units.regions is None or register is None:
        return
    scale = register.response_scale_of(units.regions)
    for code, point in scale.points.items() if scale is not None else ():
        yield from _entries("region_title", str(code), point.label)


def released_scales(study: Study) -> pd.DataFrame:
    """Describe every scale: ``meta.scales``."""
    rows = [
        {
            "scale": name,
            "position": position,
            "instrument": instrument.name,
            "status": instrument.status,
            "score": instrument.scales[name].score,
            "lowest": instrument.points_of(name).lowest * _weight(instrument, name),
            "highest": instrument.points_of(name).highest * _weight(instrument, name),
        }
        for position, (name, instrument) in enumerate(study.scales().items())
    ]
    return SCALES.typed(pd.DataFrame(rows, columns=list(SCALES.columns)))


def released_items(study: Study) -> pd.DataFrame:
    """Describe the items of every scale: ``meta.items``."""
    rows = [
        {
            "scale": name,
            "item": item,
            "position": position,
            "is_reverse_scored": item in instrument.scales[name].reverse_scored,
            "midpoint": instrument.points_of(name).midpoint,
        }
        for name, instrument in study.scales().items()
        for position, item in enumerate(instrument.scales[name].items)
    ]
    return ITEMS.typed(pd.DataFrame(rows, columns=list(ITEMS.columns)))


def _weight(instrument: Instrument, scale: str) -> int:
    rule = instrument.scales[scale]
    return len(rule.items) if rule.score == "sum" else 1


def _rows(study: Study) -> Iterator[tuple[str, str, str, str]]:
    spec = study.spec
    yield from _entries("study_title", spec.name, spec.title)
    for name, wave in spec.waves.items():
        yield from _entries("wave_title", name, wave.title or {ANY_LANGUAGE: name})
    for name, title in spec.respondent_groups.items():
        yield from _entries("group_title", name, title)
    for instrument in study.instruments.values():
        yield from _instrument_rows(instrument)
    for model in study.models.values():
        yield from _model_rows(model, {name: rule.title for name, rule in spec.screening.exclusions.items()})


def _instrument_rows(instrument: Instrument) -> Iterator[tuple[str, str, str, str]]:
    for name, scale in instrument.scales.items():
        yield from _entries("scale_title", name, scale.title or {ANY_LANGUAGE: name})
        yield from _entries("high_score_means", name, scale.high_score_means)
    for name, item in instrument.items.items():
        yield from _entries("item_text", name, item.text)
        points = instrument.response_scale_of(name)
        for code, point in (points.points if points else {}).items():
            yield from _entries("point_label", f"{name}={code}", point.label or {ANY_LANGUAGE: str(code)})


def _model_rows(model: RegressionSpec, rules: Mapping[str, Texts]) -> Iterator[tuple[str, str, str, str]]:
    yield from _entries("model_title", model.name, model.title)
    yield from _entries("hypothesis", model.name, model.hypothesis)
    yield from _entries("estimand", model.name, model.estimand)
    for variant in model.variants:
        yield from _entries("variant_title", f"{model.name}/{variant.name}", _variant_title(variant, rules))


def _variant_title(variant: Variant, rules: Mapping[str, Texts]) -> Texts:
    """Return the title of a variant; of one that an exclusion rule made, with the rule's behind that of its variant."""
    rule = variant.population.without if variant.population else None
    name = variant.name.replace("_", " ")
    if rule is None or not variant.name.endswith(f"without_{rule}"):
        return variant.title or {ANY_LANGUAGE: name}
    base = name.removesuffix(f"without {rule.replace('_', ' ')}").strip()
    before = {language: f"{in_language(variant.title, language, base)}, " if base else "" for language in WITHOUT}
    left_out = {at: in_language(rules.get(rule, {}), at, rule.replace("_", " ")) for at in WITHOUT}
    return {language: f"{before[language]}{text} {left_out[language]}" for language, text in WITHOUT.items()}


def _entries(kind: str, name: str, texts: Texts) -> Iterator[tuple[str, str, str, str]]:
    for language, text in texts.items():
        yield kind, name, language, text


def titles_of(study: Study) -> dict[str, Texts]:
    """Return the title of everything that a term may name: variables, and categories as ``variable[category]``."""
    titles = dict(KEY_TITLES) | coded_meanings(study)
    titles |= {f"wave[{name}]": wave.title for name, wave in study.spec.waves.items()}
    titles |= {f"respondent_group[{name}]": title for name, title in study.spec.respondent_groups.items()}
    experiment = study.spec.label_experiment
    for label, texts in library_labels()[experiment.slot].labels.items() if experiment is not None else ():
        titles[f"label_seen[{label}]"] = texts
    for instrument in study.described():
        titles |= {name: item.text for name, item in instrument.items.items() if item.text}
        titles |= {name: scale.title for name, scale in instrument.scales.items() if scale.title}
        for name in instrument.items:
            points = instrument.response_scale_of(name)
            labels = [point.label for point in (points.points if points else {}).values() if point.label]
            titles |= {f"{name}[{in_language(label, 'en', '')}]": label for label in labels}
    return titles
