"""Checks of the answers themselves: runs, spread, distance, consistency, attention checks, copies."""

from collections.abc import Iterator

import numpy as np

from instruments.scoring import keyed_items
from models.estimates import Matrix, Vector
from models.screening import consistency, correlations, distance, duplicates, runs, spread
from pipelines.steps.screening_form import Block, Form, Reasons, Verdict, judge, unless_flagged

ITEMS_OF_A_MATRIX = 5
SHORTEST_RUN = 6


def check_answers(form: Form) -> Iterator[Verdict]:
    """Yield the verdict of every check of answers, block by block."""
    for block in form.blocks:
        codes = _in_order_shown(form, block)
        yield from _runs(form, block, codes)
        yield from _unusual(form, block, codes)
    for name, blocks in _by_points(form.blocks).items():
        yield from _pairs(form, name, form.codes([item for block in blocks for item in block.items]))
        yield from _halves(form, name, blocks)
    yield from _attention(form)
    items = [item for block in form.blocks for item in block.items]
    if len(items) >= duplicates.FEWEST_COMPARED:
        yield _copies(form, form.codes(items))


def _in_order_shown(form: Form, block: Block) -> Matrix:
    """Return the answers to a block in the order in which each response saw them, where the export says so."""
    codes = form.codes(block.items)
    rows = form.paradata[form.paradata["kind"] == "display_order"]
    rows = rows[rows["page"].isin(list(block.items))]
    if rows.empty:
        return codes
    positions = form.pivoted(rows, "page").reindex(columns=list(block.items))
    return runs.in_order_shown(codes, positions.to_numpy(dtype=float, na_value=np.nan))


def _runs(form: Form, block: Block, codes: Matrix) -> Iterator[Verdict]:
    n_answered, n_items = _n_answered(codes), codes.shape[1]
    share = form.rules.limit("longstring")
    limit = None if share is None else max(share * n_items, SHORTEST_RUN)
    found = judge(("longstring", block.name), runs.longest_run(codes), n_answered, limit, "from", "no_answer")
    yield unless_flagged(found, n_answered < found.threshold, _why_out_of_reach(limit, n_items))
    average = runs.mean_run(codes)
    limit = form.rules.limit("average_string")
    yield judge(("average_string", block.name), average, n_answered, limit, "from", "no_answer")
    if block.has_reversed or n_items >= ITEMS_OF_A_MATRIX:
        why = np.where(n_answered > 0, "missing_answers", "no_answer").astype(object)
        limit = form.rules.limit("straight_line")
        yield judge(("straight_line", block.name), runs.straight_line(codes), n_answered, limit, "from", why)


def _unusual(form: Form, block: Block, codes: Matrix) -> Iterator[Verdict]:
    n_answered = _n_answered(codes)
    variability = spread.response_variability(codes)
    limit = form.rules.limit("response_variability")
    yield judge(("response_variability", block.name), variability, n_answered, limit, "below", "too_few_answers")
    for check, found in (
        ("mahalanobis", distance.mahalanobis(codes)),
        ("mahalanobis_observed", distance.observed_mahalanobis(codes)),
    ):
        probability = form.rules.limit(check)
        limits = None if probability is None else distance.chi_square_limit(found.df, probability)
        why = np.where(n_answered > 0, "too_few_responses", "no_answer").astype(object)
        verdict = judge((check, block.name), found.squared, n_answered, limits, "above", why)
        has_holes = n_answered < codes.shape[1]
        yield unless_flagged(verdict, has_holes, "missing_answers") if check == "mahalanobis" else verdict
    within = consistency.person_total(codes)
    limit = form.rules.limit("person_total")
    why = _why_no_correlation(within, "too_few_answers")
    yield judge(("person_total", block.name), within.r, within.n_pairs, limit, "below", why)


def _by_points(blocks: tuple[Block, ...]) -> dict[str, list[Block]]:
    """Group blocks by the range of their codes: answers on different ranges are not correlated within a response."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        found.setdefault(f"points_{block.lowest}_to_{block.highest}", []).append(block)
    return found


def _pairs(form: Form, name: str, codes: Matrix) -> Iterator[Verdict]:
    strong, opposed = form.rules.limit("synonym_pairs"), form.rules.limit("antonym_pairs")
    if strong is not None:
        within = consistency.within_pairs(codes, consistency.synonym_pairs(codes, strong))
        limit, why = form.rules.limit("synonyms"), _why_no_correlation(within, "too_few_pairs")
        yield judge(("synonyms", name), within.r, within.n_pairs, limit, "below", why)
    if opposed is not None:
        within = consistency.within_pairs(codes, consistency.antonym_pairs(codes, opposed))
        limit, why = form.rules.limit("antonyms"), _why_no_correlation(within, "too_few_pairs")
        yield judge(("antonyms", name), within.r, within.n_pairs, limit, "above", why)


def _halves(form: Form, name: str, blocks: list[Block]) -> Iterator[Verdict]:
    scales = _scales_apart(form, {item for block in blocks for item in block.items})
    if len(scales) >= correlations.FEWEST_PAIRS:
        within = consistency.even_odd(scales)
        limit, why = form.rules.limit("even_odd"), _why_no_correlation(within, "too_few_scales")
        yield judge(("even_odd", name), within.r, within.n_pairs, limit, "above", why)


def _scales_apart(form: Form, items: set[str]) -> list[Matrix]:
    """Return the keyed answers of scales within some items; of scales that share an item the smaller one counts."""
    found: list[Matrix] = []
    used: set[str] = set()
    sized = [(len(scale.items), name, each) for each in form.instruments for name, scale in each.scales.items()]
    for n_items, name, instrument in sorted(sized, key=lambda scale: scale[0]):
        own = set(instrument.scales[name].items)
        if n_items >= consistency.FEWEST_IN_A_SCALE and own <= items and not own & used:
            used |= own
            keyed = keyed_items(form.answers, instrument, name)
            found.append(keyed.to_numpy(dtype=float, na_value=np.nan))
    return found


def _attention(form: Form) -> Iterator[Verdict]:
    for item, check in form.rules.attention_checks.items():
        if item in form.answers.columns and form.answers[item].notna().any():
            given = form.codes([item])[:, 0]
            is_there = np.isfinite(given)
            failed = np.where(is_there, (~np.isin(given, check.expected)).astype(float), np.nan)
            yield judge(("attention_check", item), failed, is_there.astype(float), 1.0, "from", "no_answer")


def _copies(form: Form, codes: Matrix) -> Verdict:
    n_answered = _n_answered(codes)
    varies = runs.highest(codes) > runs.lowest(codes)
    why = np.where(n_answered < duplicates.FEWEST_COMPARED, "too_few_answers", "not_comparable").astype(object)
    why[(n_answered >= duplicates.FEWEST_COMPARED) & ~varies] = "no_variance"
    limit = form.rules.limit("identical_answers")
    return judge(("identical_answers", ""), duplicates.largest_match(codes), n_answered, limit, "from", why)


def _n_answered(codes: Matrix) -> Vector:
    return np.isfinite(codes).sum(axis=1).astype(float)


def _why_out_of_reach(limit: float | None, n_items: int) -> str:
    return "too_few_items" if limit is not None and limit > n_items else "too_few_answers"


def _why_no_correlation(within: correlations.WithinResponse, too_few: str) -> Reasons:
    return np.where(within.n_pairs < correlations.FEWEST_PAIRS, too_few, "no_variance").astype(object)
