"""Scales one by one: items, validation, reliability, item statistics, scores, agreement within organisations."""

from collections.abc import Iterator, Mapping

import pandas as pd

from instruments.spec import Instrument
from instruments.validation import claim_of, status_in_words
from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Cell, Kind, Section, Table
from pipelines.methods_report.defined import links
from pipelines.methods_report.defined_measures import MEASURED
from pipelines.methods_report.found import Found
from pipelines.tables import out
from pipelines.tables.base import Table as StoredTable

COEFFICIENTS = ("alpha", "omega")
INTERVAL: Mapping[str, Kind] = {"estimate": "estimate", "conf_low": "estimate", "conf_high": "estimate"}
OF_ITEMS: Mapping[str, Kind] = {
    "n_obs": "count",
    "mean": "mean",
    "std_dev": "mean",
    "item_rest_r": "estimate",
    "alpha_if_dropped": "estimate",
    "share_missing": "estimate",
}
OF_MEANS: Mapping[str, Kind] = {
    "n_obs": "count",
    "n_organisations": "count",
    "mean": "mean",
    "std_dev": "mean",
    "conf_low": "mean",
    "conf_high": "mean",
}
OF_AGREEMENT: Mapping[str, Kind] = {
    "icc_1": "estimate",
    "icc_2": "estimate",
    "rwg_j_mean": "estimate",
    "rwg_j_median": "estimate",
    "n_groups": "count",
    "n_obs": "count",
}
HEADS: Mapping[str, str] = {"n_obs": "n", "conf_low": "low", "conf_high": "high"}


def scales(found: Found) -> tuple[Section, ...]:
    """Write a section for every scale with scores, in the order of the study."""
    scored = set(found.rows(out.SCALE_MEANS)["scale"]) | set(found.rows(out.ITEMS)["scale"])
    every = found.study.scales()
    unused = [found.text("scale_title", name) for name in every if name not in scored]
    lines = (found.say("scales_reading"), *([found.say("scales_unused", names=", ".join(unused))] if unused else []))
    head = Section("scales", found.say("scales_title"), lines)
    return (head, *(_scale(found, name, instrument) for name, instrument in every.items() if name in scored))


def _scale(found: Found, name: str, instrument: Instrument) -> Section:
    tables = [_items(found, name, instrument), *_reliability(found, name)]
    for table, kinds, caption, defined in (
        (out.ITEMS, OF_ITEMS, "item_caption", "items"),
        (out.SCALE_MEANS, OF_MEANS, "means_caption", "means"),
        (out.AGREEMENT, OF_AGREEMENT, "agreement_caption", "agreement"),
    ):
        tables += _statistics(found, table, name, kinds, (caption, defined))
    return Section("scale", found.text("scale_title", name), tuple(_said(found, name, instrument)), depth=2,
                   tables=tuple(tables))  # fmt: skip


def _said(found: Found, name: str, instrument: Instrument) -> Iterator[str]:
    scale, language = instrument.scales[name], found.words.language
    if definition := found.texts(scale.definition):
        yield definition
    kind, score = found.say(scale.measurement), found.say(f"score_{scale.score}")
    yield found.say("scale_said", kind=kind, score=score, least=scale.least_answered, n=len(scale.items))
    if meaning := found.texts(scale.high_score_means):
        yield found.say("high_score", meaning=meaning)
    yield found.say(
        "instrument_said",
        name=found.texts(instrument.title),
        version=instrument.version,
        status=status_in_words(instrument, language),
        claim=claim_of(instrument, language),
    )
    for key, text in (("evidence", found.texts(instrument.evidence)), ("citation", instrument.citation)):
        if text:
            yield found.say(f"{key}_said", **{key: text.rstrip(".")})
    if not (found.rows(out.RELIABILITY)["scale"] == name).any() and scale.measurement == "reflective":
        yield found.say("without_reliability")
    if not (found.rows(out.AGREEMENT)["scale"] == name).any():
        yield found.say("without_agreement")


def _items(found: Found, name: str, instrument: Instrument) -> Table:
    scale = instrument.scales[name]
    rows = tuple(
        (
            item,
            found.texts(instrument.items[item].text) or found.say("not_known"),
            found.say("yes" if item in scale.reverse_scored else "no"),
        )
        for item in scale.items
    )
    caption = found.say("items_caption", scale=found.text("scale_title", name))
    return Table(caption, found.heads("item", "wording", "is_reversed"), rows, n_labels=3)


def _reliability(found: Found, name: str) -> Iterator[Table]:
    own = found.of_scale(out.RELIABILITY, name)
    if own.empty:
        return
    keys = ["respondent_group", "wave", "exclusions"]
    lines = tuple(_both(found, of_place) for _, of_place in own.groupby(keys, sort=False))
    ruled = _ruled(own)
    heads = ("group", "wave", *ruled, "alpha", "low", "high", "omega", "low", "high", "n", "n_items")
    yield Table(
        found.say("reliability_caption", scale=found.text("scale_title", name)),
        found.heads(*heads),
        tuple((*line[:2], *line[2 : 2 + len(ruled)], *line[3:]) for line in lines),
        n_labels=2 + len(ruled),
        notes=tuple(_reasons(found, own)),
        defined=links(each for coefficient in dict.fromkeys(own["coefficient"]) for each in MEASURED[coefficient]),
    )


def _both(found: Found, rows: pd.DataFrame) -> tuple[Cell, ...]:
    """Return group, wave, rule, alpha and omega with their intervals, responses and items."""
    of = {str(row["coefficient"]): row for row in rows_of(rows)}
    first, none = next(iter(of.values())), dict.fromkeys(INTERVAL)
    figures = [cell for each in COEFFICIENTS for cell in found.cells(of.get(each, none), INTERVAL)]
    counts = found.cells(first, {"n_obs": "count", "n_items": "count"})
    return (*_place(found, first), _rule(found, first), *figures, *counts)


def _place(found: Found, row: Mapping[str, object]) -> tuple[str, str]:
    return found.text("group_title", row["respondent_group"]), found.text("wave_title", row["wave"])


def _rule(found: Found, row: Mapping[str, object]) -> str:
    return found.text("rule_title", row["exclusions"]) if row["exclusions"] else found.say("none")


def _ruled(rows: pd.DataFrame) -> tuple[str, ...]:
    return ("exclusions",) if (rows["exclusions"] != "").any() else ()


def _reasons(found: Found, rows: pd.DataFrame) -> Iterator[str]:
    for (coefficient, reason), alike in rows[rows["reason"] != ""].groupby(["coefficient", "reason"], sort=False):
        what = found.say(str(coefficient))
        yield found.say("reason", what=what, where=found.groups(alike), reason=str(reason))


def _statistics(
    found: Found, table: StoredTable, name: str, kinds: Mapping[str, Kind], said: tuple[str, str]
) -> Iterator[Table]:
    """Yield the rows of a table about a scale, by respondent group, wave and, of items, item."""
    caption, defined = said
    own = found.of_scale(table, name)
    if own.empty:
        return
    ruled, of_items = _ruled(own), ("item",) if "item" in own else ()
    lines = tuple(
        (
            *_place(found, row),
            *(_rule(found, row) for _ in ruled),
            *(str(row[column]) for column in of_items),
            *found.cells(row, kinds),
        )
        for row in rows_of(own)
    )
    yield Table(
        found.say(caption, scale=found.text("scale_title", name)),
        found.heads("group", "wave", *ruled, *of_items, *(HEADS.get(each, each) for each in kinds)),
        lines,
        n_labels=2 + len(ruled) + len(of_items),
        defined=links(MEASURED[defined]),
    )
