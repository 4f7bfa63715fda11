"""Second page: what every model found, in words first, then as a chart and a table, with the origin of every number."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import findings, queries
from dashboard.charts import Axis, interval_chart, series_legend
from dashboard.conditions import reasons
from dashboard.figures import decimal, p_value, places_for, whole
from dashboard.views.choices import show_choices
from dashboard.views.page import (
    Page,
    choose_from_list,
    inference_line,
    plain,
    show_chart,
    show_table,
    status_line,
    without_marks,
)
from dashboard.views.shown_again import show_part
from dashboard.wording import ENGLISH
from models.terms import scales_in_terms
from pipelines.board_report.rows_of_fits import said_of_rows

INTERCEPT, MAIN, EVERY = "intercept", "main", "every"
PLACES = 2
MOST_TERMS = 10
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
    status = queries.scales(page.release).set_index("scale")["status"].to_dict()
    for model, of_model in fits.groupby("model", sort=False):
        if chosen not in (EVERY, model):
            continue
        with st.container(border=True):
            _show_model(page, of_model.reset_index(drop=True), estimates[estimates["model"] == model], status)


def _show_model(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> None:
    words, main = page.words, fits.iloc[0]
    model = main["model"]
    st.subheader(plain(words.title("model_title", model)), anchor=False)
    st.markdown(label_line(page, main))
    hypothesis = words.titles.get(("hypothesis", model), "")
    if hypothesis:
        st.markdown(words.say("hypothesis", text=plain(hypothesis)))
    if main["variant"] != MAIN:
        st.markdown(words.say("without_main", variant=plain(_variant(page, model, main["variant"]))))
    st.markdown(f"#### {finding(page, main, estimates)}")
    if rows := _rows(page, main.to_dict()):
        st.markdown(rows)
    _show_coefficients(page, fits, estimates, status)
    st.caption(_short_line(page, main.to_dict()))
    if not pd.isna(missed := main.get("conditions_not_met", pd.NA)) and missed > 0:
        st.markdown(words.say("conditions_not_met", count=whole(missed, words.language)))
        st.markdown("\n".join(f"- {each}" for each in _reasons(page, str(main["fit_id"]))))
    _show_estimate_table(page, fits, estimates)
    with st.expander(words.say("how_made")):
        _show_origin(page, fits)


def label_line(page: Page, fit: pd.Series) -> str:
    """Say whether a fit is confirmatory, and what that follows from."""
    return f"**{page.words.say(fit['label'])}**: {page.words.say('because_' + fit['label_because'])}"


def _marked_variants(page: Page, fits: pd.DataFrame) -> dict[str, str]:
    """Name the variants of a model; each with its label where confirmatory and exploratory ones stand together."""
    is_mixed = len(set(fits["label"])) > 1
    return {
        fit["variant"]: _variant(page, fit["model"], fit["variant"])
        + (f" ({page.words.say(fit['label']).lower()})" if is_mixed else "")
        for fit in fits.to_dict("records")
    }


def finding(page: Page, fit: pd.Series, estimates: pd.DataFrame) -> str:
    """Say in plain words what a fit found for its term of interest, and whether its sign is the expected one."""
    focal = findings.focal_estimate(fit, estimates)
    if focal is None:
        return page.words.say("found_nothing")
    language = page.words.language
    way = str(findings.direction(pd.Series([focal["conf_low"]]), pd.Series([focal["conf_high"]]))[0])
    places = places_for([focal["conf_low"], focal["conf_high"]], PLACES)
    figures = {name: decimal(focal[name], language, places) for name in ("estimate", "conf_low", "conf_high")}
    sentence = page.words.say(
        f"found_{findings.kind_of_term(focal['term'])}_{way}",
        focal=plain(_term(page, fit["model"], focal["term"])),
        outcome=plain(page.scale(fit["outcome"])),
        estimate=figures["estimate"],
        low=figures["conf_low"],
        high=figures["conf_high"],
    )
    return f"{sentence} {_verdict(page, fit['expected_sign'], way)}".strip()


def _verdict(page: Page, expected: str, way: str) -> str:
    if expected not in ("positive", "negative"):
        return ""
    if way == "unclear":
        return page.words.say("not_settled")
    return page.words.say("as_expected" if (expected == "positive") == (way == "up") else "against_expected")


def _term(page: Page, model: str, term: str) -> str:
    if term == INTERCEPT:
        return page.words.say("intercept")
    return page.words.titles.get(("term_label", f"{model}/{term}")) or page.scale(term)


def _variant(page: Page, model: str, variant: str) -> str:
    if variant == MAIN:
        return page.words.say("main")
    return page.words.titles.get(("variant_title", f"{model}/{variant}"), variant.replace("_", " "))


def _show_coefficients(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> None:
    say, language, main = page.words.say, page.words.language, fits.iloc[0]
    drawn = estimates[(estimates["term"] != INTERCEPT) & estimates["estimate"].notna()]
    names = _marked_variants(page, fits)
    drawn = drawn.assign(is_other=drawn["term"] != main["focal_term"]).sort_values(
        ["is_other", "position"], kind="stable"
    )
    n_terms, drawn = drawn["term"].nunique(), _of_scales(drawn, status)
    n_left_out = n_terms - drawn["term"].nunique()
    points = pd.DataFrame(
        {
            "key": drawn["term"],
            "row": [_term(page, main["model"], term) for term in drawn["term"]],
            "note": drawn["is_other"].map({False: say("of_interest"), True: ""}),
            "series": drawn["variant"].map(names),
            "value": drawn["estimate"].astype(float),
            "low": drawn["conf_low"].astype(float),
            "high": drawn["conf_high"].astype(float),
        }
    )
    written = [_written(page, row, PLACES) for row in drawn.to_dict("records")]
    points["figure"] = [estimate for estimate, _, _ in written]
    points["said"] = [
        say("coefficient_said", term=term, variant=variant, estimate=estimate, low=low, high=high)
        for term, variant, (estimate, low, high) in zip(points["row"], points["series"], written, strict=True)
    ]
    outcome = page.scale(main["outcome"])
    axis = Axis(say("coefficient_axis", outcome=outcome), has_zero_line=True)
    series = [names[variant] for variant in fits["variant"]]
    chart = interval_chart(points, series, axis, language)
    left_out = say("terms_in_the_table", count=n_left_out) if n_left_out else ""
    status_told = f"{_status(page, fits, estimates, status)}."
    show_chart(
        chart,
        " ".join(filter(None, (status_told, inference_line(page, page.groups), left_out))),
        say("coefficient_alt", model=page.words.title("model_title", main["model"])),
        series_legend(series),
    )


def _of_scales(drawn: pd.DataFrame, scales: Collection[str]) -> pd.DataFrame:
    """Leave out of many terms those that are neither of interest nor of scales, such as backgrounds and waves."""
    if drawn["term"].nunique() <= MOST_TERMS:
        return drawn
    is_of_scales = drawn["term"].map(lambda term: bool(scales_in_terms([term], scales)))
    return drawn[is_of_scales | ~drawn["is_other"]]


def _written(page: Page, row: Mapping[Any, Any], least: int) -> tuple[str, str, str]:
    """Write a coefficient and the ends of its interval with as many decimals as it takes to tell them from zero."""
    places = places_for([row["conf_low"], row["conf_high"]], least)
    estimate, low, high = (
        decimal(row[name], page.words.language, places) for name in ("estimate", "conf_low", "conf_high")
    )
    return estimate, low, high


def _show_estimate_table(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame) -> None:
    language, say = page.words.language, page.words.say
    n_obs, label = fits.set_index("fit_id")["n_obs"], fits.set_index("fit_id")["label"]
    rows = estimates.to_dict("records")
    written = [_written(page, row, 3) for row in rows]
    table = pd.DataFrame(
        {
            "term": [_term(page, row["model"], row["term"]) for row in rows],
            "variant": [_variant(page, row["model"], row["variant"]) for row in rows],
            "label": [say(label[row["fit_id"]]) for row in rows],
            "estimate": [estimate for estimate, _, _ in written],
            "estimate_interval": [say("from_to", low=low, high=high) for _, low, high in written],
            "p_value": [p_value(row["p_value"], language) for row in rows],
            "n": [whole(n_obs.get(row["fit_id"]), language) for row in rows],
        }
    )
    show_table(page, table)


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
        r_squared=decimal(fit["r_squared"], language),
        estimator=words.say(estimator) if estimator in ENGLISH else plain(fit["estimator"]),
    )


def _rows(page: Page, fit: Mapping[str, Any]) -> str:
    """Say what the rows of a fit are; nothing of responses compared with all others."""
    return " ".join(said_of_rows(fit, page.words.say, lambda column: plain(page.scale(column))))


def _status(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> str:
    """Say how far the scales in a model have been validated."""
    used = scales_in_terms([fits.iloc[0]["outcome"], *estimates["term"]], status)
    return status_line(page, {scale: status[scale] for scale in used})


def _show_origin(page: Page, fits: pd.DataFrame) -> None:
    """Write which method, rows, model, software and environment stand behind every fit."""
    words = page.words
    estimand = words.titles.get(("estimand", fits.iloc[0]["model"]))
    if estimand:
        st.markdown(words.say("how_made_note", estimand=plain(estimand)))
    for fit in fits.to_dict("records"):
        st.markdown(f"**{plain(_variant(page, fit['model'], fit['variant']))}**: {_line(page, fit)}")
        st.markdown(label_line(page, pd.Series(fit)))
        st.markdown("\n".join(f"- {words.say(name)}: `{fit[name]}`" for name in HASHES))
    st.caption(words.say("rerun_note"))
