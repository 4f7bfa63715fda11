"""A study of the five respondent groups over the built-in forms, without any export: what models can be named for."""

from collections.abc import Sequence
from pathlib import Path

FORM_OF = {
    "TOP": "top_managers",
    "MID": "middle_managers",
    "FRL": "frontline_staff",
    "PAR": "partners",
    "CIT": "citizens",
}
WAVES = ("w1", "w2", "w3")


def write_five_groups(folder: Path, models: Sequence[str]) -> Path:
    """Write the study folder.

    Args:
        folder: The study folder, which exists.
        models: Models that the study names.
    """
    named = {FORM_OF["FRL"]: ", identifiers: {respondent_key: person, dyads: {staff_manager: manager}}"}
    sources = "".join(
        f"  {form}_{wave}: {{wave: {wave}, files: {form}_{wave}.csv, form: {form}{named.get(form, '')}}}\n"
        for form in FORM_OF.values()
        for wave in WAVES
    )
    text = (
        "name: five_groups\ntitle: {en: Five groups}\n"
        f"waves: {{{', '.join(f'{wave}: {{}}' for wave in WAVES)}}}\n"
        f"respondent_groups: {{{', '.join(f'{group}: {{en: {group}}}' for group in FORM_OF)}}}\n"
        f"forms: [{', '.join(FORM_OF.values())}]\nsources:\n{sources}"
        "organisations: {file: organisations.csv}\n"
        "collaborations: {item: STR_group_name}\n"
        "coding: {scheme: coding_scheme, items: [OEQ_1, OEQ_2, OEQ_5], coders: [coder_1, coder_2]}\n"
        f"models: [{', '.join(models)}]\nrelease: {{languages: [en]}}\n"
    )
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    (folder / "organisations.csv").write_text("organisation_id,wave\n", encoding="utf-8")
    return folder
