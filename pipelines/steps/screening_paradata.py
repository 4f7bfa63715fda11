"""Checks of what is known about the answering: time by page and in all, scores of the platform."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.screening import speed
from pipelines.sections.screening import FraudScore
from pipelines.steps.screening_form import Form, Verdict, judge

VALUES_OF_AN_ACTIVE_COLUMN = 2


def check_paradata(form: Form) -> Iterator[Verdict]:
    """Yield the verdict of every check that the form has data for."""
    yield from _pages(form)
    yield from _duration(form)
    yield from _scores(form)


def _pages(form: Form) -> Iterator[Verdict]:
    rows = form.paradata[(form.paradata["kind"] == "timing") & form.paradata["page"].notna()]
    if rows.empty:
        return
    wide = form.pivoted(rows, "name")
    seconds = wide.to_numpy(dtype=float, na_value=np.nan)
    n_pages = np.isfinite(speed.recorded(seconds)).sum(axis=1).astype(float)
    is_complete = (form.responses["disposition"] == "complete").to_numpy()
    ratio = speed.relative_speed(seconds, seconds[is_complete])
    why = np.where(n_pages > 0, "too_few_responses", "no_time").astype(object)
    yield judge(("relative_speed", ""), ratio, n_pages, form.rules.limit("relative_speed"), "above", why)
    yield from _fast_pages(form, wide)


def _fast_pages(form: Form, wide: pd.DataFrame) -> Iterator[Verdict]:
    per_item, share = form.rules.limit("seconds_per_item"), form.rules.limit("page_speed")
    if per_item is None:
        return
    named = [name for name in wide.columns if name in form.rules.pages]
    seconds = wide[named].to_numpy(dtype=float, na_value=np.nan)
    n_items = np.array([len(form.rules.pages[name]) for name in named], dtype=float)
    n_pages = np.isfinite(speed.recorded(seconds)).sum(axis=1).astype(float)
    limit = None if share is None else share * n_pages
    why = "no_time" if named else "no_pages_declared"
    yield judge(("page_speed", ""), speed.fast_pages(seconds, n_items, per_item), n_pages, limit, "from", why)


def _duration(form: Form) -> Iterator[Verdict]:
    seconds = form.responses["response_seconds"].to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(speed.recorded(seconds)).any():
        return
    is_complete = (form.responses["disposition"] == "complete").to_numpy()
    ratio = speed.relative_duration(seconds, seconds[is_complete])
    is_known = np.isfinite(speed.recorded(seconds))
    why = np.where(is_known, "too_few_responses", "no_time").astype(object)
    limit = form.rules.limit("total_duration")
    yield judge(("total_duration", ""), ratio, is_known.astype(float), limit, "below", why)


def _scores(form: Form) -> Iterator[Verdict]:
    rows = form.paradata[form.paradata["kind"].isin(["quality", "score"])]
    present = set(rows["name"])
    for name, rule in form.rules.every_fraud_score().items():
        if name in present or name in form.rules.fraud_scores:
            own = rows[rows["name"] == name].drop_duplicates("response_id").set_index("response_id")
            yield _score(name, rule, own.reindex(form.responses["response_id"]))


def _score(name: str, rule: FraudScore, cells: pd.DataFrame) -> Verdict:
    """Judge one column; the value is the number, or 1 for a text that is flagged and 0 for another."""
    number = cells["value"].to_numpy(dtype=float, na_value=np.nan)
    texts = cells["text"].str.strip().str.lower()
    texts = texts.fillna(cells["value"].map(lambda value: f"{value:g}", na_action="ignore").astype("str"))
    is_there = texts.notna().to_numpy()
    if rule.flag_texts:
        sought = [text.lower() for text in rule.flag_texts]
        number = np.where(is_there, texts.isin(sought).to_numpy(dtype=float), np.nan)
    why, threshold, side = "no_score", rule.flag_from, "from"
    if rule.flag_texts:
        threshold = 1.0
    elif rule.flag_below is not None:
        threshold, side = rule.flag_below, "below"
    if rule.only_if_it_varies and len(set(texts.dropna())) < VALUES_OF_AN_ACTIVE_COLUMN:
        number, why = np.full(len(number), np.nan), "inactive"
    return judge(("fraud_score", name), number, is_there.astype(float), threshold, side, why)
