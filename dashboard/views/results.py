"""Second page: what every model found, in words first, then as a chart and a table, with the origin of every number."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.conditions import reasons
from dashboard.figures import decimal, whole
from dashboard.views.choices import show_choices
from dashboard.views.coefficients import show_coefficients, show_estimate_table
from dashboard.views.page import Page, choose_from_list, plain, without_marks
from dashboard.views.said_of_models import MAIN, findings_of, label_line, variant_title
from dashboard.views.shown_again import show_part
from dashboard.wording import ENGLISH
from pipelines.board_report.findings_of_fits import readings_of, unit_of
from pipelines.board_report.rows_of_fits import said_of_rows

EVERY = "every"
MANY = 4
"""Models from which on a page begins with a line of each."""
READINGS = ("terms", "product", "model_line", "corrected")
HASHES = ("fit_id", "spec_hash", "data_hash", "code_hash", "env_hash", "digest")


def show(page: Page) -> None:
    """Show the page."""
    show_part(page, _show_head)
    show_choices(page, _show_chosen)


def _show_head(page: Page) -> None:
    st.header(page.words.say("results"), anchor=False)
    st.markdown(page.words.say("results_intro"))
    st.caption(page.words.say("coefficient_reading"))
    if queries.fits(page.release).empty:
        st.info(page.words.say("no_models"))
        return
    with st.expander(page.words.say("how_to_read")):
        st.markdown("\n\n".join(page.words.say(f"{what}_reading") for what in READINGS))


def _show_chosen(page: Page) -> None:
    models = [str(each) for each in queries.fits(page.release)["model"].unique()]
    titles = {EVERY: page.words.say("every_model")} | {
        each: without_marks(page.words.title("model_title", each)) for each in models
    }
    model = EVERY
    if len(models) > 1:
        model = choose_from_list("model", list(titles), page.words.say("shown_models"), lambda each: titles[each])
    show_part(page, _show_models, model)


def _show_models(page: Page, chosen: str) -> None:
    fits, estimates = queries.fits(page.release), queries.estimates(page.release)
    if chosen == EVERY and fits["model"].nunique() >= MANY:
        _show_in_short(page, fits, estimates)
    status = queries.scales(page.release).set_index("scale")["status"].to_dict()
    for model, of_model in fits.groupby("model", sort=False):
        if chosen not in (EVERY, model):
            continue
        with st.container(border=True):
            _show_model(page, of_model.reset_index(drop=True), estimates[estimates["model"] == model], status)


def _show_in_short(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame) -> None:
    """List what every model found, a line each."""
    st.subheader(page.words.say("in_short"), anchor=False)
    lines = []
    for model, of_model in fits.groupby("model", sort=False):
        asked = findings_of(page, of_model.iloc[0], estimates[estimates["model"] == model])[0]
        lines.append(f"- **{plain(page.words.title('model_title', str(model)))}**: {asked}")
    st.markdown("\n".join(lines))


def _show_model(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> None:
    words, main = page.words, fits.iloc[0]
    model = main["model"]
    st.subheader(plain(words.title("model_title", model)), anchor=False)
    st.markdown(label_line(page, main))
    hypothesis = words.titles.get(("hypothesis", model), "")
    if hypothesis:
        st.markdown(words.say("hypothesis", text=plain(hypothesis)))
    if main["variant"] != MAIN:
        st.markdown(words.say("without_main", variant=plain(variant_title(page, model, main["variant"]))))
    asked, *others = findings_of(page, main, estimates)
    st.markdown(f"#### {asked}")
    if others:
        st.markdown(" ".join(others))
    if rows := _rows(page, main.to_dict()):
        st.markdown(rows)
    for reading in readings_of(fits.head(1)):
        st.markdown(words.say(reading))
    show_coefficients(page, fits, estimates, status)
    st.caption(_short_line(page, main.to_dict()))
    if not pd.isna(missed := main.get("conditions_not_met", pd.NA)) and missed > 0:
        st.markdown(words.say("conditions_not_met", count=whole(missed, words.language)))
        st.markdown("\n".join(f"- {each}" for each in _reasons(page, str(main["fit_id"]))))
    show_estimate_table(page, fits, estimates)
    with st.expander(words.say("how_made")):
        _show_origin(page, fits)


def _reasons(page: Page, fit_id: str) -> list[str]:
    """Say in words which conditions on the scores of a fit do not hold."""
    say, found = page.words.say, list[str]()
    for (scale, group, wording, over), count in reasons(queries.conditions(page.release), fit_id).items():
        compared = f"over_{over}"
        named = say(compared) if compared in ENGLISH else plain(over)
        of_group = plain(page.group(group)) if group else say("missed_everybody")
        line = say("missed_line", scale=plain(page.scale(scale)), group=of_group, reason=say(wording, over=named))
        found.append(say("missed_several", line=line, count=count) if count > 1 else line)
    return found


def _line(page: Page, fit: Mapping[str, Any]) -> str:
    """Say in one line how many answers stand behind a fit, how its standard errors were made and what its rows are."""
    return f"{_short_line(page, fit)} {_rows(page, fit)}".strip()


def _short_line(page: Page, fit: Mapping[str, Any]) -> str:
    words, language = page.words, page.words.language
    clusters, covariance = fit["n_clusters"], f"covariance_{fit['covariance']}"
    estimator = f"estimator_{fit['estimator']}"
    return words.say(
        "model_line",
        n=whole(fit["n_obs"], language),
        clusters="" if pd.isna(clusters) else words.say("clusters", count=whole(clusters, language)),
        covariance=words.say(covariance) if covariance in ENGLISH else plain(fit["covariance"]),
        explained=_explained(page, fit),
        estimator=words.say(estimator) if estimator in ENGLISH else plain(fit["estimator"]),
    )


def _explained(page: Page, fit: Mapping[str, Any]) -> str:
    """Say the share of variance explained, of outcomes in points."""
    if pd.isna(fit["r_squared"]) or unit_of(fit) not in ("points", "paths", "difference"):
        return ""
    return page.words.say("explained_share", r_squared=decimal(fit["r_squared"], page.words.language))


def _rows(page: Page, fit: Mapping[str, Any]) -> str:
    """Say what the rows of a fit are; nothing of responses compared with all others."""
    return " ".join(said_of_rows(fit, page.words.say, lambda column: plain(page.scale(column))))


def _show_origin(page: Page, fits: pd.DataFrame) -> None:
    """Write which method, rows, model, software and environment stand behind every fit."""
    words = page.words
    estimand = words.titles.get(("estimand", fits.iloc[0]["model"]))
    if estimand:
        st.markdown(words.say("how_made_note", estimand=plain(estimand)))
    for fit in fits.to_dict("records"):
        st.markdown(f"**{plain(variant_title(page, fit['model'], fit['variant']))}**: {_line(page, fit)}")
        st.markdown(label_line(page, pd.Series(fit)))
        st.markdown("\n".join(f"- {words.say(name)}: `{fit[name]}`" for name in HASHES))
    st.caption(words.say("rerun_note"))
