"""The commands about fits: what each takes and prints."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

if TYPE_CHECKING:
    from pipelines.commands.reruns import Proof

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
    """Fit one model now, without orchestration; marked exploratory unless it is a declared fit again."""
    from pipelines.commands import fits

    loaded = load(study)
    rows = fits.fit_now(loaded, model, settings or [])
    row = rows.fits.iloc[0]
    validation, no_inference = fits.validation_of(loaded, [row["fit_id"]]), fits.inference_of(loaded, [row["fit_id"]])
    missed = fits.missed_by(loaded, rows.fits)
    if as_json:
        tables = {"fit": rows.fits, "estimates": rows.estimates, "diagnostics": rows.diagnostics}
        tables["readings"] = rows.readings
        tables["conditions_not_met"] = missed
        documents = {name: printing.records(table) for name, table in tables.items()}
        printing.print_json({**documents, "validation_status": validation, "no_inference": no_inference})
        return
    label = f"{row['label']}: {row['label_reason']}"
    printing.print_lines([f"{row['fit_id']} ({label}): {row['outcome']}, {row['covariance']}, n = {row['n_obs']}"])
    figures = ["term", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    printing.print_frame("Estimates", rows.estimates[figures])
    printing.print_frame("Readings", fits.focal_readings(rows.readings))
    printing.print_frame("Diagnostics", rows.diagnostics[["diagnostic", "value", "threshold", "verdict"]])
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
        tested = ["family", "label", "model", "focal_p", "focal_p_holm"]
        printing.print_frame("Families", recorded.dropna(subset=["focal_p"]).sort_values(tested[:3])[tested])
        current = recorded[recorded["is_current"].astype(bool)]
        printing.print_lines(f"{fit.fit_id}: {fit.label}: {fit.label_reason}" for fit in current.itertuples())
        printing.print_lines(fits.refusals_in_words(loaded))


@app.command()
def rerun(
    study: StudyFolder,
    fit_id: Annotated[str, typer.Argument(help="A recorded fit.")] = "",
    *,
    release: Annotated[str, typer.Option(help="Instead of a fit: every fit of this release.", metavar="RELEASE")] = "",
    from_raw: Annotated[
        bool, typer.Option("--from-raw", help="Make the rows again from the raw store, not only the fit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Refit from the recorded origin: identical, equal within 1e-9, different, or not reproducible after an erasure."""
    from instruments.faults import UsageError
    from pipelines.commands import fits, reruns

    if bool(fit_id) == bool(release):
        raise UsageError("name a fit, or a release with --release; list fits with: sensemaking fits STUDY")
    loaded = load(study)
    if release:
        _prove_release(reruns.rerun_release(loaded, release, from_raw=from_raw, on_wait=printing.say), as_json=as_json)
        return
    made = reruns.rerun(loaded, fit_id, from_raw=from_raw, on_wait=printing.say)
    if as_json:
        tables = {"recorded": printing.records(made.recorded), "refitted": printing.records(made.refitted)}
        told = {"validation_status": fits.validation_of(loaded, [fit_id])}
        printing.print_json({**vars(made), **tables, **told, "no_inference": fits.inference_of(loaded, [fit_id])})
    else:
        verdict, *rest = reruns.in_words(made)
        printing.print_lines([f"{fit_id}: {verdict}", *rest, made.label])


def _prove_release(proof: "Proof", *, as_json: bool) -> None:
    if as_json:
        printing.print_json({**vars(proof), "failed": proof.failed})
    else:
        columns = ["fit_id", "verdict", "found"]
        rows = ((name, verdict, proof.told[name]) for name, verdict in proof.verdicts.items())
        printing.print_rows(f"Fits of {proof.release}", columns, rows)
        n_failed = len(proof.failed)
        printing.print_lines([f"{len(proof.verdicts)} fits, of which {n_failed} are not what was released"])
    if proof.failed:
        raise typer.Exit(1)


@app.command()
def compare(
    study: StudyFolder,
    first: Annotated[str, typer.Argument(help="A recorded fit.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put two fits side by side, with what differs in specification, data, code and environment."""
    from pipelines.commands import comparing, fits

    loaded = load(study)
    found = comparing.compare(loaded, first, second)
    validation, no_inference = fits.validation_of(loaded, [first, second]), fits.inference_of(loaded, [first, second])
    if as_json:
        told = {"validation_status": validation, "no_inference": no_inference}
        printing.print_json({**vars(found), "terms": printing.records(found.terms), **told})
    else:
        printing.print_frame(f"{first} and {second}", found.terms)
        printing.print_lines(f"{name} is {label}" for name, label in found.labels.items())
        printing.print_lines([f"differing: {', '.join(found.differing) or 'nothing'}", *found.told])
        printing.print_validation(validation)
        printing.print_lines(f"{name}: {note}" for name, note in no_inference.items())
