"""Seeds, software features and terms → the pages that say where the publications live in the software."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from instruments.seeds.load import load_features, load_glossary, load_seeds
from instruments.seeds.spec import Definition, Feature, Homes, Seed, Term

_KINDS: Mapping[str, str] = {
    "scales": "scale",
    "items": "item",
    "reverse_scored": "reverse-scored",
    "open_questions": "open question",
    "codes": "code",
    "code_families": "code family",
    "forms": "form",
    "variants": "variant",
}
_SOURCES_INTRODUCTION = """\
# Where the publications live in the software

Every concept, claim, process, step, actor, barrier, condition and outcome of the four publications behind the
measurement model is a row below: {count} in all. The last column says where it lives; a test holds every home against
the software and fails when one is gone. Quotes are fragments of under 15 words and keep the spelling of the original.
[Where the measurement model comes from](../explanation/where-the-model-comes-from.md) says what no row can.
"""
_TERMS_INTRODUCTION = """\
# Terms and their definitions

What the publications mean by their terms, each definition with its author. Where authors differ, the definitions stand
side by side and the clash is named; the last line says what this software measures under the term. Words of the
software itself are in the [glossary](glossary.md).
"""
_TITLES: Mapping[str, str] = {
    "Karp": "Karp: Co-Production of Leadership Activities",
    "Schlappa & Imani": "Schlappa & Imani: Leadership and Structure in the Co-production of Public Services",
    "Larsen & Madsen": "Larsen & Madsen: Co-Production as Seen From a Top Management Perspective",
    "Docherty": "Docherty: Exploring Collective Leadership and Co-Production",
}


def sources_page() -> str:
    """Write the page of the seeds."""
    seeds, features = load_seeds().seeds, load_features().features
    lines = [_SOURCES_INTRODUCTION.format(count=len(seeds)), "## Software features\n", *_features(features, seeds)]
    for source, title in _TITLES.items():
        own = {name: seed for name, seed in seeds.items() if seed.source == source}
        lines += [f"## {title}\n", "| row | kind | what | in the author's words | lives in |", "|" + " --- |" * 5]
        lines += [_row(name, seed, features) for name, seed in own.items()]
        lines.append("")
    return "\n".join(lines)


def terms_page() -> str:
    """Write the page of the terms."""
    terms = sorted(load_glossary().terms.values(), key=lambda term: term.title["en"])
    return "\n".join([_TERMS_INTRODUCTION, *(line for term in terms for line in _term(term))])


def _features(features: Mapping[str, Feature], seeds: Mapping[str, Seed]) -> Iterator[str]:
    yield "| feature | what it does | lives in | rows |"
    yield "|" + " --- |" * 4
    for name, feature in features.items():
        rows = ", ".join(row for row, seed in seeds.items() if name in seed.homes.features)
        lives = "; ".join(feature.lives_in) or f"not built yet; comes with {feature.awaits}"
        yield f"| {feature.title} | {feature.does} | {lives} | {rows} |"
    yield ""


def _row(name: str, seed: Seed, features: Mapping[str, Feature]) -> str:
    words = f'"{seed.quote}"' if seed.quote else f"*{seed.paraphrase}*"
    lives = "; ".join(_homes(seed.homes, features)) + (f" ({seed.note})" if seed.note else "")
    return "| " + " | ".join(_cell(each) for each in (name, seed.kind, seed.what, words, lives)) + " |"


def _homes(homes: Homes, features: Mapping[str, Feature]) -> Iterator[str]:
    for kind, title in _KINDS.items():
        if names := getattr(homes, kind):
            yield f"{title} {_listed(names)}"
    for item, codes in homes.options.items():
        yield f"option {', '.join(map(str, codes))} of `{item}`"
    yield from (f"[{name}](hypotheses.md#{name.lower()})" for name in homes.hypotheses)
    yield from (f"table [{name}](tables.md#{name.replace('.', '')})" for name in homes.tables)
    yield from (_feature(features[name]) for name in homes.features)
    yield from _pages(homes)


def _feature(feature: Feature) -> str:
    awaited = f" (not built yet; comes with {feature.awaits})" if feature.awaits else ""
    return f"[{feature.title[0].lower()}{feature.title[1:]}](#software-features){awaited}"


def _pages(homes: Homes) -> Iterator[str]:
    for name in homes.glossary:
        yield f"term [{_heading(name)}](terms.md#{_anchor(name)})"
    for place in homes.documentation:
        page, _, anchor = place.partition("#")
        yield f"[{anchor.replace('-', ' ')}](../{page.removeprefix('docs/')}#{anchor})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@cache
def _headings() -> Mapping[str, str]:
    return {name: term.title["en"] for name, term in load_glossary().terms.items()}


def _heading(name: str) -> str:
    return _headings()[name]


def _anchor(name: str) -> str:
    return "".join(letter for letter in _heading(name).lower().replace(" ", "-") if letter.isalnum() or letter == "-")


def _term(term: Term) -> Iterator[str]:
    yield f"## {term.title['en']}\n"
    yield f"Danish: {term.title['da']}\n"
    yield "| author | definition | rows |"
    yield "|" + " --- |" * 3
    for each in term.definitions:
        yield f"| {_author(each)} | {_cell(_definition(each))} | {', '.join(each.seeds)} |"
    yield ""
    if term.clash:
        yield f"**Clash.** {term.clash}\n"
    if term.used_as:
        yield f"Here: {term.used_as}\n"


def _author(definition: Definition) -> str:
    return (
        definition.author if definition.author == definition.source else f"{definition.author}, in {definition.source}"
    )


def _definition(definition: Definition) -> str:
    quoted = f'"{definition.quote}"' if definition.quote else ""
    return ". ".join(part for part in (quoted, definition.paraphrase) if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
