"""Who codes which answer: the training round, the random share that is coded twice, the rest once.

Put here the draw; it follows from names alone, so that the same answers are drawn again whenever it is asked.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence

import pandas as pd

from instruments.codings.spec import Protocol
from pipelines.load_coding import StudyCoding

MOST_TRAINING_SHARE = 5
PLAN = ["response_id", "item", "coder", "round", "is_double"]


def plan_coding(
    answers: pd.DataFrame, done: pd.DataFrame, coding: StudyCoding, study: str, waves: Sequence[str]
) -> pd.DataFrame:
    """Say who codes which answer.

    The training round is the first ``training`` answers in the order of the draw, a fifth of all at most; it stays as
    it is once somebody has coded it. Of the other answers to a question, those of the first wave with any follow the
    protocol, and of each later wave the share for drift is coded twice. Whoever coded an answer already is among those
    it is given to, so that answers may arrive later without work being done again.

    Args:
        answers: ``core.open_answers`` of the coded questions and analysed responses.
        done: ``core.codings`` so far.
        coding: How the study codes.
        study: Name of the study; with question and response it decides the order of the draw.
        waves: Waves in order.

    Returns:
        One row an answer and coder: response_id, item, coder, round, is_double.
    """
    drawn = answers.assign(
        ticket=[_ticket(study, *map(str, key)) for key in zip(answers["item"], answers["response_id"], strict=True)]
    ).sort_values("ticket", ignore_index=True)
    training = _training(drawn, done, coding)
    is_training = pd.Series([key in training for key in _keys(drawn)], index=drawn.index, dtype=bool)
    coders = _coders_so_far(done, coding)
    rows = [*_trained(drawn[is_training], coding)]
    rest = drawn[~is_training]
    for item in coding.spec.items:
        is_first = True
        for wave in waves:
            batch = rest[(rest["item"] == item) & (rest["wave"] == wave)]
            if len(batch):
                n_double = n_coded_twice(coding.scheme.protocol, len(batch), is_first=is_first)
                rows += _given(batch, n_double, coders, coding)
                is_first = False
    return pd.DataFrame(rows, columns=PLAN)


def n_coded_twice(protocol: Protocol, n: int, *, is_first: bool) -> int:
    """Return how many of n answers to a question are coded twice: of the first batch, or of a later one for drift."""
    if not is_first:
        return math.ceil(protocol.drift_share * n)
    return n if n <= protocol.all_up_to else min(n, max(math.ceil(protocol.share * n), protocol.least))


def _ticket(*names: str) -> int:
    return int.from_bytes(hashlib.sha256(json.dumps(names).encode()).digest()[:8], "big")


def _keys(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(rows["response_id"], rows["item"], strict=True)


def _training(drawn: pd.DataFrame, done: pd.DataFrame, coding: StudyCoding) -> set[tuple[str, str]]:
    trained = done[done["round"] == "training"]
    if len(trained):
        return set(_keys(trained))
    wanted = coding.scheme.protocol.training if coding.spec.training is None else coding.spec.training
    return set(_keys(drawn.head(min(wanted, len(drawn) // MOST_TRAINING_SHARE))))


def _trained(rows: pd.DataFrame, coding: StudyCoding) -> Iterator[tuple[str, str, str, str, bool]]:
    for response, item in _keys(rows):
        yield from ((response, item, coder, "training", True) for coder in coding.spec.coders)


def _coders_so_far(done: pd.DataFrame, coding: StudyCoding) -> dict[tuple[str, str], list[str]]:
    own = done[done["coder"].isin(coding.spec.coders)]
    found: dict[tuple[str, str], list[str]] = {}
    for coder in sorted(set(own["coder"])):
        for key in dict.fromkeys(_keys(own[own["coder"] == coder])):
            found.setdefault(key, []).append(coder)
    return found


def _given(
    batch: pd.DataFrame, n_double: int, so_far: dict[tuple[str, str], list[str]], coding: StudyCoding
) -> Iterator[tuple[str, str, str, str, bool]]:
    coders = coding.spec.coders
    for number, ((response, item), ticket) in enumerate(zip(_keys(batch), batch["ticket"], strict=True)):
        is_double = number < n_double
        turned = [coders[(int(ticket) + step) % len(coders)] for step in range(len(coders))]
        known = so_far.get((response, item), [])
        n = max(len(known), coding.scheme.protocol.coders if is_double else 1)
        for coder in list(dict.fromkeys([*known, *turned]))[:n]:
            yield response, item, coder, "main", is_double
