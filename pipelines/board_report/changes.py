"""What changed between the last two waves: only of scales that may be compared, only where the interval says so."""

from typing import Any

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Figure, Section, Table

NORMAL_95 = 1.96
FIGURES = ("mean", "conf_low", "conf_high")


def direction(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return up, down or unclear for a later mean against an earlier one.

    Args:
        before: ``mean``, ``conf_low`` and ``conf_high``, the ends of its 95 % interval.
        after: The same of the later wave.

    Returns:
        ``up`` or ``down`` where the interval of the difference leaves out zero. No figure of it is shown.

    References:
        Standard error of a difference of independent means, sqrt(se1**2 + se2**2), each standard error being the width
        of the released interval / (2 * 1.96). Schenker & Gentleman (2001), The American Statistician 55(3).
    """
    errors = [(float(wave["conf_high"]) - float(wave["conf_low"])) / (2 * NORMAL_95) for wave in (before, after)]
    difference = float(after["mean"]) - float(before["mean"])
    if abs(difference) <= NORMAL_95 * (errors[0] ** 2 + errors[1] ** 2) ** 0.5:
        return "unclear"
    return "up" if difference > 0 else "down"


def changes(released: Released) -> Section:
    """Write the section from the released ``out.scale_means`` and ``out.comparisons``."""
    say = released.wording.say
    named = (say("change_sheet"), say("change_title"))
    if len(released.waves) < 2:  # noqa: PLR2004 - one wave is compared with nothing
        return Section(*named, (say("change_one_wave"),))
    earlier, later = released.waves[-2:]
    pairs = pairs_of(released, earlier, later)
    if not pairs:
        return Section(*named, (say("change_apart"), say("change_reading")))
    told = [(before, after, direction(before, after)) for before, after in pairs]
    found = tuple(told_of(released, *each) for each in told if each[2] != "unclear")
    heads = ("group", "scale", "earlier_wave", "later_wave", "earlier", "later", "change")
    rows = tuple(
        (
            released.group(before["respondent_group"]),
            released.scale(before["scale"]),
            released.wave(earlier),
            released.wave(later),
            Figure(float(before["mean"]), "mean"),
            Figure(float(after["mean"]), "mean"),
            say(f"change_{way}"),
        )
        for before, after, way in told
    )
    table = Table(say("change_caption"), released.heads(*heads), rows, n_labels=4)
    lines = (say("change_reading"), *(() if found else (say("change_none"),)))
    return Section(*named, lines, found, tables=(table,), sheet=table)


def told_of(released: Released, before: dict[str, Any], after: dict[str, Any], way: str) -> str:
    """Say from where to where a mean went, and when."""
    say, figure = released.wording.say, released.wording.figure
    return say(
        "change_found",
        group=released.group(before["respondent_group"]),
        scale=released.scale(before["scale"]),
        way=say(f"change_{way}"),
        earlier=figure(Figure(float(before["mean"]), "mean")),
        later=figure(Figure(float(after["mean"]), "mean")),
        earlier_wave=released.wave(before["wave"]),
        later_wave=released.wave(after["wave"]),
    )


def pairs_of(released: Released, earlier: str, later: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the means of both waves, wherever both are shown and may be compared."""
    means = released.arranged("out.scale_means")
    shown = means[~means["is_hidden"].astype(bool)].dropna(subset=list(FIGURES))
    rows = {(row["respondent_group"], row["scale"], row["wave"]): row for row in rows_of(shown)}
    may = _comparable(released, {earlier, later})
    keys = [(group, scale) for group, scale, wave in rows if wave == later]
    return [
        (rows[group, scale, earlier], rows[group, scale, later])
        for group, scale in keys
        if (group, scale, earlier) in rows and (group, scale) in may
    ]


def _comparable(released: Released, waves: set[str]) -> set[tuple[str, str]]:
    """Return groups and scales whose averages in some waves the release says may be compared."""
    rows = released.table("out.comparisons")
    return {
        (str(row["respondent_group"]), str(row["scale"]))
        for row in rows_of(rows[(rows["over"] == "wave") & (rows["verdict"] == "shown")])
        if waves <= set(str(row["compared"]).split("; "))
    }
