"""The commands about fits: what each takes and prints."""

from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def fit(
    study: StudyFolder,
    model: Annotated[str, typer.Argument(help="A model of the study.")],
    *,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Replace a key of the model.", metavar="KEY=VALUE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit one model now, without orchestration; the fit is marked exploratory."""
    from pipelines.commands import fits
    from pipelines.commands.table_sources import focal_sentences

    loaded = load(study)
    rows = fits.fit_now(loaded, model, settings or [])
    row = rows.fits.iloc[0]
    validation, no_inference = fits.validation_of(loaded, [row["fit_id"]]), fits.inference_of(loaded, [row["fit_id"]])
    missed, sentences = fits.missed_by(loaded, rows.fits), focal_sentences(loaded, rows)
    if as_json:
        tables = {"fit": rows.fits, "estimates": rows.estimates, "diagnostics": rows.diagnostics}
        tables |= {"readings": rows.readings, "predictions": rows.predictions, "joint_tests": rows.joint_tests}
        tables["remedies"] = fits.remedies_in_words(rows.diagnostics)
        tables["conditions_not_met"] = missed
        documents = {name: printing.records(table) for name, table in tables.items()}
        told = {"validation_status": validation, "no_inference": no_inference, "sentences": sentences}
        printing.print_json({**documents, **told})
        return
    printing.print_lines([f"{row['fit_id']} (exploratory): {row['outcome']}, {row['covariance']}, n = {row['n_obs']}"])
    figures = ["term", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    printing.print_frame("Estimates", rows.estimates[figures])
    printing.print_frame("Readings", fits.focal_readings(rows.readings))
    printing.print_frame("Joint tests", rows.joint_tests[fits.JOINT_TESTS_SHOWN])
    printing.print_frame("Predictions, the others at their means", fits.predictions_at_means(rows.predictions))
    printing.print_frame("Diagnostics", rows.diagnostics[["diagnostic", "value", "threshold", "verdict"]])
    printing.print_lines(sentences)
    printing.print_lines(f"look: {remedy}" for remedy in fits.remedies_in_words(rows.diagnostics)["remedy"])
    printing.print_validation(validation)
    printing.print_lines(no_inference.values())
    printing.print_lines(f"condition not met: {reason}" for reason in missed["reason"])


@app.command("fits")
def list_fits(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """List every fit of a study."""
    from pipelines.commands import fits

    loaded = load(study)
    recorded = fits.recorded_fits(loaded).drop(columns=["spec_json", "env_json"])
    if as_json:
        printing.print_json(printing.records(recorded))
    else:
        shown = ["fit_id", "label", "is_declared", "is_current", "outcome", "covariance", "n_obs", "fitted_at"]
        printing.print_frame("Fits", recorded[[*shown, "conditions_not_met"]])
        tested = ["family", "model", "focal_p", "focal_p_holm"]
        printing.print_frame("Families", recorded.dropna(subset=["focal_p"]).sort_values(tested[:2])[tested])
        printing.print_lines(fits.refusals_in_words(loaded))


@app.command()
def rerun(
    study: StudyFolder, fit_id: Annotated[str, typer.Argument(help="A recorded fit.")], *, as_json: AsJson = False
) -> None:
    """Refit from the recorded origin: identical, equal within 1e-9, different, or not reproducible after an erasure."""
    from pipelines.commands import fits

    loaded = load(study)
    made = fits.rerun(loaded, fit_id)
    if as_json:
        tables = {"recorded": printing.records(made.recorded), "refitted": printing.records(made.refitted)}
        told = {"validation_status": fits.validation_of(loaded, [fit_id])}
        printing.print_json({**vars(made), **tables, **told, "no_inference": fits.inference_of(loaded, [fit_id])})
    else:
        changed = ", ".join(made.changed) or "nothing"
        words = {"equal": "equal within 1e-9", "not_reproducible": f"not reproducible: {made.erased}"}
        verdict = words.get(made.verdict, made.verdict)
        printing.print_lines([f"{fit_id}: {verdict} (largest difference {made.largest_difference:.3g})"])
        printing.print_lines([f"changed since it was recorded: {changed}"])


@app.command()
def compare(
    study: StudyFolder,
    first: Annotated[str, typer.Argument(help="A recorded fit.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put two fits side by side, with what differs in specification, data, code and environment."""
    from pipelines.commands import fits

    loaded = load(study)
    side_by_side, differing = fits.compare(loaded, first, second)
    validation, no_inference = fits.validation_of(loaded, [first, second]), fits.inference_of(loaded, [first, second])
    if as_json:
        told = {"validation_status": validation, "no_inference": no_inference}
        printing.print_json({"terms": printing.records(side_by_side), "differing": differing, **told})
    else:
        printing.print_frame(f"{first} and {second}", side_by_side)
        printing.print_lines([f"differing: {', '.join(differing) or 'nothing'}"])
        printing.print_validation(validation)
        printing.print_lines(f"{name}: {note}" for name, note in no_inference.items())
