"""How pages are served: settings that every server of ours has. No screen is imported here.

What is served, and how it looks, is for the launcher of each.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ADDRESS = "127.0.0.1"


def served_script(
    script: Path, port: int, address: str = ADDRESS, hosts: Sequence[str] = (ADDRESS, "localhost")
) -> list[str]:
    """Return the arguments after ``streamlit`` that serve a script, to this machine only unless told otherwise.

    Args:
        script: What runs for every visitor.
        port: Port to listen on.
        address: Address to listen on.
        hosts: Names by which browsers may call the server; other web sites cannot pass for it.
    """
    return [
        "run",
        str(script),
        f"--server.address={address}",
        f"--server.port={port}",
        *(f"--server.allowedHosts={host}" for host in hosts),
        "--server.enableXsrfProtection=true",
        "--server.trustedUserHeaders={}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
        "--runner.magicEnabled=false",
    ]


def become_server(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by the server.

    Args:
        arguments: After ``streamlit``.
    """
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", *arguments])  # noqa: S606
