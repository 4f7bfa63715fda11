"""What is screened together: the analysed responses to one source's questionnaire, its blocks, and how checks judge.

A source is one form: everyone saw the same items, so that its responses are one sample. Put here what every check
needs; the checks are in ``screening_answers`` and ``screening_paradata``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.spec import Instrument
from models.estimates import Matrix, Vector
from pipelines.sections.screening import CheckName, Screening
from pipelines.sections.sources import Source

Side = Literal["from", "above", "below"]
Reasons = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Block:
    """Items with one response scale that were shown together.

    Attributes:
        name: Its name.
        items: Items in the order shown.
        has_reversed: Whether a scale reverse-scores one of them but not all.
        lowest: Smallest code of the response scale.
        highest: Largest code.
    """

    name: str
    items: tuple[str, ...]
    has_reversed: bool
    lowest: int
    highest: int


@dataclass(frozen=True, eq=False)
class Form:
    """One source of one wave.

    Attributes:
        responses: Analysed responses of the source: rows of ``core.responses``.
        answers: Their rows of ``core.answers``, in the same order.
        paradata: Their rows of ``core.paradata``, in any order.
        instruments: Instruments the source administered.
        blocks: Blocks with the items that anyone answered.
        rules: The study's screening.
    """

    responses: pd.DataFrame
    answers: pd.DataFrame
    paradata: pd.DataFrame
    instruments: Sequence[Instrument]
    blocks: tuple[Block, ...]
    rules: Screening

    def codes(self, items: Sequence[str]) -> Matrix:
        """Return the answers to some items: one row a response, missing as NaN."""
        return self.answers[list(items)].to_numpy(dtype=float, na_value=np.nan)

    def pivoted(self, rows: pd.DataFrame, column: str) -> pd.DataFrame:
        """Spread paradata: one row a response, in the order of ``responses``, one column a text of ``column``."""
        wide = rows.pivot_table(index="response_id", columns=column, values="value", aggfunc="first")
        return wide.reindex(self.responses["response_id"])


@dataclass(frozen=True, eq=False)
class Verdict:
    """What one check says of every response of a form; all parts have length n.

    Attributes:
        check_name: The check.
        block: Block, item or column; empty for the response as a whole.
        value: NaN where it cannot be computed.
        threshold: NaN without a limit.
        is_flagged: 1 or 0; NaN where the check cannot say.
        n_used: Answers, pairs, scales or pages behind the value.
        reason: Why ``is_flagged`` is NaN; None elsewhere.
    """

    check_name: CheckName
    block: str
    value: Vector
    threshold: Vector
    is_flagged: Vector
    n_used: Vector
    reason: Reasons


def build_form(
    source: Source, instruments: Sequence[Instrument], tables: Mapping[str, pd.DataFrame], rules: Screening
) -> Form:
    """Put together what is known of the analysed responses of one source.

    Args:
        source: Its settings.
        instruments: Instruments it administered.
        tables: ``responses`` (analysed, of the source), ``answers`` and ``paradata`` (any rows).
        rules: The study's screening.
    """
    responses = tables["responses"].sort_values("response_id").reset_index(drop=True)
    answers = tables["answers"].set_index("response_id").reindex(responses["response_id"]).reset_index()
    paradata = tables["paradata"]
    paradata = paradata[paradata["response_id"].isin(responses["response_id"])]
    absent = {*source.not_administered, *source.constants}
    shown = {name for name in answers.columns if name not in absent and answers[name].notna().any()}
    blocks = (_without_absent(block, shown) for block in blocks_of(instruments, rules))
    kept = tuple(block for block in blocks if len(block.items) > 1)
    return Form(responses, answers, paradata, instruments, kept, rules)


def blocks_of(instruments: Sequence[Instrument], rules: Screening) -> Iterator[Block]:
    """Yield the study's blocks, or the ones that the instruments suggest when it declares none.

    A block is a run of neighbouring items of an instrument that share an ordered response scale, at least one of which
    belongs to a scale. It is called as the instrument and the response scale, with 2, 3 … when there are several.
    """
    if rules.blocks:
        for name, items in rules.blocks.items():
            owner = next((each for each in instruments if items[0] in each.items), None)
            if owner is not None:
                yield _block(owner, name, [item for item in items if item in owner.items])
        return
    for instrument in instruments:
        taken: dict[str, int] = {}
        scored = {item for scale in instrument.scales.values() for item in scale.items}
        for key, members in groupby(instrument.items, key=lambda name: _shared_scale(instrument, name)):
            items = list(members)
            if key is not None and scored & set(items):
                taken[key] = taken.get(key, 0) + 1
                number = f"_{taken[key]}" if taken[key] > 1 else ""
                yield _block(instrument, f"{instrument.name}_{key}{number}", items)


def judge(
    place: tuple[CheckName, str],
    value: Vector,
    n_used: Vector,
    threshold: Vector | float | None,
    side: Side,
    why_missing: str | Reasons,
) -> Verdict:
    """Compare values with a limit; without a value or a limit the check says nothing.

    Args:
        place: Check and block.
        value: Length n, NaN where it cannot be computed.
        n_used: Length n.
        threshold: One for all, or length n; None for no limit.
        side: ``from``: flags at the limit and above; ``above``; ``below``.
        why_missing: Reason where the value is NaN.
    """
    limits = np.full(len(value), np.nan if threshold is None else threshold, dtype=float)
    with np.errstate(invalid="ignore"):
        beyond = {"from": value >= limits, "above": value > limits, "below": value < limits}[side]
    judged = np.isfinite(value) & np.isfinite(limits)
    reason = np.full(len(value), None, dtype=object)
    reason[~judged] = np.where(np.isfinite(value), "no_limit", why_missing)[~judged]
    return Verdict(*place, value, limits, np.where(judged, beyond.astype(float), np.nan), n_used, reason)


def unless_flagged(verdict: Verdict, cannot_say: npt.NDArray[np.bool_], reason: str) -> Verdict:
    """Take back the passes of responses that the check could not have flagged."""
    taken_back = cannot_say & (verdict.is_flagged == 0)
    return Verdict(
        verdict.check_name,
        verdict.block,
        verdict.value,
        verdict.threshold,
        np.where(taken_back, np.nan, verdict.is_flagged),
        verdict.n_used,
        np.where(taken_back, reason, verdict.reason),
    )


def _shared_scale(instrument: Instrument, name: str) -> str | None:
    scale = instrument.response_scale_of(name)
    is_matrix = instrument.items[name].kind == "choice" and scale is not None and scale.ordered
    return instrument.items[name].response_scale if is_matrix else None


def _block(instrument: Instrument, name: str, items: list[str]) -> Block:
    scales = [scale for item in items if (scale := instrument.response_scale_of(item)) is not None]
    has_reversed = any(
        0 < len(set(scale.reverse_scored) & set(items)) < len(set(scale.items) & set(items))
        for scale in instrument.scales.values()
    )
    lowest, highest = min(each.lowest for each in scales), max(each.highest for each in scales)
    return Block(name, tuple(items), has_reversed, lowest, highest)


def _without_absent(block: Block, shown: set[str]) -> Block:
    items = tuple(item for item in block.items if item in shown)
    return Block(block.name, items, block.has_reversed, block.lowest, block.highest)
