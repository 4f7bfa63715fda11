"""Models one by one: what each says and why it is called confirmatory or not, and all that was found, side by side."""

from collections.abc import Iterator, Sequence

from models.sections.imputation import imputation_of
from models.sections.inference import FIGURES
from models.spec import RegressionSpec
from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Section, Table
from pipelines.board_report.words import plain
from pipelines.methods_report.defined import ENGINES, ESTIMATORS, READINGS, SHAPES, of_covariance
from pipelines.methods_report.diagnostics import diagnostics, joint_tests, readings
from pipelines.methods_report.found import Found
from pipelines.methods_report.printed import printed_table
from pipelines.methods_report.shapes import predictions, regions, slopes, surface
from pipelines.methods_report.specification import specification
from pipelines.report_tables.regressions import arrange, column_title, regression_table
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.tables import out

DIGITS = 12
OF_CALIBRATION = ("variance of calibrated weights", "regressions of calibrated weights")
"""Entries of the ledger for errors of calibrated weights; the second of regressions only."""
SAID_WHOLE = ("never_locked", "by_hand")
"""Why a fit is exploratory where its recorded reason says no more than the report's own words."""
IMPUTED_MEANS = ("answers imputed before they are averaged",)
Fits = Sequence[ReportedFit]


def models(found: Found) -> tuple[Section, ...]:
    """Write a section for every model of the study that was fitted or refused, in the order of the study."""
    refused = set(found.rows(out.REFUSALS)["model"])
    by_name = {name: [fit for fit in found.fits if fit.spec.name == name] for name in found.study.models}
    tried = [name for name, fits in by_name.items() if fits or name in refused]
    lines = (found.say("models_reading"),) if tried else (found.say("models_none"),)
    head = Section("models", found.say("models_title"), lines)
    return (head, *(_model(found, found.study.models[name], by_name[name]) for name in tried))


def variant_of(found: Found, fit: ReportedFit) -> str:
    """Return what a variant is called."""
    return plain(column_title(fit, found.words, is_named=False))


def _model(found: Found, model: RegressionSpec, fits: Fits) -> Section:
    tables, sentences = [specification(found, model)], list[str]()
    for place, arranged in enumerate(arrange(fits, found.words), start=1):
        printed = regression_table(arranged, place, found.words, Style())
        caption = found.say("estimates_caption", caption=printed.caption)
        tables.append(printed_table(printed, found, _of_estimates(found, arranged.fits), caption))
        sentences += [each for each in printed.sentences if each not in sentences]
    titles = {fit.fit_id: variant_of(found, fit) for fit in fits}
    for make in (diagnostics, readings, joint_tests, slopes, regions, surface, predictions):
        tables += make(found, fits, titles)
    if fits:
        tables.append(_origin(found, titles))
    title = found.text("model_title", model.name)
    return Section(
        "model",
        f"{model.code}. {title}" if model.code else title,
        tuple(_said(found, model, fits)),
        findings=tuple(plain(each) for each in sentences),
        depth=2,
        tables=tuple(tables),
    )


def _said(found: Found, model: RegressionSpec, fits: Fits) -> Iterator[str]:
    for key, texts in (("hypothesis", model.hypothesis), ("estimand", model.estimand)):
        text = texts if isinstance(texts, str) else found.texts(texts)
        if text:
            yield found.say(key, text=plain(text))
    yield from _labels(found, fits)
    refusals = found.rows(out.REFUSALS)
    for row in rows_of(refusals[refusals["model"] == model.name]):
        name = str(row["variant"])
        variant = found.words.say("main") if name == "main" else found.text("variant_title", f"{model.name}/{name}")
        yield found.say("refused", variant=variant, reason=plain(str(row["reason"])).rstrip("."))
    missed = dict.fromkeys(reason for fit in fits for reason in fit.missed)
    for reason in missed:
        variants = ", ".join(variant_of(found, fit) for fit in fits if reason in fit.missed)
        yield found.say("missed", variants=variants, reason=reason)
    if fits and not missed:
        yield found.say("missed_none")


def _labels(found: Found, fits: Fits) -> Iterator[str]:
    """Say which fits are confirmatory or exploratory and what that follows from, those alike together."""
    recorded = found.rows(out.FITS).set_index("fit_id")
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for fit in fits:
        row = recorded.loc[fit.fit_id]
        key = (fit.label, str(row["label_because"]), str(row["label_reason"]))
        reasons.setdefault(key, []).append(variant_of(found, fit))
    for (label, because, reason), variants in reasons.items():
        because_said = found.wording.say(f"because_{because}")
        why = because_said if because in SAID_WHOLE else f"{because_said} [{plain(reason)}]"
        yield found.say("labelled", label=found.words.say(label), why=why, variants=", ".join(variants))


def _of_estimates(found: Found, fits: Fits) -> list[str]:
    """Return the entries of the ledger for what stands in a table of estimates."""
    recorded = found.rows(out.FITS).set_index("fit_id")
    names = list[str]()
    for fit in fits:
        names += ENGINES.get(str(recorded.loc[fit.fit_id, "engine"]), ())
        names += [*ESTIMATORS[fit.estimator], *of_covariance(fit.estimator, fit.covariance)]
        names += _of_calibration(fit)
        names += READINGS["average_effect"] if len(fit.effects()) else ()
        names += SHAPES["holm"] if fit.n_in_family > 1 else ()
        names += READINGS["equivalence"] if fit.spec.smallest_effect_of_interest is not None else ()
        names += SHAPES["surface"] if len(fit.surface) else ()
        names += SHAPES["spline"] if any(each.spline for each in fit.spec.variables()) else ()
        if fit.spec.level != "response":
            names += [*SHAPES["organisation_rows"], *(IMPUTED_MEANS if imputation_of(fit.spec.missing) else ())]
    return names


def _of_calibration(fit: ReportedFit) -> tuple[str, ...]:
    if fit.spec.design is None or not fit.spec.design.is_calibrated:
        return ()
    return OF_CALIBRATION[:1] if fit.estimator in FIGURES else OF_CALIBRATION


def _origin(found: Found, titles: dict[str, str]) -> Table:
    fits = found.rows(out.FITS).set_index("fit_id", drop=False)
    columns = ("spec_hash", "data_hash", "code_hash", "env_hash")
    lines = list[tuple[str, ...]]()
    for fit_id, title in titles.items():
        lines += [(f"{title}: {fit_id}",), tuple(str(fits.loc[fit_id, column])[:DIGITS] for column in columns)]
    heads = found.heads("specification", "data", "code", "environment")
    return Table(found.say("origin_caption"), heads, tuple(lines), n_labels=4, notes=(found.say("origin_note"),))
