"""A term of a model → its words, in any language in which its variables have a title."""

from instruments.spec_file import Texts

EARLIER_WAVE = "_earlier_wave"
SUFFIXES = {
    "_organisation_mean": {"en": "{} (organisation mean)", "da": "{} (organisationens gennemsnit)"},
    "_unit_mean": {
        "en": "{} (unit’s mean, less the effect within)",
        "da": "{} (enhedens gennemsnit, fratrukket effekten inden for)",
    },
    "_within_organisation": {"en": "{} (difference from the organisation)", "da": "{} (forskel fra organisationen)"},
}
EARLIER = {"en": "{} at the wave before", "da": "{} i runden før"}
OF_A_GROUP = {"en": "{} (organisation mean: {})", "da": "{} (organisationens gennemsnit: {})"}
POWER = {"en": "{}, power {}", "da": "{}, potens {}"}


def term_label(term: str, titles: dict[str, Texts], language: str) -> str:
    """Write a term of a model in words, such as ``a x b``, ``education[Master]`` or ``trust_organisation_mean``."""
    parts = [_part_label(part, titles, language) for part in term.split(" x ")]
    return " × ".join(parts)


def _part_label(part: str, titles: dict[str, Texts], language: str) -> str:
    if part.endswith(EARLIER_WAVE) and part not in titles:
        inner = _part_label(part.removesuffix(EARLIER_WAVE), titles, language)
        return EARLIER.get(language, EARLIER["en"]).format(inner)
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
