"""Cell texts → answer, missing reason or broken rule: what the scan set aside, each different text once.

Put here what a text means by its column's plan; not where it came from.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from instruments.sections.response_scale import LARGEST_CODE, MissingReason
from instruments.spec import CLOSED_KINDS
from pipelines.readers.cells.days import day_of
from pipelines.readers.cells.marks import REASONS, broken_mark, filled_mark
from pipelines.readers.cells.texts import holds_marks
from pipelines.readers.plan import PlannedColumn, ReadingPlan, fold

_WHOLE_NUMBER = re.compile(r"([+-]?[0-9]{1,5})([.]0+)?")
_NUMBERS = {sign: re.compile(rf"[+-]?([0-9]+([{sign}][0-9]*)?|[{sign}][0-9]+)(e[+-]?[0-9]+)?") for sign in ".,"}
_SCHEMA = pa.schema(
    {
        "position": pa.int32(),
        "text": pa.string(),
        "code": pa.int16(),
        "number": pa.float64(),
        "day": pa.date32(),
        "words": pa.string(),
        "codes": pa.list_(pa.int16()),
        "mark": pa.int16(),
        "is_contradicted": pa.bool_(),
    }
)
_MOST_WAYS = 10
Piece = int | MissingReason
"""What an option of a list stands for: a code, or why there is no answer."""


@dataclass(frozen=True)
class Resolved:
    """What one text means: a value, a missing reason or a broken rule.

    Attributes:
        value: The answer.
        reason: Why there is none.
        rule: Rule that the text breaks.
        is_blank: Whether the text stands for an empty cell.
        is_contradicted: Whether an option that stands for no answer is picked beside the options of ``value``.
    """

    value: object = None
    reason: MissingReason | None = None
    rule: str | None = None
    is_blank: bool = False
    is_contradicted: bool = False


@dataclass(frozen=True)
class Meanings:
    """What the texts that a scan set aside mean.

    Attributes:
        rows: One row a column and text: position, text, and one of code, number, day, words, codes and mark; none of
            them for a text of blanks, which is an empty cell; ``is_contradicted`` beside codes.
        n_blank: Position → cells with nothing but blanks.
        may_be_broken: Positions of which some text breaks a rule.
        columns: Columns of which some text means something.
    """

    rows: pa.Table
    n_blank: Mapping[int, int]
    may_be_broken: frozenset[int]
    columns: tuple[PlannedColumn, ...]

    def updates(self, cells: str, resolved: str) -> list[str]:
        """Write the statements that put the meanings into the scanned cells.

        Args:
            cells: Table of the scanned cells.
            resolved: Table of place, position and what ``rows`` holds.
        """
        return [
            f"UPDATE {cells} SET {_assigned(column)} FROM {resolved} AS resolved WHERE resolved.place = {cells}.rowid "  # noqa: S608
            f"AND resolved.position = {column.position}"
            for column in self.columns
        ]


def understand_texts(plan: ReadingPlan, texts: Iterable[tuple[int, str, int]]) -> Meanings:
    """Say what texts mean.

    Args:
        plan: The plan.
        texts: Position, text, number of cells.
    """
    columns = {column.position: column for column in plan.columns}
    rows: list[dict[str, object]] = []
    n_blank: dict[int, int] = {}
    broken: set[int] = set()
    for position, text, n_cells in texts:
        meaning = resolve_text(columns[position], text, plan)
        row: dict[str, object] = {"position": position, "text": text}
        if meaning.is_contradicted:
            broken.add(position)
        if meaning.is_blank:
            n_blank[position] = n_blank.get(position, 0) + n_cells
        elif meaning.rule is not None:
            broken.add(position)
            row["mark"] = broken_mark(meaning.rule)
        elif meaning.reason is not None:
            row["mark"] = filled_mark(meaning.reason)
        else:
            row |= {_field(columns[position]): meaning.value, "is_contradicted": meaning.is_contradicted}
        rows.append(row)
    meant = {int(str(row["position"])) for row in rows if len(row) > 2}  # noqa: PLR2004 - more than position and text
    found = tuple(columns[position] for position in sorted(meant))
    return Meanings(pa.Table.from_pylist(rows, _SCHEMA), n_blank, frozenset(broken), found)


def resolve_text(column: PlannedColumn, text: str, plan: ReadingPlan) -> Resolved:
    """Say what a cell text means.

    A whole number that is no code of the item is passed on as it is, so that validation can name it; any other text
    that is no answer option breaks a rule.

    Args:
        column: The column's plan, with an item.
        text: The cell's text.
        plan: Its plan.
    """
    is_sign = fold(text) in column.blanks or fold(text) in column.opt_outs
    text = text if is_sign else unescaped(text, plan)
    folded = fold(text)
    if not folded or (is_sign and folded in column.blanks):
        return Resolved(reason=column.blank_means, is_blank=True)
    if folded in column.opt_outs and (is_sign or column.kind in CLOSED_KINDS):
        return Resolved(reason=column.opt_outs[folded])
    if column.kind in CLOSED_KINDS:
        return _closed(column, folded)
    if column.kind == "number":
        return _number(folded, column.decimal or plan.decimal, fold(column.unit))
    if column.kind == "date":
        day = day_of(folded, column.time_formats)
        return Resolved(rule="not_a_date") if day is None else Resolved(value=day)
    return Resolved(value=text.strip() if column.kind == "code" else text)


def unescaped(text: str, plan: ReadingPlan) -> str:
    """Return what a text stands for: escapes replaced from left to right, none of what they stand for again."""
    if not any(sign in text for sign in plan.escapes) and not text.startswith(tuple(plan.leading_escapes)):
        return text
    start = next((sign for sign in plan.leading_escapes if text.startswith(sign)), "")
    found = plan.leading_escapes[start] if start else ""
    signs = "|".join(map(re.escape, sorted(plan.escapes, key=len, reverse=True)))
    rest = text[len(start) :]
    return found + (re.sub(signs, lambda sign: plan.escapes[sign.group()], rest) if signs else rest)


def _closed(column: PlannedColumn, folded: str) -> Resolved:
    if column.kind == "choice":
        return _choice(column, folded)
    return _option(column, folded) if column.option else _picked(column, folded)


def _choice(column: PlannedColumn, folded: str) -> Resolved:
    if folded in column.codes:
        return Resolved(value=column.codes[folded])
    whole = _WHOLE_NUMBER.fullmatch(folded)
    if whole is None or abs(int(whole.group(1))) > LARGEST_CODE:
        return Resolved(rule="not_an_answer_option")
    number = int(whole.group(1))
    reason = column.opt_outs.get(str(number))
    return Resolved(value=number) if reason is None else Resolved(reason=reason)


def _number(folded: str, decimal: str, unit: str) -> Resolved:
    if not folded.endswith(unit):
        return Resolved(rule="not_a_number")
    folded = folded.removesuffix(unit).rstrip()
    if _NUMBERS[decimal].fullmatch(folded):
        number = float(folded.replace(decimal, "."))
        if math.isfinite(number):
            return Resolved(value=number)
    return Resolved(rule="not_a_number")


def _option(column: PlannedColumn, folded: str) -> Resolved:
    if folded in column.unticked:
        return Resolved(value=0)
    if not column.ticked or folded in column.ticked:
        return Resolved(value=1) if column.ticked_means is None else Resolved(reason=column.ticked_means)
    return Resolved(rule="not_an_answer_option")


def _picked(column: PlannedColumn, folded: str) -> Resolved:
    """Cut the text of a cell into answer options; labels may hold the separator themselves.

    Every way to cut the whole text into known options is looked at; they must agree on what was picked. Options that
    stand for no answer give the reason when they are all that was picked.
    """
    reasons_of: dict[str, Piece] = {text: reason for text, reason in column.opt_outs.items() if reason != "invalid"}
    pieces: dict[str, Piece] = {**reasons_of, **column.codes}
    ways = _ways(folded, pieces, fold(column.separator) or " ") if column.separator else None
    if ways is None:
        ways = {frozenset([pieces[folded]])} if folded in pieces else set()
    if not ways:
        return Resolved(rule="not_an_answer_option")
    if len(ways) > 1:
        return Resolved(rule="ambiguous_options")
    picked = next(iter(ways))
    codes = sorted(each for each in picked if isinstance(each, int))
    reasons = sorted({each for each in picked if not isinstance(each, int)}, key=REASONS.index)
    if reasons and not codes:
        return Resolved(reason=reasons[0])
    return Resolved(value=codes, is_contradicted=bool(reasons))


def _ways(text: str, pieces: Mapping[str, Piece], separator: str) -> set[frozenset[Piece]]:
    """Return the sets of options into which a text can be cut, a handful of them at most.

    An empty piece, as a trailing separator leaves it, is no option.
    """
    places = [place for place in range(len(text)) if text.startswith(separator, place)]
    starts = [0, *(place + len(separator) for place in places)]
    ends = [*places, len(text)]
    ways: list[set[frozenset[Piece]]] = [set() for _ in range(len(starts) + 1)]
    ways[-1] = {frozenset()}
    for first in reversed(range(len(starts))):
        for last in range(first, len(ends)):
            piece = text[starts[first] : ends[last]].strip()
            if piece in pieces or (not piece and first == last):
                picked: frozenset[Piece] = frozenset([pieces[piece]] if piece else [])
                ways[first] |= {picked | rest for rest in ways[last + 1]}
        ways[first] = set(sorted(ways[first], key=_as_texts)[:_MOST_WAYS])
    return ways[0]


def _as_texts(way: frozenset[Piece]) -> list[str]:
    return sorted(map(str, way))


def _field(column: PlannedColumn) -> str:
    if column.kind == "multiple_choice" and not column.option:
        return "codes"
    return {"choice": "code", "multiple_choice": "code", "number": "number", "date": "day"}.get(
        str(column.kind), "words"
    )


def _assigned(column: PlannedColumn) -> str:
    at = column.position
    if holds_marks(column):
        return f"v{at} = coalesce(resolved.code, resolved.mark)"
    return f"v{at} = resolved.{_field(column)}, m{at} = resolved.mark"
