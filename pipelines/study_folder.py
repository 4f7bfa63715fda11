"""What is said to those who name another folder than that of a study."""

from pathlib import Path

from instruments.faults import Fault, SpecError

STUDY_FILE = "study.yaml"
MOST_STUDIES_NAMED = 3


def refuse_other_folder(folder: Path) -> None:
    """Raise SpecError when a folder holds no study, with the folder that was meant where one lies near."""
    path = folder / STUDY_FILE
    if not path.is_file():
        raise SpecError([Fault(path, 0, "", f"there is no such file; {_what_to_do(folder)}")])


def _what_to_do(folder: Path) -> str:
    if folder.is_file():
        return f"{folder} is a file: name the folder of the study, {folder.parent}"
    if (folder / "study.yml").is_file():
        return "study.yml lies there: rename it to study.yaml"
    above = next((each for each in folder.absolute().parents if (each / STUDY_FILE).is_file()), None)
    if above is not None:
        return f"the folder of the study is further up: {above}"
    below = sorted(each.parent for each in folder.glob(f"*/{STUDY_FILE}"))[:MOST_STUDIES_NAMED]
    if below:
        return f"a study lies in {' and in '.join(map(str, below))}: name its folder"
    return "name the folder of a study, or begin one with: sensemaking init"
