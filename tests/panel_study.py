"""The small study with people in it: tokens, codes made up by respondents, a list of invited, open answers."""

from pathlib import Path

import pandas as pd

from tests.small_study import answers, build_small_study, write_export

ELEMENTS = ("mother", "day", "street")
TOKEN = "token-{}@example.org"
OF_CODES = "link_code: {mother: code_mother, day: code_day, street: code_street}"


def build_panel_study(folder: Path, *, keyed: bool = True, coded: bool = False, framed: bool = False) -> Path:
    """Write the study folder.

    Args:
        folder: The study folder.
        keyed: Whether a column of the exports names the person.
        coded: Whether respondents made up a code.
        framed: Whether there is a list of everyone invited.
    """
    build_small_study(folder)
    specification = (folder / "study.yaml").read_text(encoding="utf-8")
    columns = ["respondent_key: token"] * keyed + [OF_CODES] * coded
    identifiers = ", ".join(["organisation_id: organisation", *columns])
    specification = specification.replace("organisation_id: organisation}", f"{identifiers}}}")
    if coded:
        specification += f"linking: {{code: {{elements: [{', '.join(ELEMENTS)}]}}}}\n"
    if framed:
        specification += "frame: {file: frame.csv, because: a list of everyone}\n"
        frame(("autumn", "spring")).to_csv(folder / "frame.csv", index=False)
    (folder / "study.yaml").write_text(specification, encoding="utf-8")
    for wave in ("autumn", "spring"):
        write_export(folder, f"{wave}.csv", people(wave))
    return folder


def people(wave: str, n_responses: int = 40) -> pd.DataFrame:
    """Invent an export in which person k of either wave has the same token and code."""
    table = answers(wave, n_responses=n_responses)
    numbers = range(1, n_responses + 1)
    table["token"] = [TOKEN.format(number) for number in numbers]
    table["code_mother"] = [f"Åse{number}" if wave == "autumn" else f"AASE{number}" for number in numbers]
    table["code_day"] = [f"{number % 28 + 1:02d}" for number in numbers]
    table["code_street"] = [f"Street {number}" for number in numbers]
    return table


def frame(waves: tuple[str, ...], n_units: int = 45) -> pd.DataFrame:
    """List everyone invited: those who answer and a few more."""
    units = [
        {"unit_id": TOKEN.format(number), "wave": wave, "organisation_id": f"O{number % 8}", "respondent_group": "FRL"}
        for wave in waves
        for number in range(1, n_units + 1)
    ]
    return pd.DataFrame(units)
