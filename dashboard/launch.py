"""How the dashboard is started: its script and the arguments of ``streamlit``; no screen is imported here."""

import os
import sys
from pathlib import Path

from dashboard.palette import theme_arguments

APP = Path(__file__).parent / "app.py"
ADDRESS = "127.0.0.1"


def streamlit_arguments(port: int) -> list[str]:
    """Return the arguments after ``streamlit`` that serve the dashboard to this machine only.

    The folder of releases is handed over in the environment variable ``SENSEMAKING_RELEASES``.

    Args:
        port: Port to listen on.
    """
    return [
        "run",
        str(APP),
        f"--server.address={ADDRESS}",
        f"--server.port={port}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
        "--runner.magicEnabled=false",
        *theme_arguments(),
    ]


def main() -> None:
    """Become the dashboard's server: ``python -m dashboard.launch PORT``."""
    port = int(sys.argv[1])
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", *streamlit_arguments(port)])  # noqa: S606


if __name__ == "__main__":
    main()
