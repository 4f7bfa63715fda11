"""A term of a model → its words, in any language in which its variables have a title."""

from collections.abc import Callable, Mapping

from instruments.spec_file import Texts
from models.paths.found import ARROW, ROUTE, WAVE_BEFORE

Named = Callable[[str], str]
"""Regressor of a model → its words."""
EARLIER_WAVE, OTHER_MEMBER = "_earlier_wave", "_other_member"
SUFFIXES = {
    "_organisation_mean": {"en": "{} (organisation mean)", "da": "{} (organisationens gennemsnit)"},
    "_unit_mean": {
        "en": "{} (unit’s mean, less the effect within)",
        "da": "{} (enhedens gennemsnit, fratrukket effekten inden for)",
    },
    "_within_organisation": {"en": "{} (difference from the organisation)", "da": "{} (forskel fra organisationen)"},
}
WAVE_EARLIER = {"en": "{} at the wave before", "da": "{} i runden før"}
OF_THE_OTHER = {"en": "{} (the other member of the dyad)", "da": "{} (den anden i parret)"}
OF_A_GROUP = {"en": "{} (organisation mean: {})", "da": "{} (organisationens gennemsnit: {})"}
POWER = {"en": "{}, power {}", "da": "{}, potens {}"}


EFFECTS: Mapping[str, Texts] = {
    "indirect": {"en": "Indirect", "da": "Indirekte"},
    "direct": {"en": "Direct", "da": "Direkte"},
    "total": {"en": "Total", "da": "I alt"},
    "index": {"en": "Index of moderated mediation", "da": "Indeks for modereret mediering"},
    "contextual": {"en": "Between less within", "da": "Mellem fratrukket inden for"},
    "indirect within": {"en": "Indirect, within", "da": "Indirekte, inden for"},
    "direct within": {"en": "Direct, within", "da": "Direkte, inden for"},
    "total within": {"en": "Total, within", "da": "I alt, inden for"},
    "indirect between": {"en": "Indirect, between", "da": "Indirekte, mellem"},
    "direct between": {"en": "Direct, between", "da": "Direkte, mellem"},
    "total between": {"en": "Total, between", "da": "I alt, mellem"},
}
BESIDE: Mapping[str, Texts] = {
    "difference": {"en": "Difference between outcomes", "da": "Forskel mellem udfaldene"},
    "correlation": {"en": "Correlation", "da": "Korrelation"},
    "correlation of residuals": {"en": "Correlation of residuals", "da": "Residualernes korrelation"},
    "variance": {"en": "Variance", "da": "Varians"},
    "covariance": {"en": "Covariance", "da": "Kovarians"},
    "variance of lasting levels": {"en": "Variance of lasting levels", "da": "Varians af varige niveauer"},
    "covariance of lasting levels": {"en": "Covariance of lasting levels", "da": "Kovarians af varige niveauer"},
}
LEVELS: Mapping[str, Texts] = {
    "within": {"en": "Within", "da": "Inden for"},
    "between": {"en": "Between", "da": "Mellem"},
}
PARTS_OF_GROWTH: Mapping[str, Texts] = {
    "level": {"en": "level", "da": "niveau"},
    "slope": {"en": "slope", "da": "hældning"},
    "bend": {"en": "bend", "da": "krumning"},
}
IN_WAVE = {"en": "{}, in {}", "da": "{}, i {}"}
WHERE = {"en": "{}, where {}", "da": "{}, hvor {}"}
OF_INDIRECT = "difference of indirect "
QUANTILE = "quantile "
OF_QUANTILE = {"en": "Quantile {}", "da": "Fraktil {}"}
MARKS = {"en": ".", "da": ","}
DIFFERENCE_OF_INDIRECT = {"en": "Difference of indirect effects", "da": "Forskel mellem indirekte effekter"}


def term_label(term: str, titles: dict[str, Texts], language: str, outcome: str = "") -> str:
    """Write a term of a model in words, such as ``a x b``, ``education[Master]`` or ``indirect: a -> b``.

    Args:
        term: The term.
        titles: Of everything that a term may name.
        language: ``en`` or ``da``.
        outcome: That of a model of an outcome of several categories, so that ``category: a`` has its category in words.
    """

    def named(regressor: str) -> str:
        return _regressor_label(regressor, titles, language)

    category, colon, regressor = term.partition(": ")
    is_of_category = bool(colon) and term.partition("[")[0] not in titles and regressor.partition("[")[0] in titles
    if outcome and colon:
        return f"{answer_label(outcome, category, titles, language)}: {named(regressor)}"
    return path_label(term, language, named) or (f"{category}: {named(regressor)}" if is_of_category else named(term))


def answer_label(outcome: str, category: str, titles: dict[str, Texts], language: str) -> str:
    """Write an answer to an outcome of several categories in words, else as its fit names it."""
    return in_language(titles.get(f"{outcome}[{category}]", {}), language, category)


def path_label(term: str, language: str, named: Named) -> str:
    """Write a path, an effect or another term of a path model, or a quantile, in words; empty for a regressor.

    Args:
        term: Term of a model.
        language: ``en`` or ``da``.
        named: Regressor → its words.
    """
    head, colon, rest = term.partition(": ")
    if colon and ROUTE in rest and (head in EFFECTS or head.startswith(OF_INDIRECT)):
        kind = EFFECTS.get(head, DIFFERENCE_OF_INDIRECT)
        return f"{in_language(kind, language, head)}: {_route(rest, language, named)}"
    if ARROW in term:
        is_level = bool(colon) and head in LEVELS
        told = _path(rest if is_level else term, language, named)
        return f"{in_language(LEVELS[head], language, head)}: {told}" if is_level else told
    if colon and head.startswith(QUANTILE):
        share = head.removeprefix(QUANTILE).replace(".", MARKS.get(language, "."))
        told = in_language(OF_QUANTILE, language, "").format(share)
        return f"{told}: {named(rest)}"
    if colon and head in BESIDE:
        both = " ~ ".join(_named(each, language, named) for each in rest.split(" ~ "))
        return f"{in_language(BESIDE[head], language, head)}: {both}"
    return ""


def _route(rest: str, language: str, named: Named) -> str:
    route, where, value = rest.partition(" where ")
    told = " → ".join(_named(each, language, named) for each in route.split(ROUTE))
    if not where:
        return told
    name, equals, number = value.rpartition(" = ")
    return in_language(WHERE, language, "").format(told, f"{_named(name, language, named)}{equals}{number}")


def _path(term: str, language: str, named: Named) -> str:
    outcome, _, cause = term.partition(ARROW)
    cause, before, wave = cause.partition(WAVE_BEFORE)
    told = f"{_named(outcome, language, named)} ← {_named(cause, language, named)}"
    if before:
        told = in_language(WAVE_EARLIER, language, "").format(told)
    wave = wave.removeprefix(", in ")
    return in_language(IN_WAVE, language, "").format(told, wave) if wave else told


def _named(name: str, language: str, named: Named) -> str:
    said = named(name)
    return in_language(PARTS_OF_GROWTH[name], language, name) if name in PARTS_OF_GROWTH and said == name else said


def _regressor_label(term: str, titles: dict[str, Texts], language: str) -> str:
    parts = [_part_label(part, titles, language) for part in term.split(" x ")]
    return " × ".join(parts)


def _part_label(part: str, titles: dict[str, Texts], language: str) -> str:
    if part.endswith(EARLIER_WAVE) and part not in titles:
        inner = _part_label(part.removesuffix(EARLIER_WAVE), titles, language)
        return in_language(WAVE_EARLIER, language, "").format(inner)
    if part.endswith(OTHER_MEMBER) and part not in titles:
        inner = _part_label(part.removesuffix(OTHER_MEMBER), titles, language)
        return in_language(OF_THE_OTHER, language, "").format(inner)
    base, power, exponent = part.partition("^")
    if power and part not in titles:
        return POWER.get(language, POWER["en"]).format(_part_label(base, titles, language), exponent)
    name, bracket, category = part.partition("[")
    scale, of_a_group, group = name.partition("_organisation_mean_of_")
    if of_a_group and name not in titles:
        whose = in_language(titles.get(f"respondent_group[{group}]", {}), language, group)
        inner = in_language(titles.get(scale, {}), language, scale)
        return OF_A_GROUP.get(language, OF_A_GROUP["en"]).format(inner, whose)
    for suffix, pattern in SUFFIXES.items():
        if name.endswith(suffix) and name not in titles:
            inner = in_language(titles.get(name.removesuffix(suffix), {}), language, name.removesuffix(suffix))
            return pattern.get(language, pattern["en"]).format(inner)
    label = in_language(titles.get(name, {}), language, name)
    after = "" if label.endswith("?") else ":"
    return f"{label}{after} {in_language(titles.get(part, {}), language, category.rstrip(']'))}" if bracket else label


def in_language(texts: Texts, language: str, otherwise: str) -> str:
    """Return the text of a language, else the English one, else any, else what is given."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), otherwise)
