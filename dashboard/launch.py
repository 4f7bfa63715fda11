"""How the dashboard is started: its script and the arguments of ``streamlit``; no screen is imported here."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard.palette import theme_arguments
from pipelines.served_pages import ADDRESS, become_server, served_script

APP = Path(__file__).parent / "app.py"
SERVED = Path(__file__).parent / "served.py"


def streamlit_arguments(port: int, address: str = ADDRESS, hosts: Sequence[str] = (ADDRESS, "localhost")) -> list[str]:
    """Return the arguments after ``streamlit`` that serve the dashboard, to this machine only unless told otherwise.

    The folder of releases is handed over in the environment variable ``SENSEMAKING_RELEASES``, the access file in
    ``SENSEMAKING_ACCESS``; without one, the pages show nothing on another address than 127.0.0.1.

    Args:
        port: Port to listen on.
        address: Address to listen on.
        hosts: Names by which browsers may call the server; other web sites cannot pass for it.
    """
    return [*served_script(SERVED, port, address, hosts), *theme_arguments()]


def main() -> None:
    """Become the dashboard's server: ``python -m dashboard.launch PORT [ADDRESS HOST...]``."""
    port, *where = sys.argv[1:]
    become_server(streamlit_arguments(int(port), where[0], where[1:]) if where else streamlit_arguments(int(port)))


if __name__ == "__main__":
    main()
