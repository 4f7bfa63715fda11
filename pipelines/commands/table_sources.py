"""Where the figures of tables come from: the warehouse, exact and private, or the current release, protected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from instruments.faults import DataError, UsageError
from instruments.spec_file import Texts, closest
from models.regression.columns import column_of
from models.replication.refit import labels_from_json, recorded_model
from models.spec import RegressionSpec
from pipelines.assets.beside_fits import WITHOUT_INFERENCE
from pipelines.assets.fits import FitRows
from pipelines.commands.conditions_of_fits import missed_by
from pipelines.commands.fits import recorded_fits
from pipelines.fit_disclosure import withheld_fits
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.release_log import reasons_of_withdrawal
from pipelines.report_tables.of_record import figure, known_diagnostics, of_every_source, whole
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.sentences import sentences_of, without_breaks
from pipelines.report_tables.terms import Naming, small_terms
from pipelines.report_tables.words import WORDINGS, Words, words_of
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET
from pipelines.steps.release_texts import release_texts, titles_of
from pipelines.steps.term_labels import term_label
from pipelines.store import Store
from pipelines.store.many_rows import examples_of_rows
from pipelines.store.released import ReleaseFile, read_current_release, read_release
from pipelines.tables import out, shapes
from pipelines.tables.released import CONDITIONS_RELEASED, ESTIMATES_RELEASED, FITS_RELEASED, SCALE_MEANS_RELEASED

MADE_BY_HAND = "by_hand_rule"
OF_A_RELEASE = (FITS_RELEASED, ESTIMATES_RELEASED, CONDITIONS_RELEASED, SCALE_MEANS_RELEASED)


@dataclass(frozen=True)
class Asked:
    """Which fits are wanted.

    Attributes:
        fit_ids: These, in this order; empty for the declared ones.
        models: Of the declared ones only those of these models; empty for all.
        language: ``en`` or ``da``; empty for the first of the release.
    """

    fit_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, eq=False)
class Sourced:
    """What tables are made of.

    Attributes:
        fits: The fits, in the order in which they are to stand.
        words: The language.
        warning: What has to be said of all figures.
        release: The release they come from; None for the warehouse.
    """

    fits: tuple[ReportedFit, ...]
    words: Words
    warning: str
    release: ReleaseFile | None


def words_for(study: Study, language: str) -> Words:
    """Return the words of a study's tables.

    Raises:
        UsageError: When tables do not exist in the language.
    """
    chosen = language or study.spec.release.languages[0]
    if chosen not in WORDINGS:
        raise UsageError(f"tables have no language {chosen}; expected {' or '.join(WORDINGS)}")
    rows = [("item_text", name, at, text) for name, texts in titles_of(study).items() for at, text in texts.items()]
    rules = study.spec.screening.exclusions.items()
    rows += [("rule_title", name, at, text) for name, rule in rules for at, text in rule.title.items()]
    known = release_texts(study, [])
    return words_of(chosen, pd.concat([known, pd.DataFrame(rows, columns=["kind", "name", "language", "text"])]))


def from_warehouse(study: Study, asked: Asked) -> Sourced:
    """Take fits from the warehouse: exact, with what release rules would withhold marked.

    Raises:
        UsageError: When there is no such fit or model, or none at all.
        WarehouseError: When the rows of a fit are gone.
    """
    words, store = words_for(study, asked.language), Store(study.warehouse)
    recorded = recorded_fits(study)
    rows = _wanted(study, recorded, asked)
    tables = {table.name: store.read(table) for table in (out.ESTIMATES, out.DIAGNOSTICS, out.READINGS, shapes.SURFACE)}
    withheld = withheld_fits(study, store, words.language)
    missed = missed_by(study, rows)
    n_in_family = recorded.dropna(subset=["focal_p_holm"])["family"].value_counts()
    fits = [
        _private(
            _Recorded(study, store, words, titles_of(study)),
            row,
            {name: _of_fit(table, row) for name, table in tables.items()},
            _withheld(row, withheld, words),
            _in_words(missed[missed["fit_id"] == row["fit_id"]], words),
            n_in_family,
        )
        for row in rows.to_dict("records")
    ]
    return Sourced(tuple(fits), words, words.say("private"), None)


def from_release(study: Study, asked: Asked, number: int | None = None) -> Sourced:
    """Take fits from the current release, or one by its number: rounded, and only those that may be shown.

    Names of terms, and which is of interest, come from what the warehouse recorded with the same fit.

    Raises:
        UsageError: When nothing is released, or the release has no such fit or model.
        DataError: When the release cannot be read, or the warehouse does not know its fits.
    """
    words, store = words_for(study, asked.language), Store(study.warehouse)
    release = (
        read_current_release(study.releases, OF_A_RELEASE)
        if number is None
        else read_release(study.releases, number, OF_A_RELEASE, reasons_of_withdrawal(store))
    )
    released = release.tables[FITS_RELEASED.name].assign(is_declared=True, is_current=True)
    recorded = store.read(out.FITS).set_index("fit_id")
    fits: list[ReportedFit] = []
    without = set(release.manifest.get("no_inference", "").split(",")) - {""}
    for row in _wanted(study, released, asked, "the current release").to_dict("records"):
        if row["fit_id"] not in recorded.index:
            raise DataError(f"the warehouse has no record of the released fit {row['fit_id']}; run and release again")
        origin = recorded.loc[row["fit_id"]].to_dict()
        spec, rows, naming = _Recorded(study, store, words, titles_of(study)).parts(origin)
        conditions = _of_fit(release.tables[CONDITIONS_RELEASED.name], row)
        groups = set(spec.population.respondent_groups or study.spec.respondent_groups)
        fits.append(
            ReportedFit(
                **of_every_source(row, spec, rows, naming, _of_fit(release.tables[ESTIMATES_RELEASED.name], row)),
                is_declared=True,
                df_resid=None,
                is_released=True,
                n_missed=whole(row["conditions_not_met"]),
                missed=_in_words(conditions, words),
                has_no_inference=bool(groups & without),
            )
        )
    warning = words.say("released", number=release.number, date=release.published_on)
    return Sourced(tuple(fits), words, warning, release)


def focal_sentences(study: Study, made: FitRows) -> list[str]:
    """Say in English what a fit found of its focal regressor, for a terminal; one line each."""
    titles, row = titles_of(study), made.fits.iloc[0].to_dict()
    outcome = str(row["outcome"])
    words = Words("en", {("scale_title", outcome): term_label(outcome, titles, "en")})
    spec, rows, naming = _Recorded(study, Store(study.warehouse), words, titles).parts(row, has_all_rows=False)
    fit = ReportedFit(
        **of_every_source(row, spec, rows, naming, made.estimates),
        is_declared=False,
        df_resid=None,
        is_released=False,
        readings=made.readings,
        surface=made.surface,
    )
    return [without_breaks(sentence) for sentence in sentences_of(fit, words)]


@dataclass(frozen=True, eq=False)
class _Recorded:
    """What is needed to read a recorded fit."""

    study: Study
    store: Store
    words: Words
    titles: Mapping[str, Texts]

    def parts(
        self, row: Mapping[str, object], *, has_all_rows: bool = True
    ) -> tuple[RegressionSpec, pd.DataFrame, Naming]:
        """Return the model as fitted, the responses used or as many as name its terms, and what these are named by."""
        name, _ = rest_of_rows(self.store, str(row["data_hash"]))
        naming = Naming(labels_from_json(str(row["labels_json"])), self.titles, self.words)
        model = recorded_model(row)
        if has_all_rows:
            return model, self.store.kept_rows(name), naming
        categories = {column_of(each) for each in model.variables() if each.use == "category"}
        categories |= {model.outcome} if model.estimator == "multinomial" else set()
        return model, examples_of_rows(self.store.kept_rows_file(name), sorted(categories)), naming


def _private(
    recorded: _Recorded,
    row: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    withheld: str,
    missed: tuple[str, ...],
    n_in_family: pd.Series,
) -> ReportedFit:
    spec, rows, naming = recorded.parts(row)
    least = recorded.study.spec.release.least_cell_size
    diagnostics = known_diagnostics(tables[out.DIAGNOSTICS.name])
    holm = figure(row["focal_p_holm"])
    return ReportedFit(
        **of_every_source(row, spec, rows, naming, tables[out.ESTIMATES.name]),
        is_declared=bool(row["is_declared"]),
        df_resid=float(str(row["df_resid"])),
        is_released=False,
        readings=tables[out.READINGS.name],
        surface=tables[shapes.SURFACE.name].sort_values("position"),
        diagnostics=diagnostics,
        family="" if holm is None else str(row["family"]),
        n_in_family=0 if holm is None else int(n_in_family[str(row["family"])]),
        holm_p=holm,
        n_missed=whole(diagnostics.get(CONDITIONS_NOT_MET)),
        missed=missed,
        has_no_inference=diagnostics.get(WITHOUT_INFERENCE, 0.0) > 0,
        withheld=withheld,
        small_terms=small_terms(spec, rows, naming.labels, least),
    )


def _wanted(study: Study, fits: pd.DataFrame, asked: Asked, where: str = "the warehouse") -> pd.DataFrame:
    """Return rows of fits in the order in which they are to stand."""
    if asked.fit_ids:
        known = fits.set_index("fit_id", drop=False)
        for each in asked.fit_ids:
            if each not in known.index:
                near = closest(each, [str(name) for name in known.index])
                raise UsageError(f"{where} has no fit {each}{near}; list them with: sensemaking fits STUDY")
        return known.loc[list(dict.fromkeys(asked.fit_ids))].reset_index(drop=True)
    for each in asked.models:
        if each not in study.models:
            raise UsageError(f"there is no model {each}{closest(each, list(study.models))}")
    names = asked.models or tuple(study.models)
    rank = {(name, variant): place for place, (name, variant) in enumerate(_variants(study, names))}
    keys = [(str(model), str(variant)) for model, variant in zip(fits["model"], fits["variant"], strict=True)]
    places = pd.Series([rank.get(key, len(rank)) for key in keys], index=fits.index)
    is_wanted = fits["is_declared"].astype(bool) & fits["is_current"].astype(bool) & (places < len(rank))
    found = fits[is_wanted].assign(place=places).sort_values("place").drop(columns="place")
    if found.empty:
        raise UsageError(
            f"{where} has no fit of {', '.join(names) or 'any model'}; run the study, or release it, first"
        )
    return found.reset_index(drop=True)


def _variants(study: Study, names: Sequence[str]) -> Iterable[tuple[str, str]]:
    for name in dict.fromkeys(names):
        yield name, "main"
        yield from ((name, variant.name) for variant in study.models[name].variants)


def _of_fit(table: pd.DataFrame, row: Mapping[str, object]) -> pd.DataFrame:
    return table[table["fit_id"] == row["fit_id"]].reset_index(drop=True)


def _withheld(row: Mapping[str, object], withheld: Mapping[str, str], words: Words) -> str:
    is_declared_now = bool(row["is_declared"]) and bool(row["is_current"])
    return withheld.get(str(row["fit_id"]), "") if is_declared_now else words.say(MADE_BY_HAND)


def _in_words(conditions: pd.DataFrame, words: Words) -> tuple[str, ...]:
    """Say which conditions are not met: by scale and group what was measured, and comparisons."""
    measures: dict[tuple[str, str], list[str]] = {}
    compared: list[str] = []
    for row in conditions.to_dict("records"):
        scale = words.text("scale_title", str(row["scale"]))
        if row["over"]:
            over = words.maybe(f"over_{row['over']}", words.variable(str(row["over"])))
            compared.append(words.say("missed_compared", scale=scale, over=over))
            continue
        group = words.text("group_title", str(row["respondent_group"])) if row["respondent_group"] else ""
        measure = words.maybe(f"measure_{row['measure']}", str(row["measure"]).replace("_", " "))
        measures.setdefault((scale, group or words.say("every_group")), []).append(measure)
    told = [
        words.say("missed_one", scale=scale, group=group, measure=", ".join(dict.fromkeys(listed)))
        for (scale, group), listed in measures.items()
    ]
    return (*told, *dict.fromkeys(compared))
