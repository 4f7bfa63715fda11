"""What a released fit found for its term of interest, in sentences: for the board report and for the dashboard.

A finding says what goes together, in what its coefficients are counted in, never what brings what about. The words
are in ``found_english`` and ``found_danish``.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.paths.found import ARROW, ROUTE
from models.regression.columns import PRODUCT
from pipelines.tables.units_of_estimates import OF_FIGURES, RATIOS, UNITS

ENDS = ("estimate", "conf_low", "conf_high")
AVERAGE = ("average_effect", "average_low", "average_high")
ALONG = ("indirect", "index")
DIFFERENCE = "difference"
POWER = "^"
PAIR = 2
MOST_LOGARITHM = 700.0
"""Above it the exponential is no floating-point number any more."""
Row = dict[str, Any]
Ends = tuple[float, float, float]


@dataclass(frozen=True)
class Voice:
    """How a reader is spoken to.

    Attributes:
        say: Words of a language by key, with those of ``found_english`` or ``found_danish`` among them.
        written: An estimate and the ends of its interval, and what stands for no connection (0, or 1 of ratios) → as
            they are printed.
        points: The same of percentage points.
        term: Released term → its words.
        answer: Category of an outcome of several → its words.
        reference: Variant → the words of the answer that all others are compared with; empty where a release does not
            say it.
        named: Column of a study → its title.
    """

    say: Callable[..., str]
    written: Callable[[Ends, float], tuple[str, str, str]]
    points: Callable[[Ends], tuple[str, str, str]]
    term: Callable[[str], str]
    answer: Callable[[str], str]
    reference: Callable[[str], str]
    named: Callable[[str], str]


def unit_of(fit: Mapping[Any, Any]) -> str:
    """Return what the coefficients of a fit are counted in; points of one whose estimator has no entry."""
    return UNITS.get(str(fit["estimator"]), "points")


def kind_of_term(term: str) -> str:
    """Return what a term stands for, from how terms are named.

    ``indirect: a -> b``, ``index: a -> b``, ``difference: a``, ``a x b`` (a product), ``variable[category]``, or a
    number.
    """
    head, colon, rest = term.partition(": ")
    if colon and (head == DIFFERENCE or (head in ALONG and ROUTE in rest)):
        return head
    if PRODUCT in term:
        return "product"
    return "category" if term.endswith("]") else "number"


def focal_estimates(fit: Mapping[Any, Any], estimates: pd.DataFrame) -> list[Row]:
    """Return the estimates of a fit's term of interest, one a category of an outcome of several.

    Args:
        fit: Row of the released ``out.fits``.
        estimates: The released ``out.estimates``.

    Returns:
        Its rows; none when the fit names no such term or it was not estimated. ``category`` is empty but for an
        outcome of several categories without order.
    """
    focal = fit["focal_term"]
    if pd.isna(focal):
        return []
    own = estimates[estimates["fit_id"] == fit["fit_id"]].dropna(subset=list(ENDS))
    if unit_of(fit) == "category_odds":
        of_focal = own[own["term"].str.endswith(f": {focal}")]
        named = of_focal.assign(category=of_focal["term"].str.removesuffix(f": {focal}"))
        return _rows(named.sort_values("position", kind="stable"))
    return _rows(own[own["term"] == focal].assign(category=""))


def figures_of(fit: Mapping[Any, Any], estimates: pd.DataFrame) -> list[Row]:
    """Return the estimates of figures of the population, everybody's first; none of other fits."""
    if unit_of(fit) not in OF_FIGURES:
        return []
    own = estimates[estimates["fit_id"] == fit["fit_id"]].dropna(subset=list(ENDS))
    marked = own.assign(category="", is_part=own["term"] != fit["outcome"])
    return _rows(marked.sort_values(["is_part", "position"], kind="stable").drop(columns="is_part"))


def shown_ends(fit: Mapping[Any, Any], row: Mapping[Any, Any]) -> Ends:
    """Return estimate and interval as they are said: exponentials, to three decimals, where they are logarithms."""
    low, high = float(row["conf_low"]), float(row["conf_high"])
    ends = (float(row["estimate"]), low, high)
    if unit_of(fit) not in RATIOS:
        return ends
    estimate, low, high = (round(math.exp(min(each, MOST_LOGARITHM)), 3) for each in ends)
    return estimate, low, high


def has_ends(row: Mapping[Any, Any]) -> bool:
    """Tell whether the interval of an estimate is bounded; Fieller's of a corrected mean need not be."""
    return math.isfinite(row["conf_low"]) and math.isfinite(row["conf_high"])


def way_of(row: Mapping[Any, Any]) -> str:
    """Return up where the interval of an estimate lies above zero, down where below, else unclear."""
    return "up" if row["conf_low"] > 0 else "down" if row["conf_high"] < 0 else "unclear"


def found(fit: Mapping[Any, Any], estimates: pd.DataFrame, model: str, voice: Voice) -> tuple[str, ...]:
    """Say what a fit found and whether its sign is the expected one.

    Args:
        fit: Row of the released ``out.fits``.
        estimates: The released ``out.estimates``.
        model: Title of its model.
        voice: How it is said.
    """
    if figures := figures_of(fit, estimates):
        return tuple(_of_population(fit, figures, voice))
    rows = focal_estimates(fit, estimates)
    if not rows:
        return (voice.say("found_nothing", model=model),)
    own = estimates[estimates["fit_id"] == fit["fit_id"]]
    said = [_finding(fit, row, own, voice) for row in rows]
    if holds_at_one_point(str(fit["focal_term"]), own["term"]):
        said.append(voice.say("holds_at_one_point"))
    return (*said, *(_beside(fit, rows, own, voice)), *_verdicts(fit, rows, voice))


def holds_at_one_point(focal: str, terms: Iterable[str]) -> bool:
    """Tell whether a term of interest is no single slope: it also stands in a power or a product of its model."""
    for term in terms:
        parts = str(term).rpartition(": ")[2].split(PRODUCT)
        bases = [part.partition(POWER)[0] for part in parts]
        if term != focal and focal in bases and (len(parts) > 1 or POWER in parts[0]):
            return True
    return False


def _of_population(fit: Mapping[Any, Any], figures: list[Row], voice: Voice) -> Iterator[str]:
    """Say the figure of everybody, and how far those of categories lie apart."""
    parts = [row for row in figures if row["term"] != fit["outcome"]]
    everybody = [row for row in figures if row["term"] == fit["outcome"]]
    for row in everybody:
        estimate, low, high = voice.written(shown_ends(fit, row), 0.0)
        told = {"outcome": voice.named(str(fit["outcome"])), "estimate": estimate, "low": low, "high": high}
        yield voice.say(f"found_{unit_of(fit)}", **told)
    if len(parts) < PAIR:
        return
    lowest, highest = (choose(parts, key=lambda row: float(row["estimate"])) for choose in (min, max))
    are_apart = float(lowest["conf_high"]) < float(highest["conf_low"])
    told = {"lowest": voice.term(str(lowest["term"])), "highest": voice.term(str(highest["term"]))}
    told |= {"least": _written(fit, lowest, voice), "most": _written(fit, highest, voice)}
    yield voice.say("found_parts_apart" if are_apart else "found_parts_unclear", **told)


def readings_of(fits: pd.DataFrame) -> list[str]:
    """Return the keys of what has to be known of what the coefficients of fits are counted in, each once, in order."""
    units = {UNITS.get(str(each), "points") for each in fits["estimator"]}
    return [f"{unit}_unit_reading" for unit in dict.fromkeys(UNITS.values()) if unit in units and unit != "points"]


def _finding(fit: Mapping[Any, Any], row: Row, own: pd.DataFrame, voice: Voice) -> str:
    kind, unit, way = kind_of_term(str(fit["focal_term"])), unit_of(fit), way_of(row)
    ends = shown_ends(fit, row)
    estimate, low, high = voice.written(ends, 1.0 if unit in RATIOS else 0.0)
    figures = {"estimate": estimate, "low": low, "high": high}
    outcome = voice.named(str(fit["outcome"]))
    if kind in ALONG:
        return voice.say(f"found_{kind}_{way}", route=_route(str(fit["focal_term"]), voice), **figures)
    if kind == DIFFERENCE:
        focal = _route(str(fit["focal_term"]), voice)
        return voice.say(f"found_difference_{way}", focal=focal, **_both_outcomes(fit, own, voice), **figures)
    beside = _beside_answer(fit, voice)
    what = voice.say(f"what_{unit}", outcome=outcome, category=voice.answer(row["category"]), beside=beside)
    pair = str(fit["focal_term"]).split(PRODUCT)
    if kind == "product" and unit == "points" and len(pair) == PAIR and has_ends(row):
        focal, other = map(voice.term, pair)
        return voice.say(f"found_pair_{way}", focal=focal, other=other, what=what, **figures)
    if not has_ends(row):
        return voice.say("found_without_ends", focal=voice.term(str(fit["focal_term"])), what=what)
    amount = "range" if way == "unclear" else "amount"
    of_kind = "factor" if kind == "product" and unit in RATIOS else "plain" if kind == "product" else unit
    told = voice.say(f"{amount}_{of_kind}", **figures)
    return voice.say(f"found_{kind}_{way}", focal=voice.term(str(fit["focal_term"])), what=what, told=told)


def _beside_answer(fit: Mapping[Any, Any], voice: Voice) -> str:
    reference = voice.reference(str(fit["variant"]))
    return voice.say("beside_answer", reference=reference) if reference else voice.say("beside_unnamed")


def _beside(fit: Mapping[Any, Any], rows: list[Row], own: pd.DataFrame, voice: Voice) -> Iterator[str]:
    """Yield what stands beside the finding: percentage points on the average, or the parts of a mediation."""
    focal = str(fit["focal_term"])
    average = [rows[0].get(each) for each in AVERAGE]
    if unit_of(fit) in ("odds", "inclination") and not any(pd.isna(each) for each in average):
        estimate, low, high = voice.points((float(average[0]), float(average[1]), float(average[2])))  # pyright: ignore[reportArgumentType]
        kind = "category" if kind_of_term(focal) == "category" else "number"
        yield voice.say(f"found_average_{kind}", estimate=estimate, low=low, high=high)
    if kind_of_term(focal) == "indirect":
        start, end = (focal.partition(": ")[2].split(ROUTE)[place] for place in (0, -1))
        parts = {name: own[own["term"] == f"{name}: {start}{ROUTE}{end}"].dropna(subset=list(ENDS)) for name in PARTS}
        if not any(each.empty for each in parts.values()):
            told = {name: _written(fit, _rows(each)[0], voice) for name, each in parts.items()}
            yield voice.say("found_in_all", **told)


PARTS = ("total", "direct")


def _written(fit: Mapping[Any, Any], row: Row, voice: Voice) -> str:
    estimate, low, high = voice.written(shown_ends(fit, row), 0.0)
    return voice.say("with_interval", estimate=estimate, low=low, high=high)


def _verdicts(fit: Mapping[Any, Any], rows: list[Row], voice: Voice) -> Iterator[str]:
    expected = str(fit["expected_sign"])
    if expected not in ("positive", "negative") or unit_of(fit) == "category_odds":
        return
    way = way_of(rows[0])
    if way == "unclear":
        yield voice.say("not_settled")
    else:
        yield voice.say("as_expected" if (expected == "positive") == (way == "up") else "against_expected")


def _route(term: str, voice: Voice) -> str:
    return voice.term(term).partition(": ")[2] or voice.term(term)


def _both_outcomes(fit: Mapping[Any, Any], own: pd.DataFrame, voice: Voice) -> dict[str, str]:
    """Return the titles of two outcomes, and how many points of each go with one point more."""
    focal = str(fit["focal_term"]).partition(": ")[2]
    found_terms = [str(term) for term in own["term"] if str(term).endswith(f"{ARROW}{focal}")]
    ordered = sorted(found_terms, key=lambda term: not term.startswith(f"{fit['outcome']}{ARROW}"))
    told: dict[str, str] = {}
    for place, term in zip(("first", "second"), ordered, strict=True):
        told[place] = voice.named(term.partition(ARROW)[0])
        told[f"of_{place}"] = _written(fit, _rows(own[own["term"] == term])[0], voice)
    return told


def _rows(frame: pd.DataFrame) -> list[Row]:
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
