"""Several fits → the rows under their coefficients: how many responses, how much is explained, which inference."""

from collections.abc import Callable, Sequence

import pandas as pd

from pipelines.report_tables.numerals import P_DECIMALS
from pipelines.report_tables.reported import PLAIN, ReportedFit
from pipelines.report_tables.value import EMPTY, Cell, Number, Row
from pipelines.report_tables.words import Words

R2_DECIMALS = 2
ORGANISATION = "organisation_id"


def summary_rows(fits: Sequence[ReportedFit], words: Words) -> list[Row]:
    """Return the rows of a table that tell of its columns as wholes; those that no fit fills are left out."""
    rows = [
        *_count_rows(fits, words),
        *_cluster_rows(fits, words),
        _row("r_squared", fits, words, lambda fit: _share(fit.r_squared, words)),
        _row("adjusted_r_squared", fits, words, lambda fit: _share(adjusted_r_squared(fit), words)),
        _row("mcfadden_r2", fits, words, lambda fit: _share(fit.diagnostics.get("mcfadden_r2"), words)),
        _row("estimator", fits, words, lambda fit: _text(estimator_in_words(fit, words))),
        _row("fixed_effects", fits, words, lambda fit: _text(words.listed(_named(fit.spec.effects(), words)))),
        _row("random_effects", fits, words, lambda fit: _text(words.listed(_random(fit, words)))),
        _row("units", fits, words, lambda fit: _text(_units(fit, words))),
        _row("covariance", fits, words, lambda fit: _text(covariance_in_words(fit, words))),
        _row("focal_p_holm", fits, words, lambda fit: _p_value(fit.holm_p if fit.n_in_family > 1 else None, words)),
        _row("equivalence", fits, words, lambda fit: _text(_equivalence(fit, words))),
        _row("conditions", fits, words, lambda fit: _whole(fit.n_missed, words)),
    ]
    if any(fit.withheld for fit in fits):
        rows.append(_row("release_rules", fits, words, lambda fit: _text(_release_rules(fit, words))))
    return [row for row in rows if any(cell.lines for cell in row.cells)]


def adjusted_r_squared(fit: ReportedFit) -> float | None:
    """Return 1 - (1 - R2)(n - 1) / (n - k), of a model with an intercept and no effects taken out; else None.

    Ezekiel (1930); R: ``summary(lm(...))$adj.r.squared``.
    """
    if fit.estimator not in PLAIN or fit.r_squared is None or fit.df_resid is None or fit.df_resid <= 0:
        return None
    return 1 - (1 - fit.r_squared) * (fit.n_obs - 1) / fit.df_resid


def estimator_in_words(fit: ReportedFit, words: Words) -> str:
    """Return the estimator, as the field calls it."""
    return words.maybe(f"estimator_{fit.estimator}", fit.estimator.replace("_", " "))


def covariance_in_words(fit: ReportedFit, words: Words) -> str:
    """Return the name of the covariance."""
    name, two_way, _ = fit.covariance.partition("_two_way")
    return words.say("two_way", covariance=name) if two_way else words.maybe(f"named_{name}", name)


def _count_rows(fits: Sequence[ReportedFit], words: Words) -> list[Row]:
    """Return a row of how many rows a fit has, for every kind of row, and one of the responses behind organisations."""

    def count(fit: ReportedFit, level: str) -> Cell:
        if level == "response" and fit.spec.level != level:
            return _whole(fit.diagnostics.get("n_responses"), words)
        return _whole(fit.n_obs if fit.spec.level == level else None, words)

    levels = ("response", "organisation_and_wave", "organisation")
    return [_row(f"n_of_{level}", fits, words, lambda fit, level=level: count(fit, level)) for level in levels]


def _named(columns: Sequence[str], words: Words) -> list[str]:
    return [words.maybe(f"column_{each}", each.replace("_", " ")) for each in columns]


def _random(fit: ReportedFit, words: Words) -> list[str]:
    return [" × ".join(_named(each.columns, words)) for each in fit.spec.random_effects]


def _units(fit: ReportedFit, words: Words) -> str:
    return "" if fit.spec.panel is None else _named([fit.spec.panel.column], words)[0]


def _cluster_rows(fits: Sequence[ReportedFit], words: Words) -> list[Row]:
    """Return one row for each column by which responses are clustered."""
    by_column = list(dict.fromkeys(clusters for fit in fits if (clusters := fit.spec.clusters())))
    rows: list[Row] = []
    for clusters in by_column:
        cells = tuple(_whole(fit.n_clusters if fit.spec.clusters() == clusters else None, words) for fit in fits)
        is_organisation = clusters == (ORGANISATION,)
        key = "n_fewer_clusters" if len(clusters) > 1 else "n_clusters"
        named = words.say(key, column=words.listed(_named(clusters, words)))
        label = words.say("n_organisations") if is_organisation else named
        rows.append(Row(label, cells, kind="summary"))
    return rows


def _row(key: str, fits: Sequence[ReportedFit], words: Words, cell: Callable[[ReportedFit], Cell]) -> Row:
    return Row(words.say(key), tuple(cell(fit) for fit in fits), kind="summary")


def _text(text: str) -> Cell:
    return Cell((text,)) if text else EMPTY


def _whole(value: float | None, words: Words) -> Cell:
    if value is None or pd.isna(value):
        return EMPTY
    return Cell((words.numerals.whole(value),), (("estimate", Number(float(value), 0, "whole")),))


def _share(value: float | None, words: Words) -> Cell:
    if value is None or pd.isna(value):
        return EMPTY
    text = words.numerals.without_nought(value, R2_DECIMALS)
    return Cell((text,), (("estimate", Number(value, R2_DECIMALS, "share")),))


def _p_value(value: float | None, words: Words) -> Cell:
    if value is None or pd.isna(value):
        return EMPTY
    number = Number(value, P_DECIMALS, "p")
    return Cell((words.numerals.written(number),), (("estimate", number),))


def _equivalence(fit: ReportedFit, words: Words) -> str:
    verdicts = [row["verdict"] for term in fit.focal_terms() if (row := fit.reading(term, "equivalence"))]
    return words.say(str(verdicts[0])) if len(verdicts) == 1 and verdicts[0] else ""


def _release_rules(fit: ReportedFit, words: Words) -> str:
    return words.say("is_withheld" if fit.withheld else "may_be_released")
