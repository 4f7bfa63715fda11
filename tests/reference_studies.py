"""Studies of real exports: the specifications of ``tests/studies`` with files of the reference data beside them.

By hand: ``python -m tests.reference_studies rse_2017 DIR``.
"""

import argparse
import os
import shutil
from pathlib import Path

HERE = Path(__file__).parent
EXPORTS: dict[str, dict[str, str]] = {
    "rse_2017": {
        "uk.csv": "limesurvey/rse-2017-uk/public_data.csv",
        "us.csv": "limesurvey/rse-2017-us/public_data.csv",
        "can.csv": "limesurvey/rse-2017-can/public_data.csv",
    },
    "lq2002": {"lq2002.csv": "substantive/lq2002/lq2002.csv"},
}


def reference_export(reference: Path, study: str, file_name: str) -> Path:
    """Return where the reference data hold an export of a study."""
    return reference / "data" / EXPORTS[study][file_name]


def build_reference_study(name: str, folder: Path, reference: Path) -> Path:
    """Write a study folder with real exports.

    Args:
        name: ``rse_2017`` or ``lq2002``.
        folder: Where the study folder is made, under the study's name.
        reference: Folder of the reference data, which holds ``data``.

    Returns:
        The study folder.
    """
    study = folder / name
    shutil.copytree(HERE / "studies" / name, study)
    (study / "exports").mkdir()
    for file_name in EXPORTS[name]:
        shutil.copyfile(reference_export(reference, name, file_name), study / "exports" / file_name)
    return study


def main() -> None:
    """Write one study folder and say where."""
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("name", choices=list(EXPORTS))
    arguments.add_argument("folder", type=Path)
    given = arguments.parse_args()
    reference = Path(os.environ.get("SENSEMAKING_REFERENCE", HERE.parents[1] / "shared"))
    print(build_reference_study(given.name, given.folder, reference))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
