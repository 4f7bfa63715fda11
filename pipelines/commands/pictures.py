"""``sensemaking pictures``: which drawings are made of recorded fits."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from instruments.faults import DataError, UsageError
from instruments.spec_file import closest
from models.regression.columns import surface_terms
from models.regression.design import build_design
from models.regression.reading.residuals import residuals_of
from models.replication.refit import labels_from_json, recorded_model
from pipelines.commands.picture_titles import categories_of, text_in, titles_of
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.pictures.coefficients import MOST_FITS, coefficient_plot
from pipelines.pictures.diagnostics import diagnostics_panels
from pipelines.pictures.drawn_fit import DrawnFit
from pipelines.pictures.effects import curve_plot, effect_plot, slope_plot
from pipelines.pictures.files import FORMATS, write_drawing
from pipelines.pictures.surface import surface_plot
from pipelines.pictures.words import SAID, Words
from pipelines.store import Store
from pipelines.tables import out, shapes

Drawing = tuple[str, str]


def draw_fits(study: Study, fit_ids: Sequence[str], folder: Path, format_: str, language: str) -> list[Path]:
    """Write the drawings of recorded fits: their coefficients side by side, then what each shows by itself.

    Args:
        study: The study, after a run.
        fit_ids: Recorded fits, or names of models for the latest fit of each.
        folder: Where they go; made when it is not there.
        format_: ``svg``, ``png`` or ``pdf``.
        language: ``en`` or ``da``; empty for the first of the release.

    Returns:
        The files, which are the same bytes for the same figures.

    Raises:
        UsageError: When there is no such fit, format or language, or too many fits are asked for.
        DataError: When responses of a fit were erased.
        WarehouseError: When all of them are gone.
    """
    words = words_of_fits(study, language or study.spec.release.languages[0])
    if format_ not in FORMATS:
        raise UsageError(f"pictures have no format {format_}; expected {', '.join(FORMATS)}")
    if (n_fits := len(set(fit_ids))) > MOST_FITS:
        raise UsageError(f"{n_fits} fits do not fit side by side; expected at most {MOST_FITS}; name fewer")
    fits = recorded(study, fit_ids, words)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, drawing in _drawings(study, fits, words):
        path = folder / f"{name}.{format_}"
        write_drawing(path, drawing)
        written.append(path)
    return written


def words_of_fits(study: Study, language: str) -> Words:
    """Return what drawings of fits say; UsageError when the language is none that they have."""
    if language not in SAID:
        raise UsageError(f"pictures have no language {language}; expected {' or '.join(SAID)}")
    return Words(language, {**titles_of(study, language), **categories_of(study, language)})


def recorded(study: Study, fit_ids: Sequence[str], words: Words) -> list[DrawnFit]:
    """Read recorded fits with everything that drawings need."""
    store = Store(study.warehouse)
    fits = store.read(out.FITS)
    tables = {
        table.name.partition(".")[2]: store.read(table) for table in (out.ESTIMATES, out.READINGS, *shapes.TABLES)
    }
    found: list[DrawnFit] = []
    for asked in dict.fromkeys(fit_ids):
        row = _row_of(fits, asked)
        spec = recorded_model(row)
        labels = labels_from_json(str(row["labels_json"]))
        own = {name: rows[rows["fit_id"] == row["fit_id"]] for name, rows in tables.items()}
        own["estimates"] = own["estimates"].sort_values("position")
        found.append(
            DrawnFit(
                fit_id=str(row["fit_id"]),
                spec=spec,
                title=_title(study, row, words),
                label=str(row["label"]),
                covariance=str(row["covariance"]),
                n_obs=int(row["n_obs"]),
                n_clusters=None if pd.isna(row["n_clusters"]) else int(row["n_clusters"]),
                design=build_design(spec, _rows(store, row), labels),
                **own,
            )
        )
    return found


def _rows(store: Store, row: pd.Series) -> pd.DataFrame:
    """Return the rows of a fit; pictures show rows beside figures, so that both have to be of the same ones."""
    name, erased = rest_of_rows(store, str(row["data_hash"]))
    if erased:
        raise DataError(
            f"{row['fit_id']} cannot be drawn, as its figures come from more rows than are left: {erased}; run the "
            "study and draw the fit that it makes of the others"
        )
    return store.kept_rows(name)


def _row_of(fits: pd.DataFrame, asked: str) -> pd.Series:
    """Return the fit of an id, or the latest main fit of a model."""
    of_id = fits[fits["fit_id"] == asked]
    is_latest = (fits["model"] == asked) & (fits["variant"] == "main") & fits["is_current"].astype(bool)
    found = of_id if len(of_id) else fits[is_latest & fits["is_declared"].astype(bool)]
    if not len(found):
        near = closest(asked, [str(each) for each in (*fits["fit_id"], *fits["model"].unique())])
        raise UsageError(f"there is no fit {asked}{near}; list them with: sensemaking fits STUDY")
    return found.iloc[0]


def _title(study: Study, row: pd.Series, words: Words) -> str:
    """Return the title of a fit: the model's, and the variant's where it is one."""
    spec = recorded_model(row)
    title, variant = text_in(spec.title, words.language), str(row["variant"])
    if variant == "main":
        return title
    declared = study.models[spec.name].variants if spec.name in study.models else ()
    named = next((each.title for each in declared if each.name == variant and each.title), None)
    told = text_in(named, words.language) if named else variant.replace("_", " ")
    return words.say("variant_named", title=title, variant=told)


def _drawings(study: Study, fits: list[DrawnFit], words: Words) -> Iterator[Drawing]:
    yield "coefficients", coefficient_plot(fits, words)
    for fit in fits:
        of_fit = (*drawings_of_effects(study, fit, words), *drawings_of_residuals(fit, words))
        yield from ((f"{fit.fit_id}_{name}", drawing) for name, drawing in of_fit)


def drawings_of_effects(study: Study, fit: DrawnFit, words: Words) -> Iterator[Drawing]:
    """Draw what products, bent curves and surfaces of a fit say; nothing of one without any."""
    least = study.spec.release.least_cell_size
    pairs = fit.slopes[["focal_term", "moderator"]].drop_duplicates()
    effects = fit.curves[fit.curves["curve"] == "effect"]
    for place, (focal_term, moderator) in enumerate(pairs.itertuples(index=False), start=1):
        is_number = ((effects["focal_term"] == focal_term) & (effects["moderator"] == moderator)).any()
        if is_number:
            yield f"effect_{place}", effect_plot(fit, str(focal_term), str(moderator), least, words)
        else:
            yield f"slopes_{place}", slope_plot(fit, str(focal_term), str(moderator), words)
    curves = fit.curves.loc[fit.curves["curve"] == "outcome", ["over", "moderator"]].drop_duplicates()
    for place, (over, moderator) in enumerate(curves.itertuples(index=False), start=1):
        yield f"curve_{place}", curve_plot(fit, str(over), str(moderator), least, words)
    if (surface := fit.spec.surface()) is not None and surface.surface.curved and len(fit.surface):
        reports = fit.data[list(surface_terms(surface.surface)[:2])].drop_duplicates()
        yield "surface", surface_plot(fit, reports.to_numpy(dtype=float), words)


def drawings_of_residuals(fit: DrawnFit, words: Words) -> Iterator[Drawing]:
    """Draw residuals of a linear fit; nothing where effects are taken out, or where columns err and are corrected."""
    if fit.spec.estimator == "linear" and not fit.spec.effects() and not fit.spec.corrected:
        yield "diagnostics", diagnostics_panels(fit, residuals_of(fit.spec, fit.design), words)
