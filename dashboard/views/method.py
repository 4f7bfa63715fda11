"""Page of method and protection, made from the release's own tables: what stands behind the figures."""

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.figures import MISSING, date, whole
from dashboard.views.page import Page, inference_line, names_in, plain, show_limits, show_table, write_table
from dashboard.views.shown_again import show_part
from dashboard.views.who_answered import rate_table
from dashboard.wording import WORDINGS

SHORT = 12
"""Letters of a fingerprint that are enough to tell it from every other."""
PROTECTIONS = ("least", "neighbours", "alike", "units", "rounded", "joined", "persons", "models")
EXPLAINED = ("score", "interval", "response_rate", "reliability", "invariance", "status", "fingerprint", "fit")


def show(page: Page) -> None:
    """Show the page."""
    show_part(page, _show_all)


def _show_all(page: Page) -> None:
    say = page.words.say
    st.header(say("method"), anchor=False)
    st.markdown(say("method_intro"))
    st.header(say("this_release"), anchor=False)
    write_table(page, _facts(page))
    st.header(say("who_answered"), anchor=False)
    st.markdown(inference_line(page, page.groups) or say("inference_not_marked"))
    rates = page.arranged(queries.response_rates(page.release))
    show_table(page, rate_table(page, rates))
    st.caption(say("rate_reading"))
    _show_protection(page)
    _show_questions(page)
    st.header(say("what_is_compared"), anchor=False)
    st.markdown("\n".join(f"- {say(each)}" for each in ("apart_reading", "groups_apart_reading")))
    _show_again(page)
    st.header(say("words_explained"), anchor=False)
    st.markdown("\n".join(f"- {say(f'explained_{word}')}" for word in EXPLAINED))
    show_limits(page)


def _facts(page: Page) -> pd.DataFrame:
    """Say what the release says of itself; who signed it off is not told."""
    say, said, language = page.words.say, page.manifest, page.words.language
    languages = [
        WORDINGS[name]["language"] if name in WORDINGS else name for name in names_in(said.get("languages", ""))
    ]
    software = sorted({str(code)[:SHORT] for code in queries.fits(page.release)["code_hash"]})
    is_synthetic = said.get("is_synthetic", "").casefold() == "true"
    facts = {
        "number": str(page.release.number),
        "date": date(page.release.published_at, language),
        "data": say("data_synthetic" if is_synthetic else "data_collected"),
        "waves": ", ".join(map(page.wave, page.waves)),
        "groups": ", ".join(map(page.group, page.groups)),
        "languages": ", ".join(languages),
        "least": said.get("least_cell_size", MISSING),
        "policy": said.get("policy_sha256", MISSING)[:SHORT],
        "software": ", ".join(software) or MISSING,
        "tables": str(page.release.schema_version),
        "file": page.release.file,
    }
    return pd.DataFrame({"fact": [say(f"fact_{name}") for name in facts], "said": list(facts.values())})


def _show_protection(page: Page) -> None:
    say, language = page.words.say, page.words.language
    st.header(say("protection"), anchor=False)
    least = page.manifest.get("least_cell_size", "10")
    st.markdown("\n".join(f"- {say(f'protect_{rule}', least=least)}" for rule in PROTECTIONS))
    counts = queries.hidden_counts(page.release)
    counts = counts[counts["figures"] > 0]
    table = {
        "figures": counts["kind"].map(lambda kind: say(f"figures_{kind}")),
        "in_release": counts["figures"].map(lambda count: whole(count, language)),
        "withheld": counts["withheld"].map(lambda count: whole(count, language)),
    }
    show_table(page, pd.DataFrame(table))


def _show_questions(page: Page) -> None:
    say, words, scales = page.words.say, page.words, queries.scales(page.release)
    st.header(say("questions_tried"), anchor=False)
    statuses = list(dict.fromkeys(scales["status"]))
    named = {status: words.status(status) for status in statuses}
    told = [
        say("status_means", status=plain(name[:1].upper() + name[1:]), claim=words.claim(status) or MISSING)
        for status, name in named.items()
    ]
    st.markdown("\n".join(f"- {line}" for line in told))
    table = {"scale": scales["scale"].map(page.scale), "status": scales["status"].map(words.status)}
    show_table(page, pd.DataFrame(table))


def _show_again(page: Page) -> None:
    say, fits = page.words.say, queries.fits(page.release)
    st.header(say("again"), anchor=False)
    st.markdown(say("again_intro"))
    if fits.empty:
        st.markdown(say("no_models"))
        return
    st.markdown(plain(say("rerun_note")))
    table = {
        "which_model": [page.words.title("model_title", model) for model in fits["model"]],
        "label": fits["label"].map(say),
        "fit_id": fits["fit_id"],
        **{name: fits[name].str[:SHORT] for name in ("spec_hash", "data_hash", "code_hash", "env_hash", "digest")},
    }
    show_table(page, pd.DataFrame(table))
