"""The published tables of a replication package: those of its release, else of its fits as recorded."""

from dataclasses import dataclass

from models.focal_term import focal_term
from models.replication.report import Printed
from pipelines.commands.replication_fits import PackagedFits
from pipelines.commands.table_sources import Asked, Sourced, from_release, from_warehouse
from pipelines.load import Study
from pipelines.replication.given import Given, given_fit
from pipelines.replication.printed import outside_the_rows, print_fits
from pipelines.report_tables.reported import ReportedFit
from pipelines.steps.release_texts import titles_of

PRINTED_KINDS = (
    "study_title",
    "group_title",
    "scale_title",
    "item_text",
    "model_title",
    "variant_title",
    "rule_title",
    "wave_title",
)


@dataclass(frozen=True, eq=False)
class PublishedTables:
    """Tables as recorded, and what is needed to make them again.

    Attributes:
        given: What they hold beside results.
        printed: The tables.
    """

    given: Given
    printed: Printed


def published_tables(study: Study, fits: PackagedFits) -> PublishedTables:
    """Print the regressions of a package as ``sensemaking tables`` does.

    Raises:
        DataError: When the release cannot be read, or the warehouse does not know its fits.
    """
    asked = Asked(fit_ids=_in_order(study, fits))
    sourced = from_warehouse(study, asked) if fits.release is None else from_release(study, asked, fits.release)
    given = _given(study, sourced)
    return PublishedTables(given, print_fits(given, sourced.fits))


def _in_order(study: Study, fits: PackagedFits) -> tuple[str, ...]:
    """Return the fits as the study declares them: model by model, each before its variants."""
    models = list(study.models)
    declared = [(name, variant) for name in models for variant in ("main", *_variants(study, name))]
    place = {each: number for number, each in enumerate(declared)}
    keys = zip(fits.fits["fit_id"].astype(str), fits.fits["model"], fits.fits["variant"], strict=True)
    places = {fit: place.get((str(model), str(variant)), len(place)) for fit, model, variant in keys}
    return tuple(sorted(places, key=lambda fit: (places[fit], fit)))


def _variants(study: Study, model: str) -> list[str]:
    return [variant.name for variant in study.models[model].variants]


def _given(study: Study, sourced: Sourced) -> Given:
    words, is_released = sourced.words, sourced.release is not None
    warnings = [words.say("synthetic")] if study.spec.is_synthetic else []
    texts = {key: text for key, text in words.texts.items() if key[0] in PRINTED_KINDS}
    return Given(
        title=words.say("title", study=words.text("study_title", study.name)),
        warnings=(*warnings, sourced.warning if is_released else words.say("packaged")),
        language=words.language,
        texts=texts,
        titles=titles_of(study),
        is_released=is_released,
        least_cell_size=study.spec.release.least_cell_size,
        fits=tuple(given_fit(fit, *_beside_rows(fit)) for fit in sourced.fits),
    )


def _beside_rows(fit: ReportedFit) -> tuple[str | None, dict[str, float]]:
    return focal_term(fit.spec), outside_the_rows(fit.diagnostics)
