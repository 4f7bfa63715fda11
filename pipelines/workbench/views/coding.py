"""The page of coding: the scheme, how far coders are, how far they agree, what models may use; never an answer."""

import pandas as pd
import streamlit as st

from instruments.codebook import first_text
from pipelines.commands.coding import progress
from pipelines.load_coding import StudyCoding
from pipelines.tables import coding as tables
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import meanings_of, show_rows, show_text

LANGUAGES = ("en",)
NOTE_OF_AGREEMENT = (
    "From the coding files as they are now, over all questions. R: irr::kappa2, irr::kripp.alpha(method = 'nominal'), "
    "irrCAC::gwet.ac1.raw."
)


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Coding", anchor=False)
    coding = bench.study.coding
    if coding is None:
        show_text("Nothing is coded in this study: study.yaml has no section coding.")
        return
    _show_scheme(coding)
    _show_last_run(bench)
    _show_progress(bench)


def _show_scheme(coding: StudyCoding) -> None:
    scheme = coding.scheme
    show_text(f"Scheme {scheme.name}, version {scheme.version}; coders {', '.join(coding.spec.coders)}")
    codes = [
        {
            "code": code,
            "name": each.name,
            "family": each.family,
            "definition": first_text(each.definition, LANGUAGES),
            "include": first_text(each.include, LANGUAGES),
            "exclude": first_text(each.exclude, LANGUAGES),
            "version": each.version,
        }
        for code, each in scheme.codes.items()
    ]
    show_rows("Scheme", pd.DataFrame(codes), {"version": "Version of the scheme that last changed the code"})


def _show_last_run(bench: Bench) -> None:
    agreement, shares = bench.store.read(tables.AGREEMENT), bench.store.read(tables.SHARES)
    show_rows("Agreement by code and question, last run", agreement, meanings_of(tables.AGREEMENT))
    show_rows("Shares of codes, last run", shares, meanings_of(tables.SHARES))
    show_rows("Saturation, last run", bench.store.read(tables.SATURATION), meanings_of(tables.SATURATION))
    waiting = bench.store.read(tables.RECODE_QUEUE)
    by_reason = waiting.groupby(["item", "coder", "code", "reason"]).size().rename("n").reset_index()
    show_rows("To be coded again, last run", by_reason, meanings_of(tables.RECODE_QUEUE))


def _show_progress(bench: Bench) -> None:
    now = progress(bench.study)
    held = {"n_assigned": "Answers the coder is to code", "n_coded": "Of these, coded", "n_left": "Of these, left"}
    show_rows("Progress", now.people, held)
    show_rows("Agreement now", now.agreement, meanings_of(tables.AGREEMENT), NOTE_OF_AGREEMENT)
    show_text(
        f"Answers on which coders differ and nobody decided: {now.n_undecided}; to be looked at again: {now.n_queue}"
    )
    refused = [
        {"model": model, "reason": reason} for model, reasons in now.refused_models.items() for reason in reasons
    ]
    show_rows("Models that may not use their codes", pd.DataFrame(refused))
