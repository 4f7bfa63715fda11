"""The script of a replication package as whoever received one runs it; and a package that somebody changed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from models.replication.report import reproduce
from pipelines.replication import script
from pipelines.replication.printed import print_package
from pipelines.store.passing import in_a_database
from tests.command_line import Ended


def reproduced(package: Path) -> Ended:
    """Run the script as whoever has nothing but the package: no checkout on the path, another working folder.

    Bits are the same on the same processor alone, so that what stands for its kind stays.
    """
    command = [sys.executable, "-I", str(package / "reproduce.py")]
    processor = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    ended = subprocess.run(
        command, capture_output=True, text=True, cwd=package.parent, env=processor, timeout=120, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def reproduced_here(package: Path, capsys) -> Ended:
    """Run what the script runs, in this process; the script in one of its own is tried once for every kind of data."""
    assert script.faults_of_manifest(package) == []
    code = reproduce(package, print_package, in_a_database)
    return Ended(code, capsys.readouterr().out, "")


def with_hash_mended(package: Path, name: str) -> None:
    """Make the manifest fit a file that was changed."""
    manifest = json.loads((package / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256((package / name).read_bytes()).hexdigest()
    (package / "manifest.json").write_text(json.dumps(manifest))
