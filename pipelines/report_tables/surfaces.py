"""Response surfaces of several fits → rows under their coefficients, the note that explains them, and a sentence."""

from collections.abc import Iterator, Sequence

import pandas as pd

from models.regression.columns import surface_terms
from models.regression.moderation.response_surface import LINES
from models.regression.moderation.surface_of_fit import BROAD, STRICT
from pipelines.report_tables.coefficients import Printed, columns_by
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.value import EMPTY, Cell, Row
from pipelines.report_tables.words import Words

SHOWN = (*LINES, "difference", "p10", "p11")
CONDITIONS = {"broad_congruence": BROAD, "strict_congruence": (*BROAD, *STRICT)}


def surface_rows(fits: Sequence[ReportedFit], as_printed: Printed) -> list[Row]:
    """Return the rows of a1 to a5, the first principal axis, and what became of the conditions of congruence.

    None where no fit has a recorded surface: a release holds none.
    """
    if not any(len(fit.surface) for fit in fits):
        return []
    words, by_feature = as_printed.words, [_by_feature(fit) for fit in fits]
    rows = [Row(words.say("surface_heading"), kind="heading")]
    for feature in SHOWN:
        figures = [each.get(feature) for each in by_feature]
        if any(each is not None for each in figures):
            rows.append(Row(words.say(f"surface_{feature}"), as_printed.row(figures), depth=1))
    for key in CONDITIONS if any(is_curved(fit) for fit in fits) else ():
        cells = tuple(Cell((_told(fit, key, words),)) if is_curved(fit) else EMPTY for fit in fits)
        rows.append(Row(words.say(key), cells, depth=1))
    return rows


def is_curved(fit: ReportedFit) -> bool:
    """Tell whether a fit has a recorded surface with curvature, of which conditions of congruence can be told."""
    return bool(len(fit.surface) and fit.surface["feature"].eq("kind").any())


def is_plane(fit: ReportedFit) -> bool:
    """Tell whether a fit has a recorded surface without curvature."""
    return bool(len(fit.surface)) and not is_curved(fit)


def surface_note(fits: Sequence[ReportedFit], words: Words) -> Iterator[str]:
    """Say what x, y and nought are, and what each figure is tested against."""
    for key, is_kind in (("surface_reports", is_curved), ("plane_reports", is_plane)):
        told = [_reports(fit, words) if is_kind(fit) else "" for fit in fits]
        for reports, columns in columns_by(fits, told):
            named = words.listed([f"({column})" for column in columns])
            yield words.say(key, columns=named, reports=reports)
    if any(is_curved(fit) for fit in fits):
        yield words.say("surface_conditions")


def congruence_sentence(fit: ReportedFit, words: Words) -> Iterator[str]:
    """Say which conditions of congruence are not met; nothing of a plane."""
    if is_curved(fit):
        yield words.say("congruence", **{key: _told(fit, key, words) for key in CONDITIONS})


def _reports(fit: ReportedFit, words: Words) -> str:
    surface = fit.spec.surface()
    if surface is None or fit.surface.empty:
        return ""
    x, y = (fit.places[term].label for term in surface_terms(surface.surface)[:2])
    midpoint = surface.surface.midpoint
    return words.say("surface_views", x=x, y=y, midpoint=words.numerals.plain(midpoint, int(midpoint % 1 != 0)))


def _told(fit: ReportedFit, key: str, words: Words) -> str:
    verdicts = dict(zip(fit.surface["feature"], fit.surface["verdict"], strict=True))
    missed = [name for name in CONDITIONS[key] if verdicts.get(name) != "met"]
    return words.say("conditions_missed", names=words.listed(sorted(missed))) if missed else words.say("conditions_met")


def _by_feature(fit: ReportedFit) -> dict[str, pd.Series]:
    return {str(figures["feature"]): figures for _, figures in fit.surface.iterrows()}
