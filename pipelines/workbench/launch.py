"""How the workbench is started: its script and the arguments of ``streamlit``; no screen is imported here."""

import sys
from collections.abc import Mapping
from pathlib import Path

from pipelines.served_pages import become_server, served_script

APP = Path(__file__).parent / "app.py"
COLOURS: Mapping[str, Mapping[str, str]] = {
    "light": {"primaryColor": "#7a3e00", "textColor": "#1f2430", "backgroundColor": "#ffffff"},
    "dark": {"primaryColor": "#f0a860", "textColor": "#e9ebee", "backgroundColor": "#15181d"},
}
"""Theme → its colours; without a base, pages follow the reader's browser. Drawings lie on white in both."""


def streamlit_arguments(port: int) -> list[str]:
    """Return the arguments after ``streamlit`` that serve the workbench to this machine only.

    The study folder and a private folder for copies of its warehouse are handed over in the environment variables
    ``SENSEMAKING_STUDY`` and ``SENSEMAKING_COPIES``.

    Args:
        port: Port to listen on.
    """
    themes = (f"--theme.{theme}.{name}={it}" for theme, colours in COLOURS.items() for name, it in colours.items())
    return [*served_script(APP, port), *themes]


def main() -> None:
    """Become the workbench's server: ``python -m pipelines.workbench.launch PORT``."""
    become_server(streamlit_arguments(int(sys.argv[1])))


if __name__ == "__main__":
    main()
