"""Tables of the warehouse → the figures of a letter: who has answered, how good the answers are, what is open.

Everything is about all of a wave and respondent group. Counts of fewer people than the least cell size are not told.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Subject = Literal[
    "blocked_waves",
    "late_sources",
    "failing_steps",
    "outside_frame",
    "unlinked",
    "unknown_columns",
    "stray_files",
    "refused_models",
    "given_up",
]
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Count:
    """A number of people, or that it is too small to be told.

    Attributes:
        value: The number; None where it is not nought and smaller than the least that is told.
    """

    value: int | None


@dataclass(frozen=True)
class Progress:
    """Who has answered of a wave and group, by the end of the day before the letter.

    Attributes:
        wave: Wave.
        group: Respondent group.
        invited: Invited units; None without a list of them.
        answered: Complete and partial responses.
        week_before: The same seven days earlier.
        share: Share of the invited who have answered, 0 to 1; None without a list, or where these are few.
        share_week_before: The same seven days earlier.
        goal: Share that should answer; None where none is set.
    """

    wave: str
    group: str
    invited: Count | None
    answered: Count
    week_before: Count
    share: float | None
    share_week_before: float | None
    goal: float | None


@dataclass(frozen=True)
class Quality:
    """How good the answers of a wave and group are.

    Attributes:
        wave: Wave.
        group: Respondent group.
        analysed: Analysed responses.
        flagged: Of them, flagged by at least one check of careless responding.
        broken_off: Responses that broke off.
        share_missing: Mean over items of the share of analysed responses without an answer, 0 to 1.
    """

    wave: str
    group: str
    analysed: Count
    flagged: Count
    broken_off: Count
    share_missing: float | None


@dataclass(frozen=True)
class Rejected:
    """Rows and cells that were not taken.

    Attributes:
        wave: Wave.
        rule: Why.
        n: How many.
    """

    wave: str
    rule: str
    n: int


@dataclass(frozen=True)
class OpenQuestion:
    """Something that waits for a person.

    Attributes:
        subject: What.
        n: How many.
        names: Of the study's specifications: waves, sources or models that it is about.
    """

    subject: Subject
    n: Count
    names: tuple[str, ...] = ()


def told(number: float, least: int) -> Count:
    """Return a count of people as it may be told: nought, or at least the least cell size."""
    return Count(int(number)) if number == 0 or number >= least else Count(None)


def progress(
    days: pd.DataFrame,
    invited: Mapping[tuple[str, str], int],
    goals: Mapping[str, float],
    day: dt.date,
    least: int,
) -> Iterator[Progress]:
    """Compare who has answered with a week before.

    Args:
        days: ``out.fieldwork_by_day``.
        invited: Wave and group → invited units, where there is a list of them.
        goals: Respondent group → share that should answer.
        day: Day of the letter; it is about the days before.
        least: Fewest people that are told.
    """
    by_day = days.assign(day=pd.to_datetime(days["day"]).dt.date).sort_values("day")
    keys = sorted({*by_day.groupby(["wave", "respondent_group"]).groups, *invited})
    for wave, group in keys:
        rows = by_day[(by_day["wave"] == wave) & (by_day["respondent_group"] == group)]
        now, before = _answered(rows, day), _answered(rows, day - WEEK)
        n_invited = invited.get((wave, group))
        yield Progress(
            wave,
            group,
            None if n_invited is None else told(n_invited, least),
            told(now, least),
            told(before, least),
            _share(now, n_invited, least),
            _share(before, n_invited, least),
            goals.get(group),
        )


def _answered(rows: pd.DataFrame, day: dt.date) -> int:
    """Count complete and partial responses that ended before a day."""
    return int(rows.loc[rows["day"] < day, ["n_complete", "n_partial"]].to_numpy().sum())


def _share(answered: int, invited: int | None, least: int) -> float | None:
    may_be_told = invited is not None and invited >= least and told(answered, least).value is not None
    return answered / invited if may_be_told and invited else None


def quality(
    responses: pd.DataFrame, flags: pd.DataFrame, items: pd.DataFrame, waves: list[str], least: int
) -> Iterator[Quality]:
    """Count flagged and broken-off responses, and find the mean share of missing answers.

    Args:
        responses: ``core.responses``.
        flags: ``core.quality_flags``.
        items: ``out.items``.
        waves: Waves that the letter is about.
        least: Fewest people that are told.
    """
    flagged = set(flags.loc[flags["is_flagged"].fillna(value=False).astype(bool), "response_id"])
    own = items[items["exclusions"] == ""].groupby(["wave", "respondent_group"])["share_missing"].mean()
    for (wave, group), rows in responses.groupby(["wave", "respondent_group"]):
        if wave not in waves:
            continue
        analysed = rows[rows["is_analysed"].astype(bool)]
        missing = own.get((wave, group))
        yield Quality(
            str(wave),
            str(group),
            told(len(analysed), least),
            told(analysed["response_id"].isin(flagged).sum(), least),
            told((rows["disposition"] == "break_off").sum(), least),
            None if missing is None or pd.isna(missing) or len(analysed) < least else float(missing),
        )


def rejected(rejects: pd.DataFrame, waves: list[str]) -> Iterator[Rejected]:
    """Count rejected rows and cells by rule, most first.

    Args:
        rejects: ``core.rejects``.
        waves: Waves that the letter is about.
    """
    counts = rejects[rejects["wave"].isin(waves)].groupby(["wave", "rule"]).size()
    for (wave, rule), n in counts.sort_values(ascending=False, kind="stable").items():  # pyright: ignore[reportGeneralTypeIssues]
        yield Rejected(str(wave), str(rule), int(n))
