"""Page of constructs: what each is in plain words, its score, and which were found to go together."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.construct_map import WAYS, construct_map, map_legend
from dashboard.figures import MISSING, decimal, whole
from dashboard.html_tiles import Tile, html_tiles
from dashboard.relations import relations
from dashboard.views.choices import show_choices
from dashboard.views.dots import interval
from dashboard.views.page import Page, choose, inference_line, plain, show_chart, show_table
from dashboard.views.said_of_models import finding
from dashboard.views.shown_again import show_part

CARDS_IN_A_ROW = 3


def show(page: Page) -> None:
    """Show the page."""
    say, means = page.words.say, queries.scale_means(page.release)
    st.header(say("integration"), anchor=False)
    if means.empty:
        st.info(say("no_scores"))
        return
    st.markdown(say("integration_intro"))
    show_choices(page, _show_group)


def _show_group(page: Page) -> None:
    """Show the constructs that one respondent group was asked about, in one wave."""
    say, means = page.words.say, queries.scale_means(page.release)
    groups = [group for group in page.groups if (means["respondent_group"] == group).any()]
    group = choose("group", groups, groups[0], say("group"), page.group)
    asked = set(means.loc[means["respondent_group"] == group, "wave"])
    waves = [wave for wave in page.waves if wave in asked]
    show_part(page, _show_constructs, group, choose("wave", waves, waves[-1], say("wave"), page.wave))


def _show_constructs(page: Page, group: str, wave: str) -> None:
    say, means = page.words.say, queries.scale_means(page.release)
    means = means[(means["respondent_group"] == group) & (means["wave"] == wave)]
    constructs = _told(page, queries.scales(page.release), means)
    _show_relations(page, constructs, (group, wave))
    st.header(say("constructs"), anchor=False)
    st.caption(f"{say('scores_of', group=plain(page.group(group)), wave=plain(page.wave(wave)))} "
               f"{inference_line(page, [group])}".strip())  # fmt: skip
    _show_cards(page, constructs)
    columns = {"title": "construct", "meaning": "meaning", "figure": "mean_score", "interval": "interval", "n": "n"}
    show_table(page, constructs.rename(columns=columns)[[*columns.values(), "status"]])


def _told(page: Page, scales: pd.DataFrame, means: pd.DataFrame) -> pd.DataFrame:
    """Write of every construct what it is, how far its questions are validated and what its score is."""
    say, words, language = page.words.say, page.words, page.words.language
    figures = means.set_index("scale")[["mean", "conf_low", "conf_high", "n_obs", "is_hidden"]]
    told = scales.join(figures, on="scale")
    asked = told["is_hidden"].notna()
    hidden = told["is_hidden"].astype("boolean").fillna(value=False).astype(bool)
    shown = {
        "figure": told["mean"].map(lambda mean: decimal(mean, language)),
        "interval": pd.Series(
            [interval(words, *ends) for ends in zip(told["conf_low"], told["conf_high"], strict=True)], index=told.index
        ),
        "n": told["n_obs"].map(lambda count: whole(count, language)),
    }
    return pd.DataFrame(
        {
            "key": told["scale"],
            "title": told["scale"].map(page.scale),
            "meaning": [words.titles.get(("high_score_means", scale), MISSING) for scale in told["scale"]],
            "status": told["status"].map(words.status),
            "ends": [say("from_to", low=whole(low, language), high=whole(high, language))
                     for low, high in zip(told["lowest"], told["highest"], strict=True)],
            **{
                name: text.where(asked, say("not_asked")).mask(hidden, say("not_shown"))
                for name, text in shown.items()
            },
            "is_asked": asked,
            "has_score": asked & ~hidden,
        }
    )  # fmt: skip


def _show_relations(page: Page, constructs: pd.DataFrame, where: tuple[str, str]) -> None:
    """Say which constructs were found to go together, then draw it."""
    say = page.words.say
    fits, estimates = queries.fits(page.release), queries.estimates(page.release)
    found = relations(fits, estimates, list(constructs["key"]))
    st.header(say("construct_map"), anchor=False)
    if found.empty:
        st.markdown(say("no_relations"))
    else:
        st.markdown(say("results_intro"))
    of_fit = fits.set_index("fit_id", drop=False)
    sentences = [finding(page, of_fit.loc[fit], estimates) for fit in found["fit_id"]]
    labels = [say(str(of_fit.loc[fit, "label"])).lower() for fit in found["fit_id"]]
    st.markdown("\n".join(f"- {text} ({label})" for text, label in zip(sentences, labels, strict=True)))
    title = constructs.set_index("key")["title"]
    first, second = found["first"].map(title), found["second"].map(title)
    names = {way: say(f"together_{way}") for way in WAYS}
    said = [f"{one} – {other}: {names[way]}" for one, other, way in zip(first, second, found["way"], strict=True)]
    on_the_map = constructs[constructs["is_asked"] | constructs["key"].isin([*found["first"], *found["second"]])]
    nodes = on_the_map.assign(said=on_the_map["title"] + ": " + on_the_map["figure"])
    chart = construct_map(nodes, found.assign(said=said), page.words.language)
    group, wave = page.group(where[0]), page.wave(where[1])
    caption = say("map_caption", group=plain(group), wave=plain(wave))
    show_chart(chart, caption, say("map_alt", group=group, wave=wave), map_legend(found, names))
    if not found.empty:
        kinds = [say(str(label)) for label in of_fit.loc[found["fit_id"], "label"]]
        table = {"construct": first, "goes_with": second, "found": found["way"].map(names), "label": kinds}
        show_table(page, pd.DataFrame(table))


def _show_cards(page: Page, constructs: pd.DataFrame) -> None:
    """Show what every scale means and its score; those that the group was not asked about in the wave apart."""
    asked = constructs["is_asked"]
    st.html(html_tiles([_card(page, each) for each in constructs[asked].to_dict("records")], CARDS_IN_A_ROW))
    if not asked.all():
        with st.expander(page.words.say("constructs_not_asked", count=int((~asked).sum()))):
            st.html(html_tiles([_card(page, each) for each in constructs[~asked].to_dict("records")], CARDS_IN_A_ROW))


def _card(page: Page, construct: Mapping[Hashable, Any]) -> Tile:
    say, lines = page.words.say, list[str]()
    if construct["meaning"] != MISSING:
        lines.append(say("high_means", meaning=construct["meaning"]))
    if construct["has_score"]:
        lines.append(say("card_score", **{name: construct[name] for name in ("figure", "interval", "ends", "n")}))
    else:
        lines.append(say("card_without", text=construct["figure"]))
    return Tile(construct["title"], lines, notes=[say("status_line", status=construct["status"])])
