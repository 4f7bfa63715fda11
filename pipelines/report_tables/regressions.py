"""Fits → a table with models side by side; what goes below it is in ``notes``, its words in ``sentences``."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pipelines.report_tables.coefficients import coefficient_rows, effect_rows, printed
from pipelines.report_tables.notes import regression_notes
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.report_tables.sentences import sentences_of
from pipelines.report_tables.summaries import summary_rows
from pipelines.report_tables.surfaces import surface_rows
from pipelines.report_tables.value import Column, Table
from pipelines.report_tables.words import Words

MOST_COLUMNS = 6
NONE_DECLARED: Mapping[str, Collection[str]] = MappingProxyType({})
PARTS = ("estimate", "std_error", "conf_low", "conf_high", "df", "p_value")


@dataclass(frozen=True)
class Arranged:
    """Fits that stand side by side.

    Attributes:
        caption: What they have in common.
        fits: In order.
        are_variants: Whether they are variants of one model; then the model itself needs no title.
        absent: Names of variants that the study declares and that have no column in any part.
    """

    caption: str
    fits: tuple[ReportedFit, ...]
    are_variants: bool
    absent: tuple[str, ...] = ()


def arrange(
    fits: Sequence[ReportedFit], words: Words, declared: Mapping[str, Collection[str]] = NONE_DECLARED
) -> list[Arranged]:
    """Put fits side by side: models of the same outcome, and each model with its variants.

    Args:
        fits: Fits that the study declares, models as written before their variants.
        words: Language.
        declared: Model → all its variants, ``main`` among them, so that those without a fit are named.

    Returns:
        First the outcomes with several models, then the models; at most six columns each, the model itself first in
        every part.
    """
    arranged: list[Arranged] = []
    mains = [fit for fit in fits if fit.variant == "main"]
    for outcome in dict.fromkeys(fit.spec.outcome for fit in mains):
        same = tuple(fit for fit in mains if fit.spec.outcome == outcome)
        if len(same) > 1:
            caption = words.say("models_of", outcome=words.variable(outcome))
            arranged += _in_parts(caption, (), same, words, are_variants=False)
    for model in dict.fromkeys(fit.spec.name for fit in fits):
        own = [fit for fit in fits if fit.spec.name == model]
        first, others = [fit for fit in own if fit.variant == "main"], [fit for fit in own if fit.variant != "main"]
        title = words.text("model_title", model)
        caption = words.say("variants_of" if others else "one_model", model=title)
        shown = {fit.variant for fit in own}
        absent = tuple(name for name in declared.get(model, ()) if name not in shown)
        parts = _in_parts(caption, tuple(first), tuple(others), words, are_variants=True)
        arranged += [replace(each, absent=absent) for each in parts]
    return arranged


def chosen(fits: Sequence[ReportedFit], words: Words) -> list[Arranged]:
    """Put fits side by side in the order in which they were asked for."""
    return _in_parts(words.say("chosen_fits"), (), tuple(fits), words, are_variants=False)


def regression_tables(fits: Sequence[ReportedFit], words: Words, style: Style) -> list[Table]:
    """Write all tables of fits that the study declares, numbered from 1."""
    arranged = arrange(fits, words)
    return [regression_table(each, number, words, style) for number, each in enumerate(arranged, start=1)]


def _in_parts(
    caption: str, first: tuple[ReportedFit, ...], others: tuple[ReportedFit, ...], words: Words, *, are_variants: bool
) -> list[Arranged]:
    step = MOST_COLUMNS - len(first)
    parts = [first + others[start : start + step] for start in range(0, len(others), step)] or [first]
    if len(parts) == 1:
        return [Arranged(caption, parts[0], are_variants)]
    return [
        Arranged(words.say("part", caption=caption, part=number, parts=len(parts)), part, are_variants)
        for number, part in enumerate(parts, start=1)
    ]


def regression_table(arranged: Arranged, number: int, words: Words, style: Style) -> Table:
    """Write fits side by side as a table.

    Args:
        arranged: The fits.
        number: Of the table within its document.
        words: Language.
        style: How estimates are printed.
    """
    as_printed = printed(arranged.fits, words, style)
    outcomes = list(dict.fromkeys(words.variable(fit.spec.outcome) for fit in arranged.fits))
    caption = arranged.caption
    if len(outcomes) == 1 and outcomes[0] not in caption:
        caption = f"{caption}. {words.say('outcome_line', outcome=outcomes[0])}"
    return Table(
        number=words.say("table", number=number),
        caption=caption,
        stub=words.say("term"),
        columns=tuple(
            Column(tuple(_head(place, fit, arranged, words, with_outcome=len(outcomes) > 1)), slanted=1)
            for place, fit in enumerate(arranged.fits, start=1)
        ),
        rows=(
            *coefficient_rows(arranged.fits, as_printed),
            *surface_rows(arranged.fits, as_printed),
            *effect_rows(arranged.fits, as_printed),
            *summary_rows(arranged.fits, words),
        ),
        parts=tuple((part, words.say(f"part_{part}")) for part in PARTS),
        notes=(*regression_notes(arranged.fits, as_printed), *_absent(arranged, words)),
        sentences=tuple(
            f"({place}) {sentence}"
            for place, fit in enumerate(arranged.fits, start=1)
            for sentence in sentences_of(fit, words)
        ),
    )


def _absent(arranged: Arranged, words: Words) -> Iterator[str]:
    model = arranged.fits[0].spec.name
    titles = [
        words.say("main") if name == "main" else words.text("variant_title", f"{model}/{name}")
        for name in arranged.absent
    ]
    if titles:
        yield words.say("absent_variants", variants=words.listed(titles))


def _head(place: int, fit: ReportedFit, arranged: Arranged, words: Words, *, with_outcome: bool) -> list[str]:
    lines = [f"({place})", words.say(fit.label), column_title(fit, words, is_named=not arranged.are_variants)]
    return [*lines, words.say("outcome_line", outcome=words.variable(fit.spec.outcome))] if with_outcome else lines


def column_title(fit: ReportedFit, words: Words, *, is_named: bool) -> str:
    """Return what a column is called: the variant, and the model where columns are of several."""
    variant = words.text("variant_title", f"{fit.spec.name}/{fit.variant}") if fit.variant != "main" else ""
    model = words.text("model_title", fit.spec.name)
    if fit.spec.code:
        model = words.say("coded_title", code=fit.spec.code, title=model)
    named = f"{model}: {variant}" if variant else model
    title = named if is_named else variant or words.say("main")
    return title if fit.is_declared else words.say("by_hand", title=title)
