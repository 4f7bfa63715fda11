"""Dates and time stamps of a file → the forms of each column, once it is clear whether day or month comes first.

Put here what the columns of a file show together; what one text shows is in ``stamps``, how forms are carried out in
``cells``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.readers.first_cells import texts_below
from pipelines.readers.held_columns import Columns
from pipelines.readers.plain_tables.generic_columns import with_warnings
from pipelines.readers.plain_tables.stamps import Stamp, common_orders, stamp_of, usual_forms
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, fold
from pipelines.sections.sources import DateOrder

_TIME_KEYS: tuple[KeyName, ...] = ("started_at", "ended_at", "recorded_at")
_IN_WORDS = {"day_first": "the day first", "month_first": "the month first"}


@dataclass(frozen=True)
class _Group:
    """Columns that are written alike: all time stamps of the platform, or the dates of one item.

    Attributes:
        columns: Their names.
        stamps: What their texts show.
        are_answers: Whether people gave them as answers.
        stated: The order that the source states.
    """

    columns: tuple[str, ...]
    stamps: tuple[Stamp, ...]
    are_answers: bool
    stated: DateOrder | None = None

    @property
    def title(self) -> str:
        return f"the dates of '{self.columns[0]}'" if self.are_answers else f"the time stamps of '{self.columns[0]}'"

    @property
    def is_indifferent(self) -> bool:
        """Whether every order leads to the same forms, as for dates that begin with the year."""
        return all(len(set(stamp.forms.values())) == 1 for stamp in self.stamps)

    def order(self) -> DateOrder | None:
        """Return the stated order, else the only one that all texts allow, None when they leave it open."""
        allowed = common_orders(self.stamps)
        return self.stated or (next(iter(allowed)) if len(allowed) == 1 else None)


@dataclass(frozen=True)
class _Decision:
    """The order of a group, and what to say of it; without an order, what to do."""

    group: _Group
    order: DateOrder | None
    said: str = ""

    def formats(self) -> tuple[str, ...]:
        if self.order is None:
            return ()
        if not self.group.stamps:
            return usual_forms(self.order, with_clock=not self.group.are_answers)
        return tuple(dict.fromkeys(stamp.forms[self.order] for stamp in self.group.stamps))


def with_time_formats(plan: ReadingPlan, head: Head, request: Request, habit: DateOrder | None = None) -> ReadingPlan:
    """State the forms of the time stamps of a plan and of the dates that are answers.

    The texts of all time stamps decide together, those of a date's column for that column. Where they leave the order
    open, the other columns decide and the platform's habit, if all of them agree. A column that shows no form at the
    beginning of the file gets the usual ones of the order that the source states, for the days that come later.

    Args:
        plan: The bound plan; its time keys and the kinds of its items say which columns count.
        head: The beginning of the file: all its rows decide.
        request: The source may state ``date_order``, for the file or by column.
        habit: What the platform is known to write.

    Returns:
        The plan with the ``time_formats`` of its columns, and a warning for every column that others decided for.
        Without a study an open order is a warning too, and the likely one is named: clocks of twice twelve hours go
        with the month first.

    Raises:
        ReadingError: When texts contradict each other or the source, or, in a study, leave the order open.
    """
    groups = _stated(_groups(plan, head), plan, head, request)
    faults = [fault for group in groups if (fault := _contradiction(group))]
    decisions = [_decided(group, groups, habit) for group in groups] if not faults else []
    is_open = [each.order is None for each in decisions]
    if request.source is not None:
        faults += [each.said for each in decisions if each.order is None]
    if faults:
        raise ReadingError(head.file_name, "; ".join(faults))
    formats = {name: each.formats() for each in decisions for name in each.group.columns}
    columns = tuple(replace(each, time_formats=formats.get(each.name, ())) for each in plan.columns)
    likely = _likely(groups) if any(is_open) else None
    plan = replace(plan, columns=columns, open_date_order=likely)
    return with_warnings(plan, *(each.said for each in decisions))


def _groups(plan: ReadingPlan, head: Head) -> list[_Group]:
    """Group the columns that hold times or dates which are not ISO."""
    of_keys = {plan.keys[key] for key in _TIME_KEYS if key in plan.keys}
    keys = [column for column in plan.columns if column.name in of_keys]
    dates = [column for column in plan.columns if column.kind == "date" and column.name not in of_keys]
    stamps = [stamp for column in keys for stamp in _stamps(plan, head, column)]
    groups = [_Group(tuple(column.name for column in keys), tuple(stamps), are_answers=False)]
    for column in dates:
        in_full = tuple(stamp for stamp in _stamps(plan, head, column) if stamp.has_century)
        groups.append(_Group((column.name,), in_full, are_answers=True))
    return [group for group in groups if group.columns]


def _stamps(plan: ReadingPlan, head: Head, column: PlannedColumn) -> list[Stamp]:
    texts = texts_below(head, plan.header_rows, column.position)
    said = [text for text in texts if fold(text) not in column.opt_outs and fold(text) not in column.blanks]
    return [stamp for text in said if (stamp := stamp_of(text)) is not None]


def _stated(groups: Sequence[_Group], plan: ReadingPlan, head: Head, request: Request) -> list[_Group]:
    """Give every group the order that the source states; one without texts that need an order counts only then."""
    stated = request.source.date_order if request.source else None
    if not isinstance(stated, dict):
        return [replace(group, stated=stated) for group in groups if group.stamps or stated]
    by_column = _by_column(stated, groups, Columns(plan, head), head.file_name)
    found: list[_Group] = []
    for group in groups:
        orders = {by_column[name] for name in group.columns if name in by_column}
        if len(orders) > 1:
            message = "date_order gives the platform's time stamps two orders, but they are written alike; give one"
            raise ReadingError(head.file_name, message)
        found.append(replace(group, stated=next(iter(orders), None)))
    return [group for group in found if group.stamps or group.stated]


def _by_column(
    stated: Mapping[str, DateOrder], groups: Sequence[_Group], columns: Columns, file_name: str
) -> dict[str, DateOrder]:
    known = {name for group in groups for name in group.columns}
    found: dict[str, DateOrder] = {}
    for named, order in stated.items():
        column = columns.one(named)
        if column is None:
            message = f"date_order names '{named}', but there is no such column{columns.closest(named)}"
            raise ReadingError(file_name, message)
        if column.name not in known:
            message = f"date_order names '{named}', but that column holds neither a time nor an item of kind date"
            raise ReadingError(file_name, message)
        found[column.name] = order
    return found


def _decided(group: _Group, groups: Sequence[_Group], habit: DateOrder | None) -> _Decision:
    """Decide for a group: by itself, else as the other columns and the habit do when all of them agree."""
    own = group.order()
    if own is not None or group.is_indifferent:
        return _Decision(group, own or "day_first")
    voices = {each.order() for each in groups if not each.is_indifferent} | {habit}
    orders = sorted(voice for voice in voices if voice is not None)
    if len(orders) == 1:
        is_usual = orders[0] == habit and not group.are_answers
        return _Decision(group, orders[0], "" if is_usual else _followed(group, orders[0]))
    but, give = "", "date_order: day_first or date_order: month_first"
    if orders:
        but, give = ", and what else tells it does not agree", _what_to_give(group)
    return _Decision(
        group,
        None,
        f"{group.title} do not show whether the day or the month comes first, as no number in them is above 12{but}; "
        f"give {give}",
    )


def _followed(group: _Group, order: DateOrder) -> str:
    return (
        f"{group.title} do not show whether the day or the month comes first; they are read with {_IN_WORDS[order]}, "
        f"as everything else that tells it has it; if that is wrong, give {_what_to_give(group)}"
    )


def _contradiction(group: _Group) -> str:
    """Say what is wrong with texts that allow no order, or another one than the source states; empty when nothing."""
    allowed = common_orders(group.stamps)
    if allowed and (group.stated is None or group.stated in allowed):
        return ""
    if allowed:
        only = next(iter(allowed))
        title = group.title if group.are_answers else "the time stamps"
        return (
            f"date_order says {group.stated}, but {title} can only have {_IN_WORDS[only]}; correct date_order, leave "
            f"it out, or where columns differ give it by column, as in date_order: {{'{group.columns[0]}': {only}}}"
        )
    if not group.are_answers:
        return (
            "expected time stamps in one form, found some that can only have the day first and some that can only have "
            "the month first; export the file again without opening it in a spreadsheet"
        )
    if group.stated is not None:
        return ""
    return (
        f"some of {group.title} can only have the day first and some only the month first; give "
        f"{_what_to_give(group)}: what cannot be read so is then rejected"
    )


def _what_to_give(group: _Group) -> str:
    name = group.columns[0]
    return f"date_order: {{'{name}': day_first}} or date_order: {{'{name}': month_first}}"


def _likely(groups: Sequence[_Group]) -> DateOrder:
    """Guess by the clock: one of twice twelve hours goes with the month first."""
    has_halves = any("%p" in form for group in groups for stamp in group.stamps for form in stamp.forms.values())
    return "month_first" if has_halves else "day_first"
