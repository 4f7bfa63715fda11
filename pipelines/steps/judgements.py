"""Codings → what each coder judged of each answer and code, how far they agree, and what has to be looked at again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.codings.spec import CodingScheme
from models.coding.agreement import (
    cohen_kappa,
    count_values,
    gwet_ac1,
    krippendorff_alpha,
    pabak,
    percent_agreement,
)
from models.coding.resampling import alpha_interval
from models.estimates import Matrix
from models.origin import derive_seed
from pipelines.load_coding import ANY_ITEM, StudyCoding
from pipelines.tables.coding import AGREEMENT, RECODE_QUEUE

EVERY_CODE = ""
_ANSWER = ["response_id", "item"]
_LEAST_CODERS = 2
_PRESENT_OR_ABSENT = 2


@dataclass(frozen=True)
class Judgements:
    """What was judged.

    Attributes:
        answers: One row an answer (n): response_id, item, is_training.
        people: Coders, and the adjudicator last if there is one.
        codes: Codes of the present scheme.
        present: n answers, one layer a person, one column a code: 1 present, 0 absent, NaN not judged, or judged when
            the code had another meaning, or not to be judged of this question.
    """

    answers: pd.DataFrame
    people: tuple[str, ...]
    codes: tuple[str, ...]
    present: Matrix


def judge(codings: pd.DataFrame, coding: StudyCoding) -> Judgements:
    """Lay codings out as judgements; of several codings of a person and answer the one of the latest version counts.

    Args:
        codings: ``core.codings``; those without a wave are left out.
        coding: How the study codes.
    """
    latest = latest_codings(codings[codings["wave"].notna()], coding.scheme)
    answers = latest[_ANSWER].drop_duplicates().sort_values(_ANSWER).reset_index(drop=True)
    people, codes = coding.spec.people, tuple(coding.scheme.codes)
    answer = latest.groupby(_ANSWER, sort=True).ngroup().to_numpy(dtype=np.intp)
    person = np.array([people.index(coder) for coder in latest["coder"]], dtype=np.intp)
    code = pd.Index(codes).get_indexer(pd.Index(latest["code"]))
    values = np.full((len(answers), len(people), len(codes)), np.nan)
    values[answer, person] = 0.0
    is_given = code >= 0
    values[answer[is_given], person[is_given], code[is_given]] = 1.0
    for key, rows in latest.groupby(["scheme_version", "item"]).indices.items():
        closed = _closed(coding, *map(str, key))
        values[answer[rows][:, None], person[rows][:, None], closed] = np.nan
    trained = set(latest.loc[latest["round"] == "training", _ANSWER].itertuples(index=False, name=None))
    is_training = [key in trained for key in zip(answers["response_id"], answers["item"], strict=True)]
    return Judgements(answers.assign(is_training=is_training), people, codes, values)


def _closed(coding: StudyCoding, version: str, item: str) -> NDArray[np.intp]:
    """Return the places of codes that a coding says nothing of: they mean something else now, or are not for it."""
    scheme = coding.scheme
    closed = (scheme.is_outdated(code, version) or not coding.may_have(code, item) for code in scheme.codes)
    return np.flatnonzero(list(closed))


def latest_codings(codings: pd.DataFrame, scheme: CodingScheme) -> pd.DataFrame:
    """Keep of each person and answer the codings of the latest version of the scheme."""
    order = codings["scheme_version"].map({version: n for n, version in enumerate(scheme.versions)})
    newest = order.groupby([codings[name] for name in (*_ANSWER, "coder")]).transform("max")
    return codings[order == newest]


def resolve(judged: Judgements, coding: StudyCoding) -> Matrix:
    """Return what holds of each answer and code: the third person's word, else what all coders say alike.

    Returns:
        n answers, one column a code: 1, 0, NaN where coders differ and nobody decided, or nobody judged.
    """
    n_coders = len(coding.spec.coders)
    said = judged.present[:, :n_coders]
    n_said = (~np.isnan(said)).sum(axis=1)
    n_given = np.nansum(said, axis=1)
    agreed = np.where(n_said == 0, np.nan, np.where(n_given == n_said, 1.0, np.where(n_given == 0, 0.0, np.nan)))
    if coding.spec.adjudicator is None:
        return agreed
    decided = judged.present[:, n_coders]
    return np.where(np.isnan(decided), agreed, decided)


def agreement(judged: Judgements, coding: StudyCoding, study: str) -> pd.DataFrame:
    """Compute the agreement of coders: ``out.coding_agreement``.

    Args:
        judged: Judgements; the adjudicator's and those of the training round do not count.
        coding: How the study codes.
        study: Name of the study, from which the seeds of the intervals come.
    """
    rows: list[dict[str, object]] = []
    for item in (ANY_ITEM, *coding.spec.items):
        is_meant = ~judged.answers["is_training"].to_numpy(dtype=bool)
        if item:
            is_meant &= (judged.answers["item"] == item).to_numpy()
        values = judged.present[is_meant, : len(coding.spec.coders)]
        for code in (*coding.codes_of(item), EVERY_CODE):
            seed = derive_seed(study, "coding agreement", item, code)
            chosen = values if code == EVERY_CODE else values[:, :, [judged.codes.index(code)]]
            rows.append({"item": item, "code": code} | _figures(chosen, coding.scheme, seed))
    return AGREEMENT.typed(pd.DataFrame(rows, columns=list(AGREEMENT.columns)))


def _figures(values: Matrix, scheme: CodingScheme, seed: int) -> dict[str, object]:
    """Return the figures of judgements: answers, coders, codes; over several codes every answer and code is a unit."""
    n, n_coders, n_codes = values.shape
    ratings = values.transpose(0, 2, 1).reshape(n * n_codes, n_coders)
    is_double = (~np.isnan(ratings)).sum(axis=1) >= _LEAST_CODERS
    ratings, answers = ratings[is_double], np.repeat(np.arange(n), n_codes)[is_double]
    counts = count_values(ratings)
    alpha, agreed = krippendorff_alpha(counts), percent_agreement(counts)
    low, high = alpha_interval(counts, seed, answers=answers)
    kappa = cohen_kappa(ratings) if n_coders == _LEAST_CODERS else None
    share = float(np.nanmean(ratings, axis=1).mean()) if len(ratings) else np.nan
    edge = scheme.thresholds.extreme_prevalence
    n_used = len(np.unique(answers[np.nansum(ratings, axis=1) > 0]))
    return {
        "scheme_version": scheme.version,
        "n_answers": len(np.unique(answers)),
        "n_used": n_used,
        "percent_agreement": agreed,
        "kappa": kappa.estimate if kappa else np.nan,
        "kappa_low": kappa.conf_low if kappa else np.nan,
        "kappa_high": kappa.conf_high if kappa else np.nan,
        "alpha": alpha,
        "alpha_low": low,
        "alpha_high": high,
        "prevalence": share,
        "pabak": pabak(agreed, _PRESENT_OR_ABSENT),
        "ac1": gwet_ac1(counts, _PRESENT_OR_ABSENT),
        "is_extreme": bool(share < edge or share > 1 - edge),
        "is_used_enough": n_used >= scheme.protocol.least_used,
        "verdict": scheme.thresholds.verdict(alpha),
    }


def recode_queue(codings: pd.DataFrame, scheme: CodingScheme) -> pd.DataFrame:
    """List what has to be looked at again because a code changed, came or went, and proposals: ``core.recode_queue``.

    Args:
        codings: ``core.codings``.
        scheme: The scheme.
    """
    latest = latest_codings(codings[codings["wave"].notna()], scheme)
    reasons = {version: _reasons(scheme, version) for version in scheme.versions}
    found = [*_proposals(latest, scheme)]
    stale = latest[latest["scheme_version"].isin([version for version, codes in reasons.items() if codes])]
    for key, rows in stale.groupby([*_ANSWER, "coder", "scheme_version"], sort=True):
        response, item, coder, version = map(str, key)
        given = set(rows["code"])
        where = {"response_id": response, "item": item, "coder": coder, "coded_under": version, "note": ""}
        for code, reason in reasons[version].items():
            if reason != "removed" or code in given:
                found.append({**where, "code": code, "reason": reason, "was_given": code in given})
    rows = RECODE_QUEUE.typed(pd.DataFrame(found, columns=list(RECODE_QUEUE.columns)))
    return rows.sort_values(list(RECODE_QUEUE.key)).reset_index(drop=True)


def _reasons(scheme: CodingScheme, version: str) -> dict[str, str]:
    """Return the codes that have another meaning than under a version, with what happened to them since."""
    known = scheme.codes_of(version)
    outdated = (code for code in (*scheme.codes, *sorted(scheme.removed)) if scheme.is_outdated(code, version))
    return {code: "removed" if code in scheme.removed else "changed" if code in known else "added" for code in outdated}


def _proposals(latest: pd.DataFrame, scheme: CodingScheme) -> Iterator[dict[str, object]]:
    codes = [code for code, each in scheme.codes.items() if each.is_proposal]
    rows = latest[latest["code"].isin(codes)].rename(columns={"scheme_version": "coded_under"})
    rows = rows.drop_duplicates([*_ANSWER, "coder", "code", "note"])
    for row in rows[[*_ANSWER, "coder", "code", "coded_under", "note"]].to_dict("records"):
        yield {**{str(name): cell for name, cell in row.items()}, "reason": "proposal", "was_given": True}
