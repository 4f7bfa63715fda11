"""The page of measurement: reliability, items, agreement; of each specification its model, ladder and conditions."""

import streamlit as st

from pipelines.commands.measurement import PLACE, found_tables
from pipelines.commands.measurement_pictures import drawings_of_results, words_of_pictures
from pipelines.tables import measurement as tables
from pipelines.tables import out
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, meanings_of, show_definitions, show_drawing, show_rows, show_text

LANGUAGE = "en"
OF_SCALES = (
    "reliability",
    "omega",
    "internal_consistency.item",
    "aggregation.within_group",
    "aggregation.intraclass",
)
OF_MODELS = ("confirmatory", "equivalence")


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Measurement", anchor=False)
    _show_scales(bench)
    if not bench.study.measurement:
        st.caption("The study names no measurement specification, so that no factor model was fitted.")
        return
    name = choose("measurement", "Measurement specification", list(bench.study.measurement))
    if not (bench.store.read(tables.LOADINGS)["measurement"] == name).any():
        problems = bench.store.read(tables.PROBLEMS)
        show_rows("Problems", problems[problems["measurement"] == name], meanings_of(tables.PROBLEMS), "No model yet.")
        return
    _show_specification(bench, name)


def _show_scales(bench: Bench) -> None:
    reliability = bench.store.read(out.RELIABILITY).sort_values(["scale", "respondent_group", "wave", "coefficient"])
    status = {scale: instrument.status for scale, instrument in bench.study.scales().items()}
    shown = reliability.assign(validation=reliability["scale"].map(status))
    note = "Feldt's interval of alpha, delta method for omega; 95 %. Responses with every item answered."
    show_rows("Reliability", shown, meanings_of(out.RELIABILITY) | {"validation": "How far it was validated"}, note)
    show_rows("Items", bench.store.read(out.ITEMS), meanings_of(out.ITEMS))
    show_rows("Agreement within organisations", bench.store.read(out.AGREEMENT), meanings_of(out.AGREEMENT))
    show_definitions("measurement", OF_SCALES)


def _show_specification(bench: Bench, name: str) -> None:
    found, loadings = found_tables(bench.study, name), bench.store.read(tables.LOADINGS)
    own = loadings[loadings["measurement"] == name]
    show_rows(
        "Conditions on scores",
        found["conditions"],
        meanings_of(tables.GATES),
        "when_not_met says what follows: a model is blocked, or marked.",
    )
    show_rows("Fit indices", found["fit"], {each: meanings_of(tables.FIT_INDICES)[each] for each in PLACE})
    show_rows("Loadings and other parameters", own, meanings_of(tables.LOADINGS))
    ladder = "Each level against the one before; holds: no more is lost than the specification allows."
    show_rows("Ladder of invariance", found["invariance"], meanings_of(tables.INVARIANCE), ladder)
    show_rows("Convergent validity", found["validity"], meanings_of(tables.VALIDITY))
    show_rows("Discriminant validity", found["discriminant"], meanings_of(tables.DISCRIMINANT))
    show_rows("Item functioning", found["item_functioning"], meanings_of(tables.ITEM_FUNCTIONING))
    show_rows("Problems", found["problems"], meanings_of(tables.PROBLEMS))
    show_definitions("measurement", OF_MODELS)
    st.subheader("Drawings", anchor=False)
    words = words_of_pictures(bench.study, LANGUAGE)
    for title, drawing in drawings_of_results(bench.study, bench.study.measurement[name], words):
        with st.expander(title.replace("_", " "), expanded=title.endswith("ladder")):
            show_drawing(drawing)
    show_text("More drawings, from single answers: sensemaking measurement STUDY --pictures FOLDER")
