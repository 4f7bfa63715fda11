"""A reading plan and counts of cells → a draft of the items, response scales and scales that an export seems to hold.

Every guess carries its evidence, for a person to check; nothing is decided by it. Put here what is proposed; the
files that hold it are written in ``draft_files``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from instruments.counted import counted
from instruments.spec import ItemKind, option_column
from pipelines.readers.drafts.batteries import are_numbered, find_batteries
from pipelines.readers.drafts.scales import (
    DraftPoint,
    DraftResponseScale,
    are_numbers,
    codes_of,
    decimal_sign,
    scale_from_options,
    scale_from_texts,
    with_other_texts,
)
from pipelines.readers.headers import plain_name
from pipelines.readers.inspection import CellCounts, ColumnCounts, proposed_roles
from pipelines.readers.plan import PlannedColumn, ReadingPlan, Role, fold
from pipelines.readers.structure import QuestionKind

MOST_OPTIONS = 25
LEAST_SCALE_ITEMS, FEWEST_SCALE_POINTS = 3, 3
_LONGEST_NAME = 40
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ASKED: tuple[Role, ...] = ("item", "multiple_choice_option", "open_text")


@dataclass(frozen=True)
class DraftItem:
    """One item and the column or columns that hold it.

    Attributes:
        name: Its name in the instrument.
        columns: Columns that hold it: one, or for split options code → column.
        text: The question.
        kind: What its answers are.
        response_scale: Name of its response scale.
        is_personal_data: Whether it may identify a person.
        battery: What its siblings share.
        guess: What was guessed and from what.
    """

    name: str
    columns: str | Mapping[int, str]
    text: str
    kind: ItemKind
    response_scale: str | None = None
    is_personal_data: bool = False
    battery: str = ""
    guess: str = ""


@dataclass(frozen=True)
class DraftScale:
    """Items that may measure one thing, and why they may."""

    name: str
    items: tuple[str, ...]
    guess: str


@dataclass(frozen=True)
class Draft:
    """What an export seems to hold.

    Attributes:
        items: Items in the order of the file.
        response_scales: Response scales by name.
        scales: Candidate scales.
        personal: Columns that identify people; they are not read.
        left_out: Columns that are no question, with their role.
        decimal: Decimal sign of the numbers.
    """

    items: tuple[DraftItem, ...]
    response_scales: Mapping[str, DraftResponseScale]
    scales: tuple[DraftScale, ...]
    personal: tuple[str, ...] = ()
    left_out: Mapping[str, Role] = field(default_factory=dict[str, "Role"])
    decimal: str = "."


@dataclass
class _Names:
    """Gives names that are legal and unique whatever their capitals, and that no column of a response has."""

    taken: set[str]

    def of(self, wanted: str, position: int) -> str:
        plain = plain_name(wanted)
        if not plain or len(plain) > _LONGEST_NAME:
            plain = f"q{position}"
        name, count = plain, 1
        while name.lower() in self.taken:
            count += 1
            name = f"{plain}_{count}"
        self.taken.add(name.lower())
        return name


def draft_of(plan: ReadingPlan, counts: CellCounts, taken: Iterable[str]) -> Draft:
    """Propose items, response scales and scales.

    Args:
        plan: The plan, made without a study.
        counts: Rows and cells of the export.
        taken: Names that columns of every response have.

    Returns:
        The draft; items without answer options that could be found are open text, numbers or codes.
    """
    roles = proposed_roles(plan, counts)
    names = _Names({name.lower() for name in taken})
    keys = set(plan.keys.values())
    asked = [
        column
        for column in plan.columns
        if roles[column.position] in _ASKED and not column.is_personal_data and column.name not in keys
    ]
    scales: dict[str, DraftResponseScale] = {}
    items: list[DraftItem] = []
    for group in _questions(asked, roles):
        item, scale = _item(group, roles, counts, names)
        items.append(_with_scale(item, scale, scales, names) if scale else item)
    texts = {column.name: _texts(counts.columns[column.position]) for column in asked}
    decimal, items = _with_one_sign(plan, items, {c.name: texts[c.name] for c in asked if not c.decimal})
    items = _joined_batteries(items, scales, texts, names)
    return Draft(
        items=tuple(items),
        response_scales={name: scale for name, scale in scales.items() if any(i.response_scale == name for i in items)},
        scales=tuple(_scales(items, scales, names)),
        personal=tuple(column.name for column in plan.columns if column.is_personal_data),
        left_out={
            column.name: roles[column.position]
            for column in plan.columns
            if column not in asked and not column.is_personal_data and column.name not in keys
        },
        decimal=decimal,
    )


def _with_one_sign(
    plan: ReadingPlan, items: list[DraftItem], texts: Mapping[str, Sequence[str]]
) -> tuple[str, list[DraftItem]]:
    """Choose the decimal sign of an export; what is written with the other one is kept as text."""
    numbers = {i.name: texts.get(i.columns, ()) for i in items if i.kind == "number" and isinstance(i.columns, str)}
    decimal = plan.decimal if plan.decimal == "," else decimal_sign(numbers.values())
    torn = {name for name, found in numbers.items() if any({".": ",", ",": "."}[decimal] in text for text in found)}
    guess = f"numbers with another decimal sign than '{decimal}', which others in the export have"
    return decimal, [replace(i, kind="open_text", guess=guess) if i.name in torn else i for i in items]


def _questions(asked: Sequence[PlannedColumn], roles: Mapping[int, Role]) -> list[list[PlannedColumn]]:
    """Put the option columns of one multiple choice together; every other column is a question of its own."""
    groups: dict[str, list[PlannedColumn]] = {}
    for column in asked:
        is_option = roles[column.position] == "multiple_choice_option" and column.option and column.question
        key = f"choice {column.question.id}" if is_option and column.question else f"column {column.position}"
        groups.setdefault(key, []).append(column)
    return list(groups.values())


def _item(
    group: list[PlannedColumn], roles: Mapping[int, Role], counts: CellCounts, names: _Names
) -> tuple[DraftItem, DraftResponseScale | None]:
    first = group[0]
    question = first.question
    text = (question.whole_text if question else "") or first.question_text.removesuffix("[]").strip() or first.name
    if len(group) > 1 or (first.option and question) or first.separator:
        return _multiple_choice(group, text, names)
    name = names.of(first.name, first.position)
    item = DraftItem(name, first.name, text, "open_text", battery=question.battery if question else "")
    texts = _texts(counts.columns[first.position])
    if question is not None and question.options:
        scale = scale_from_options(question.options, is_ranked=bool(question.battery))
        return replace(item, kind="choice"), with_other_texts(scale, texts)
    if question is not None and question.kind in ("number", "date", "code", "open_text"):
        return replace(item, kind=_kind_that_holds(question.kind, texts)), None
    if roles[first.position] == "open_text":
        return item, None
    return _from_texts(item, texts, is_tick=roles[first.position] == "multiple_choice_option")


def _texts(counts: ColumnCounts) -> list[str]:
    return [text.strip() for text in counts.texts if text.strip()]


def _kind_that_holds(kind: QuestionKind, texts: Sequence[str]) -> ItemKind:
    """Return the kind that the definition states, or open text when some answer is of another kind."""
    if kind == "number":
        return "number" if are_numbers(texts) else "open_text"
    if kind == "date":
        return "date" if all(_DAY.fullmatch(text) for text in texts) else "open_text"
    return "code" if kind == "code" else "open_text"


def _multiple_choice(
    group: list[PlannedColumn], text: str, names: _Names
) -> tuple[DraftItem, DraftResponseScale | None]:
    first = group[0]
    options = first.question.options if first.question else ()
    scale = scale_from_options(options, is_ranked=False)
    code_of = codes_of(options)
    wanted = first.question.id if first.question and first.question.id else first.name
    name = names.of(wanted, first.position)
    columns = {code_of[column.option]: column.name for column in group if column.option in code_of}
    points, opt_outs = (
        tuple(each for each in options if first.separator or each.code in columns)
        for options in (scale.points, scale.opt_outs)
    )
    if not first.separator and len(points) < 2:  # noqa: PLR2004 - a response scale has two points or more
        return _check_box(name, text, points, columns)
    names.taken.update(option_column(name, point.code).lower() for point in points)
    scale = replace(scale, points=points, opt_outs=opt_outs, ordered=False)
    return DraftItem(name, first.name if first.separator else columns, text, "multiple_choice"), scale


def _check_box(
    name: str, text: str, points: Sequence[DraftPoint], columns: Mapping[int, str]
) -> tuple[DraftItem, DraftResponseScale | None]:
    """Make a choice between ticked and not of a question with one option; without any it is kept as it is written."""
    if not points:
        return DraftItem(name, next(iter(columns.values())), text, "open_text", guess="no option is an answer"), None
    (point,) = points
    both = DraftPoint(0, "Not ticked"), DraftPoint(1, point.label or "Ticked")
    scale = DraftResponseScale(both, ordered=False, guess="one check box: ticked or not")
    return DraftItem(name, columns[point.code], text, "choice"), scale


def _from_texts(item: DraftItem, texts: Sequence[str], *, is_tick: bool) -> tuple[DraftItem, DraftResponseScale | None]:
    """Guess what a column holds from the texts in it."""
    if not texts:
        return replace(item, guess="no answer occurs; taken for open text"), None
    n_different = len(set(map(fold, texts)))
    if are_numbers(texts) and not are_numbered(texts):
        return replace(item, kind="number", guess="every answer is a number"), None
    if is_tick or 2 <= n_different <= MOST_OPTIONS:  # noqa: PLR2004 - a choice needs two
        return replace(item, kind="choice"), scale_from_texts(texts)
    return replace(item, kind="open_text", guess=counted(n_different, "different text")), None


def _with_scale(
    item: DraftItem, scale: DraftResponseScale, scales: dict[str, DraftResponseScale], names: _Names
) -> DraftItem:
    """Give an item its response scale, one that is there already when its options are the same."""
    if len(scale.points) < 2:  # noqa: PLR2004 - a response scale has two points or more
        return replace(item, kind="open_text", guess="fewer than two answer options are known")
    name = next((known for known, other in scales.items() if replace(other, guess="") == replace(scale, guess="")), "")
    if not name:
        name = names.of(f"{'options' if not scale.ordered else 'points'}_{len(scale.points)}", len(scales) + 1)
        scales[name] = scale
    return replace(item, response_scale=name)


def _joined_batteries(
    items: list[DraftItem], scales: dict[str, DraftResponseScale], texts_of: Mapping[str, Sequence[str]], names: _Names
) -> list[DraftItem]:
    """Let items that share answer options by the answers that occur share one response scale with all options."""
    free = {
        item.columns: item
        for item in items
        if item.kind == "choice" and isinstance(item.columns, str) and _is_guessed(item, scales)
    }
    texts = {column: dict.fromkeys(texts_of[column], 1) for column in texts_of if column in free}
    renamed: dict[str, DraftItem] = {}
    for number, battery in enumerate(find_batteries(texts), start=1):
        every_text = [text for column in battery.items for text in texts[column]]
        scale = scale_from_texts(list(dict.fromkeys([*battery.labels, *every_text])))
        for column in battery.items:
            member = _with_scale(replace(free[column], battery=f"battery {number}"), scale, scales, names)
            renamed[member.name] = member
    return [renamed.get(item.name, item) for item in items]


def _is_guessed(item: DraftItem, scales: Mapping[str, DraftResponseScale]) -> bool:
    return item.response_scale is not None and scales[item.response_scale].guess.startswith("from the answers")


def _scales(items: list[DraftItem], scales: Mapping[str, DraftResponseScale], names: _Names) -> Iterable[DraftScale]:
    """Propose scales: items of one matrix, or of one battery, with the same ordered response scale."""
    groups: dict[tuple[str, str], list[DraftItem]] = {}
    for item in items:
        if item.kind == "choice" and item.response_scale and item.battery and scales[item.response_scale].ordered:
            groups.setdefault((item.battery, item.response_scale), []).append(item)
    for (battery, scale), members in groups.items():
        if len(members) >= LEAST_SCALE_ITEMS and len(scales[scale].points) >= FEWEST_SCALE_POINTS:
            name = names.of(f"scale_{members[0].name}", len(members))
            yield DraftScale(
                name,
                tuple(item.name for item in members),
                f"{len(members)} items of {battery} share the response scale {scale}",
            )
