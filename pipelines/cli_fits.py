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
    from models.spec import RegressionSpec
    from pipelines.commands import fits
    from pipelines.commands.conditions_of_fits import missed_by
    from pipelines.commands.independence import independence_in_words
    from pipelines.commands.sample import inference_in
    from pipelines.commands.table_sources import focal_sentences

    loaded = load(study)
    rows = fits.fit_now(loaded, model, settings or [])
    row = rows.fits.iloc[0]
    validation = fits.validation_in(loaded, [row["outcome"], *rows.estimates["term"]])
    no_inference = inference_in(rows.diagnostics)
    missed, sentences = missed_by(loaded, rows.fits), focal_sentences(loaded, rows)
    if as_json:
        tables = fits.tables_shown(rows) | {"conditions_not_met": missed}
        documents = {name: printing.records(table) for name, table in tables.items()}
        told = {"validation_status": validation, "no_inference": no_inference, "sentences": sentences}
        printing.print_json({**documents, **told})
        return
    label = f"{row['label']}: {row['label_reason']}"
    made = f"{row['outcome']}, {row['estimator']}, {row['covariance']}, n = {row['n_obs']}"
    printing.print_lines([f"{row['fit_id']} ({label}): {made}", *fits.engine_in_words(row)])
    for title, table in fits.titled_tables(rows).items():
        printing.print_frame(title, table)
    printing.print_lines(sentences)
    printing.print_lines(f"look: {remedy}" for remedy in fits.remedies_in_words(rows.diagnostics)["remedy"])
    printing.print_lines(independence_in_words(RegressionSpec.model_validate_json(row["spec_json"])))
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
        shown = ["fit_id", "label", "is_declared", "is_current", "outcome", "estimator", "covariance", "n_obs"]
        listed = recorded[[*shown, "fitted_at", "conditions_not_met"]]
        printing.print_frame("Fits", listed, is_named_whole=True)
        tested = ["family", "label", "model", "focal_p", "focal_p_holm", "focal_p_bh"]
        printing.print_frame("Families", recorded.dropna(subset=["focal_p"]).sort_values(tested[:3])[tested])
        current = recorded[recorded["is_current"].astype(bool)]
        printing.print_lines(fits.labels_in_words(current))
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


@app.command()
def missing(
    study: StudyFolder,
    model: Annotated[str, typer.Argument(help="A model of the study.")],
    *,
    variant: Annotated[str, typer.Option(help="A variant of the model.")] = "main",
    as_json: AsJson = False,
) -> None:
    """Look at what the responses of a model miss: patterns, and Little's test whether it is at random."""
    from pipelines.commands import missing as of_model

    found = of_model.missing(load(study), model, variant)
    if as_json:
        printing.print_json(of_model.document(found))
        return
    told = f"{model} ({variant}): {found.n_complete} of {found.n_in_population} responses have every variable"
    shown = of_model.patterns_shown(found)
    printing.print_lines([told])
    printing.print_frame("Missing together", shown.head(of_model.MOST_PATTERNS))
    if len(shown) > of_model.MOST_PATTERNS:
        printing.print_lines([f"and {len(shown) - of_model.MOST_PATTERNS} rarer patterns; all of them: --json"])
    printing.print_lines([of_model.little_in_words(found)])
