"""Scales → how they are scored, in words."""

from collections.abc import Iterable, Iterator

from instruments.sections.provenance import Provenance
from instruments.shown.questionnaire import ShownScale, Source
from instruments.shown.questions import in_language
from instruments.shown.words import say
from instruments.spec import Instrument, Scale
from instruments.validation import status_in_words


def scales_of(instrument: Instrument, language: str) -> Iterator[ShownScale]:
    """Say of every scale of an instrument what it measures and how it is scored."""
    for name, scale in instrument.scales.items():
        yield ShownScale(
            name=name,
            code=scale.code,
            title=in_language(scale.title, language) or name,
            definition=in_language(scale.definition, language),
            items=scale.items,
            reverse_scored=scale.reverse_scored,
            scoring=_scoring(instrument, name, language),
            measurement=say(language, scale.measurement),
            high_score_means=in_language(scale.high_score_means, language),
            belongs_to=_belongs_to(instrument, scale, language),
            status=status_in_words(instrument, language),
            sources=sources_of(scale.provenance),
        )


def sources_of(provenance: Iterable[Provenance]) -> tuple[Source, ...]:
    """Return where something comes from, as recorded."""
    return tuple(Source(each.author, each.title, each.quote, each.note) for each in provenance)


def _scoring(instrument: Instrument, name: str, language: str) -> str:
    scale, points = instrument.scales[name], instrument.points_of(name)
    times = len(scale.items) if scale.score == "sum" else 1
    ends = {"lowest": points.lowest * times, "highest": points.highest * times}
    parts = [
        say(language, f"scored_{scale.score}", **ends),
        say(language, "least_answered", least=scale.least_answered, items=len(scale.items)),
    ]
    if scale.reverse_scored:
        parts.append(say(language, "turned", ends=points.lowest + points.highest))
    return "; ".join(parts)


def _belongs_to(instrument: Instrument, scale: Scale, language: str) -> str:
    def named(other: str) -> str:
        known = instrument.scales.get(other)
        return other if known is None else known.code or other

    parts: list[str] = []
    if scale.dimensions:
        parts.append(f"{say(language, 'second_order')} {', '.join(map(named, scale.dimensions))}")
    if scale.parallel_to:
        parts.append(f"{say(language, 'parallel')} {named(scale.parallel_to)}")
    return "; ".join(parts)
