"""The page of comparisons: what a later run changed in every model, and two fits side by side with why they differ."""

import pandas as pd
import streamlit as st

from pipelines.commands.comparing import ORIGIN, compare
from pipelines.commands.fits import inference_of, recorded_fits
from pipelines.tables import out, raw
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, show_rows, show_text

SAME = ["model", "variant", "is_declared"]
NOTE_OF_RUNS = "Every run that wrote tables which are still there; a step that had nothing new to do wrote none."
NOTE_OF_CHANGES = (
    "The latest fit of every model and variant against the one before it. differing: which hashes of their origins "
    "differ; largest_change: of any estimate that both have, in units of the outcome."
)


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Compare", anchor=False)
    show_rows("Runs", runs(bench), note=NOTE_OF_RUNS)
    fits = recorded_fits(bench.study)
    show_rows("What the latest run changed", changes(fits, bench.store.read(out.ESTIMATES)), note=NOTE_OF_CHANGES)
    if len(fits) < 2:  # noqa: PLR2004 - two are compared
        show_text("There are no two fits to compare yet.")
        return
    names = [str(each) for each in fits.sort_values(["model", "variant", "fitted_at"])["fit_id"]]
    first, second = choose("first", "First fit", names), choose("second", "Second fit", [*names[1:], names[0]])
    _show_two(bench, first, second)


def _show_two(bench: Bench, first: str, second: str) -> None:
    found = compare(bench.study, first, second)
    show_rows("Side by side", found.terms, {"difference": "Second less first"})
    differing = ", ".join(found.differing) or "nothing"
    for line in (f"differing: {differing}", *found.told, *(f"{name}: {told}" for name, told in found.labels.items())):
        show_text(line)
    for name, note in inference_of(bench.study, [first, second]).items():
        show_text(f"{name}: {note}")
    show_text(f"The same at the command line: sensemaking compare STUDY {first} {second}")


def runs(bench: Bench) -> pd.DataFrame:
    """Return one row a run: when it wrote last, how many slices of tables, and how many rows."""
    writes = bench.store.read(raw.WRITES)
    known = writes[writes["run_id"] != ""].groupby("run_id", sort=False)
    found = known.agg(written_at=("written_at", "max"), n_slices=("slice", "size"), n_rows=("n_rows", "sum"))
    return found.reset_index().sort_values("written_at", ascending=False)


def changes(fits: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Hold the latest fit of every model and variant against the one before it; none where there is only one.

    Args:
        fits: ``out.fits``.
        estimates: ``out.estimates``.

    Returns:
        One row a model and variant with two fits or more.
    """
    by_fit = {str(name): rows.set_index("term")["estimate"] for name, rows in estimates.groupby("fit_id")}
    rows: list[dict[str, object]] = []
    for (model, variant, _), own in fits.sort_values(["is_current", "fitted_at"]).groupby(SAME, sort=True):
        if len(own) > 1:
            before, after = own.iloc[-2], own.iloc[-1]
            moved = (by_fit[str(after["fit_id"])] - by_fit[str(before["fit_id"])]).abs().max()
            rows.append(
                {
                    "model": model,
                    "variant": variant,
                    "before": before["fit_id"],
                    "after": after["fit_id"],
                    "differing": ", ".join(name for name in ORIGIN if before[name] != after[name]),
                    "n_obs_before": before["n_obs"],
                    "n_obs_after": after["n_obs"],
                    "largest_change": moved,
                }
            )
    return pd.DataFrame(rows)
