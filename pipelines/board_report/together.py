"""What goes together: what each released model found for its term of interest, in words that name no cause."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipelines.board_report.findings_of_fits import (
    ENDS,
    Ends,
    Voice,
    figures_of,
    focal_estimates,
    found,
    readings_of,
    shown_ends,
    unit_of,
    way_of,
)
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.rows_of_fits import CORRECTED, said_of_rows
from pipelines.board_report.value import Cell, Figure, Section, Table

MAIN = "main"
HEADS = ("model", "variant", "label", "term", "outcome", "counted_in", *ENDS, "n")
N_LABELS = 6


def what_goes_together(released: Released) -> Section:
    """Write the section from the released ``out.fits`` and ``out.estimates``."""
    say, fits = released.wording.say, released.table("out.fits")
    named = (say("together_sheet"), say("together_title"))
    if fits.empty:
        return Section(*named, (say("together_none"),))
    ordered = fits.assign(is_other=fits["variant"] != MAIN)
    ordered = ordered.sort_values(["model", "is_other", "variant"], kind="stable")
    findings = tuple(_told(released, fit) for fit in main_fits(released))
    told = [(row, " ".join(_rows(released, fit))) for fit in rows_of(ordered) for row in rows_told(released, fit)]
    rows = tuple(row for row, _ in told)
    heads = released.heads(*HEADS[:N_LABELS], "rows", *HEADS[N_LABELS:])
    with_rows = tuple((*row[:N_LABELS], of_rows, *row[N_LABELS:]) for row, of_rows in told)
    sheet = Table(say("together_caption"), heads, with_rows, N_LABELS + 1)
    main = tuple((row[0], *row[3:]) for row in rows if row[1] == say(MAIN))
    table = Table(say("together_caption"), released.heads(HEADS[0], *HEADS[3:]), main, n_labels=4)
    corrected = [say("corrected_reading")] if (fits["estimator"] == CORRECTED).any() else []
    lines = [say("together_reading"), *(say(each) for each in readings_of(fits)), *corrected]
    return Section(*named, tuple(lines), findings, tables=(table,), sheet=sheet)


def main_fits(released: Released) -> Iterator[dict[str, Any]]:
    """Yield the fit of every model as it was written."""
    fits = released.table("out.fits")
    yield from rows_of(fits[fits["variant"] == MAIN].sort_values("model", kind="stable"))


def _told(released: Released, fit: Mapping[str, Any]) -> str:
    asked, *others = told_of(released, fit)
    return " ".join((f"{asked}.", *others))


def told_of(released: Released, fit: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which model it is and whether it was planned, what it found, and what else has to be known of that."""
    say = released.wording.say
    model = released.wording.text("model_title", str(fit["model"]))
    label = f"{say(str(fit['label']))}: {say('because_' + str(fit['label_because']))}"
    missed = fit["conditions_not_met"]
    care = [say("with_care")] if pd.notna(missed) and missed > 0 else []
    return (f"{model} ({label})", *_finding(released, fit), *_rows(released, fit), *care)


def clear_findings(released: Released) -> list[str]:
    """Say of every model whose interval leaves out nought what it found and whether it was planned, in order."""
    said: list[str] = []
    for fit in main_fits(released):
        ways = [way_of(row) for row in focal_estimates(fit, released.table("out.estimates"))]
        label = released.wording.say(str(fit["label"]))
        said += [
            f"{each} ({label})" for each, way in zip(_finding(released, fit), ways, strict=False) if way != "unclear"
        ]
    return said


def _rows(released: Released, fit: Mapping[str, Any]) -> tuple[str, ...]:
    return said_of_rows(fit, released.wording.say, released.scale)


def _finding(released: Released, fit: Mapping[str, Any]) -> tuple[str, ...]:
    model = released.wording.text("model_title", str(fit["model"]))
    return found(fit, released.table("out.estimates"), model, _voice(released, str(fit["model"])))


def _voice(released: Released, model: str) -> Voice:
    figure = released.wording.figure

    def written(ends: Ends, at_rest: float) -> tuple[str, str, str]:
        del at_rest
        estimate, low, high = (figure(Figure(each, "estimate")) for each in ends)
        return estimate, low, high

    def points(ends: Ends) -> tuple[str, str, str]:
        estimate, low, high = (figure(Figure(round(100 * each), "end")) for each in ends)
        return estimate, low, high

    return Voice(
        released.wording.say,
        written,
        points,
        lambda term: _term(released, model, term),
        lambda name: released.wording.written_text("answer_title", f"{model}/{name}") or name,
        lambda variant: released.wording.written_text("outcome_reference", f"{model}/{variant}"),
        lambda name: _named(released, name),
    )


def _named(released: Released, name: str) -> str:
    """Return the title of what is explained."""
    return released.wording.written_text("outcome_title", name) or released.scale(name)


def _term(released: Released, model: str, term: str) -> str:
    return released.wording.written_text("term_label", f"{model}/{term}") or released.scale(term)


def rows_told(released: Released, fit: Mapping[str, Any]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of a fit under ``HEADS``, one row a category of several; none without a term of interest.

    Of figures of the population there is one row a figure.
    """
    estimates = released.table("out.estimates")
    wording, variant, model = released.wording, str(fit["variant"]), str(fit["model"])
    named = wording.text("variant_title", f"{model}/{variant}")
    known = wording.written_text("variant_title", f"{model}/{variant}")
    return tuple(
        (
            wording.text("model_title", model),
            wording.say(MAIN) if variant == MAIN else known or named.rpartition("/")[2],
            wording.say(str(fit["label"])),
            _term(released, model, str(row["term"])),
            _named(released, str(fit["outcome"])),
            wording.say(f"unit_{unit_of(fit)}"),
            *(wording.cell(each, "estimate", is_hidden=False) for each in shown_ends(fit, row)),
            wording.cell(fit["n_obs"], "count", is_hidden=False),
        )
        for row in figures_of(fit, estimates) or focal_estimates(fit, estimates)
    )
