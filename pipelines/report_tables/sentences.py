"""A fit → what it says of the regressor of interest, in sentences as APA prints them.

Never that one thing brings about another. Whether a connection is clear is read off its interval at the
model's confidence level.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.focal_term import focal_term
from models.sections.inference import FIGURES, OF_COUNTS, OF_ORDERED_OUTCOMES
from pipelines.report_tables.numerals import MOST_DECIMALS, MOST_IN_A_TABLE, NO_BREAK, decimals_for
from pipelines.report_tables.reported import LINEAR, ReportedFit
from pipelines.report_tables.summaries import ORGANISATION, covariance_in_words
from pipelines.report_tables.surfaces import congruence_sentence
from pipelines.report_tables.terms import Place
from pipelines.report_tables.words import Words

NAMES = {
    "logit": "log_odds",
    "firth_logit": "log_odds",
    "misclassified_logit": "log_odds",
    "multinomial": "log_odds",
    "ordered_logit": "log_odds",
    "probit": "probits",
}
NAMES |= {"ordered_probit": "probits", "poisson": "log_count", "negative_binomial": "log_count"}
NAMES |= {"mixed_logit": "log_odds", "mixed_ordered_logit": "log_odds", "mixed_ordered_probit": "probits"}
NAMES |= {"gee_logit": "log_odds", "gee_poisson": "log_count"}
NAMES |= {each: each for each in FIGURES}
RATIOS = {"log_odds": "ratio_odds", "log_count": "ratio_counts"}


def sentences_of(fit: ReportedFit, words: Words) -> list[str]:
    """Say what a fit found of its focal regressor and of products with it.

    Returns:
        A sentence or two for every focal term; of a curve or surface only that its terms belong together, and of a
        recorded surface which conditions of congruence are not met.
    """
    by_term, said = fit.estimates.set_index("term"), list[str]()
    for term in fit.focal_terms():
        figures, place = by_term.loc[term], fit.places[term]
        if not math.isfinite(float(figures["estimate"])):
            continue
        if place.kind in ("curve", "surface"):
            said.append(words.say(place.kind, focal=place.label.partition(", ")[0]))
            continue
        said.append(" ".join([_finding(fit, figures, place, words), *_beside(fit, term, figures, words)]))
    return [*dict.fromkeys(said), *congruence_sentence(fit, words)]


def _finding(fit: ReportedFit, figures: pd.Series, place: Place, words: Words) -> str:
    if place.kind == "product":
        return _of_product(fit, place, figures, words)
    if place.kind == "contrast":
        term = f"{place.variable}: {place.label}" if place.variable else place.label
        return words.say("term_figures", term=term, figures=_figures(fit, figures, words))
    told, direction = _figures(fit, figures, words), _direction(figures)
    outcome = _named(words.variable(fit.spec.outcome), words)
    if place.kind == "category":
        key = {"more": "category_more", "less": "category_less"}.get(direction, "category_no_clear")
        sentence = words.say(
            key, reference=place.reference, category=place.label, variable=place.variable, outcome=outcome, figures=told
        )
    else:
        key = {"more": "went_with_more", "less": "went_with_less"}.get(direction, "no_clear")
        sentence = words.say(key, focal=_titled(place.label, words), outcome=outcome, figures=told)
    if not place.others:
        return sentence
    where = "at_average" if place.is_centred else "at_nought"
    return words.say(
        where, others=words.listed([_named(each, words) for each in place.others]), sentence=_lower(sentence)
    )


def _of_product(fit: ReportedFit, place: Place, figures: pd.Series, words: Words) -> str:
    """Say whether the connection of the focal regressor changes with another; of other products only the figures."""
    told = _figures(fit, figures, words)
    titles = [each.label for each in fit.places.values() if each.block == "focal" and each.kind == "number"]
    if len(place.others) != 1 or not titles or ": " in place.label:
        return words.say("term_figures", term=place.label, figures=told)
    key = {"more": "connection_rose", "less": "connection_fell"}.get(_direction(figures), "connection_same")
    return words.say(
        key,
        focal=_named(titles[0], words),
        outcome=_named(words.variable(fit.spec.outcome), words),
        other=_named(place.others[0], words),
        figures=told,
    )


def _direction(figures: pd.Series) -> str:
    if pd.isna(figures["conf_low"]) or pd.isna(figures["conf_high"]):
        return "unclear"
    if figures["conf_low"] > 0:
        return "more"
    return "less" if figures["conf_high"] < 0 else "unclear"


def _figures(fit: ReportedFit, figures: pd.Series, words: Words) -> str:
    """Write estimate, interval, test and what they rest on, as APA prints them."""
    numerals, parts = words.numerals, list[str]()
    decimals = _decimals(fit, figures)
    name = words.say(NAMES.get(fit.estimator, "b"))
    parts.append(f"{name} = {numerals.plain(float(figures['estimate']), decimals)}")
    if pd.notna(figures["conf_low"]) and pd.notna(figures["conf_high"]):
        ends = numerals.interval(float(figures["conf_low"]), float(figures["conf_high"]), decimals)
        parts.append(words.say("interval", level=numerals.per_cent(fit.level), interval=ends))
    if "statistic" in figures.index and pd.notna(figures["statistic"]):
        parts.append(f"{_statistic(figures, words)} = {numerals.plain(float(figures['statistic']), 2)}")
    if pd.notna(figures["p_value"]):
        parts.append(f"p {numerals.p_value(float(figures['p_value']))}")
    between = "; " if numerals.mark == "," else ", "
    return f"{between.join(parts)} {_origin(fit, words)}"


def _decimals(fit: ReportedFit, figures: pd.Series) -> int:
    """Return as many decimals as show the standard error, and no end of the interval as nought that is not."""
    most = MOST_IN_A_TABLE if fit.is_released else MOST_DECIMALS
    decimals = decimals_for([float(figures["std_error"])], most)
    ends = [float(figures[name]) for name in ("conf_low", "conf_high")]
    is_hidden = any(end != 0 and round(end, decimals) == 0 for end in ends)
    return min(decimals + 1, most) if is_hidden else decimals


def _statistic(figures: pd.Series, words: Words) -> str:
    return f"t({words.numerals.degrees(float(figures['df']))})" if pd.notna(figures["df"]) else "z"


def _origin(fit: ReportedFit, words: Words) -> str:
    """Say on which covariance, how many clusters or responses, and which kind of test a figure rests."""
    is_clustered = fit.n_clusters is not None
    n = fit.n_clusters if fit.n_clusters is not None else fit.n_obs
    count = words.numerals.whole(n)
    key = "origin_responses"
    if is_clustered:
        key = "origin_organisations" if fit.spec.clusters() == (ORGANISATION,) else "origin_clusters"
    told = words.say(key, n=words.say("about", n=count) if fit.is_released else count)
    return words.say("origin", parts=f"{covariance_in_words(fit, words)}, {told}; {_lower(words.say(fit.label))}")


def _beside(fit: ReportedFit, term: str, figures: pd.Series, words: Words) -> Iterator[str]:
    """Yield the adjusted p-value, average effects, and the verdict against the smallest effect of interest."""
    if fit.holm_p is not None and fit.n_in_family > 1 and term == focal_term(fit.spec):
        yield words.say("adjusted", p=words.numerals.p_value(fit.holm_p), family=fit.family)
    if fit.estimator not in LINEAR:
        yield from _ratio(fit, term, figures, words)
        yield from _average_effects(fit, term, words)
    verdict, smallest = fit.reading(term, "equivalence"), fit.spec.smallest_effect_of_interest
    if verdict is None or smallest is None or not verdict["verdict"]:
        return
    numerals, decimals = words.numerals, _decimals(fit, figures)
    low, high = (float(str(verdict[end])) for end in ("conf_low", "conf_high"))
    yield words.say(
        f"verdict_{verdict['verdict']}",
        effect=numerals.plain(smallest, max(decimals, 2)),
        p=numerals.p_value(float(str(verdict["value"]))),
        level=numerals.per_cent(2 * fit.level - 1),
        interval=numerals.interval(low, high, decimals),
    )


def _ratio(fit: ReportedFit, term: str, figures: pd.Series, words: Words) -> Iterator[str]:
    """Yield the exponential of a coefficient that is a logarithm, with its interval; not of a product."""
    key = RATIOS.get(NAMES.get(fit.estimator, ""))
    if key is None or fit.places[term].kind == "product":
        return
    with np.errstate(over="ignore"):
        value, low, high = (float(np.exp(figures[name])) for name in ("estimate", "conf_low", "conf_high"))
    if math.isfinite(value + low + high):
        yield words.say(key, figures=_with_interval(fit, (value, low, high), 2, words))


def _average_effects(fit: ReportedFit, term: str, words: Words) -> Iterator[str]:
    effects = fit.effects()
    own = effects[effects["term"] == term]
    if fit.estimator in OF_ORDERED_OUTCOMES:
        own = own.tail(1)
    for row in own.to_dict("records"):
        low, high, value = (float(row[name]) for name in ("conf_low", "conf_high", "value"))
        decimals = decimals_for([(high - low) / 4], MOST_DECIMALS)
        told = _with_interval(fit, (value, low, high), decimals, words)
        key = "effect_count" if fit.estimator in OF_COUNTS else "effect_value" if row["on"] else "effect_probability"
        yield words.say(key, figures=told, value=row["on"])


def _with_interval(fit: ReportedFit, figures: tuple[float, float, float], decimals: int, words: Words) -> str:
    value, low, high = figures
    ends = words.numerals.interval(low, high, decimals)
    between = "; " if words.numerals.mark == "," else ", "
    told = words.say("interval", level=words.numerals.per_cent(fit.level), interval=ends)
    return f"{words.numerals.plain(value, decimals)}{between}{told}"


def _titled(label: str, words: Words) -> str:
    """Return a label that begins a sentence; the wording of a question in quotation marks."""
    return _quoted(label, words) or label[:1].upper() + label[1:]


def _named(label: str, words: Words) -> str:
    """Return a label within a sentence: a title with a small letter, the wording of a question in quotation marks."""
    return _quoted(label, words) or _lower(label)


def _quoted(label: str, words: Words) -> str:
    """Put the wording of a question in quotation marks, what follows it in parentheses not; empty for a title."""
    wording, parenthesis, rest = label.rpartition(" (") if label.endswith(")") else (label, "", "")
    if not wording.endswith((".", "?", "!", ":", "…")):
        return ""
    return words.say("quoted", text=wording) + parenthesis + rest


def _lower(text: str) -> str:
    """Write the first letter small, unless the first word is an abbreviation or a lone letter."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def without_breaks(sentence: str) -> str:
    """Return a sentence with plain blanks, for a terminal."""
    return sentence.replace(NO_BREAK, " ")
