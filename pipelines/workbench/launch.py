"""How the workbench is started: its script and the arguments of ``streamlit``; no screen is imported here."""

import os
import sys
from pathlib import Path

APP = Path(__file__).parent / "app.py"
ADDRESS = "127.0.0.1"


def streamlit_arguments(port: int) -> list[str]:
    """Return the arguments after ``streamlit`` that serve the workbench to this machine only.

    The study folder and a private folder for copies of its warehouse are handed over in the environment variables
    ``SENSEMAKING_STUDY`` and ``SENSEMAKING_COPIES``.

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
        "--theme.base=light",
        "--theme.primaryColor=#7a3e00",
        "--theme.textColor=#1f2430",
    ]


def main() -> None:
    """Become the workbench's server: ``python -m pipelines.workbench.launch PORT``."""
    port = int(sys.argv[1])
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", *streamlit_arguments(port)])  # noqa: S606


if __name__ == "__main__":
    main()
