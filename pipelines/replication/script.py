"""Makes every result of this replication package again and compares it with what is written in it.

Run ``python reproduce.py`` in the folder of the package, with the packages of environment/requirements.txt installed.
Ends with 0 when all is as written down, 1 when a figure differs, 2 when the files are not those of the manifest.
"""

import hashlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
MADE_HERE = ("reproduced", "__pycache__")


def faults_of_manifest(folder: Path) -> list[str]:
    """Return what is missing, changed or added since the package was made."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed: dict[str, str] = manifest["files"]
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not set(path.relative_to(folder).parts) & set(MADE_HERE)
    }
    there -= {"manifest.json", *manifest["to_fill"]}
    faults = [f"missing: {name}" for name in sorted(set(listed) - there)]
    faults += [f"added: {name}" for name in sorted(there - set(listed))]
    return faults + [
        f"changed: {name}" for name in sorted(there & set(listed)) if _sha256(folder / name) != listed[name]
    ]


def main() -> int:
    """Check the files, then refit."""
    if faults := faults_of_manifest(FOLDER):
        sys.stdout.write("the files are not those that the package was made with:\n  " + "\n  ".join(faults) + "\n")
        return 2
    sys.stdout.write("every file is as the manifest says\n")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(FOLDER / "software"))
    from models.replication.report import reproduce  # noqa: PLC0415 - only after its files were checked
    from pipelines.replication.printed import print_package  # noqa: PLC0415
    from pipelines.store.passing import in_a_database  # noqa: PLC0415

    return reproduce(FOLDER, print_package, in_a_database)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
