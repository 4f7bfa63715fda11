"""The small study with gaps in a regressor, and variants of its model that fill them in."""

from pathlib import Path

from tests.run_steps import bring_up_to_date
from tests.small_study import N_ORGANISATIONS, answers, build_small_study, write_export


def build_imputed_study(folder: Path, variants: str, n_organisations: int = N_ORGANISATIONS) -> Path:
    """Write the study folder, every third tenure left out, and bring it up to date.

    Args:
        folder: The study folder.
        variants: Lines of YAML, after those of the model.
        n_organisations: Organisations of the respondents.

    Returns:
        The study folder.
    """
    build_small_study(folder)
    for wave in ("autumn", "spring"):
        rows = answers(wave)
        rows.loc[::3, "tenure"] = ""
        rows["organisation"] = [f"O{number % n_organisations}" for number in range(1, len(rows) + 1)]
        write_export(folder, f"{wave}.csv", rows)
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8") + variants, encoding="utf-8")
    bring_up_to_date(folder)
    return folder
