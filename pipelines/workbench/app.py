"""The methodologists' workbench: opens the study for one page run, says of when its figures are, runs the page.

Started by ``sensemaking workbench``. English only: methodologists publish in it, and names of tables are English.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from pipelines.commands.errors import DEFECT, tell
from pipelines.workbench.opening import Bench, opened
from pipelines.workbench.page import show_text
from pipelines.workbench.views import (
    codebook,
    coding,
    compare,
    fieldwork,
    measurement,
    missingness,
    models,
    plan,
    releases,
    runs,
)

PAGES: dict[str, Callable[[Bench], None]] = {
    "Fieldwork": fieldwork.show,
    "Missingness": missingness.show,
    "Codebook": codebook.show,
    "Measurement": measurement.show,
    "Models": models.show,
    "Compare": compare.show,
    "Plan": plan.show,
    "Coding": coding.show,
    "Releases": releases.show,
    "Runs": runs.show,
}


STYLE = Path(__file__).parent / "style.css"


def main() -> None:
    """Run the workbench once, for one visitor and one interaction."""
    st.set_page_config(page_title="Workbench", layout="wide")
    st.html(STYLE)
    try:
        with opened() as bench:
            entries = [
                st.Page(partial(show, bench), title=title, url_path=title.lower().replace(" ", "-"), default=not place)
                for place, (title, show) in enumerate(PAGES.items())
            ]
            entry = st.navigation(entries, position="top")
            _show_head(bench)
            entry.run()
    except Exception as error:
        told = tell(error)
        if told.code == DEFECT:
            raise
        st.warning("This cannot be shown:")
        show_text(told.message)


def _show_head(bench: Bench) -> None:
    spec, reading = bench.study.spec, bench.reading
    show_text(f"Workbench of {bench.study.name}, private: exact figures, nothing is withheld. Do not pass them on.")
    if spec.is_synthetic:
        st.warning("**SYNTHETIC data: invented by a seeded generator.**")
    if reading.copy.committed_at is None:
        st.info("Nothing was run yet: sensemaking run STUDY")
        return
    when = f"{reading.copy.committed_at:%Y-%m-%d %H:%M:%S} UTC"
    st.caption(f"Tables as of {when}.")
    if reading.is_late:
        st.info(
            f"A run is writing to the warehouse. What is shown is as of {when}; load the page again for newer rows."
        )


if __name__ == "__main__":
    main()
