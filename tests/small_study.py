"""A small invented study: two waves of forty responses from eight organisations, one instrument, one model."""

from pathlib import Path

import numpy as np
import pandas as pd

WAVES = ("autumn", "spring")
N_RESPONSES = 40
N_ORGANISATIONS = 8
ITEMS = ("TW_1", "TW_2", "TW_3", "TR_1", "TR_2", "TR_3")
LABELS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
SECRET = "the mayor told me so"
STUDY = """\
name: small
title: {en: Teamwork and trust}
is_synthetic: true
waves:
  autumn: {title: {en: Autumn}}
  spring: {title: {en: Spring}}
respondent_groups:
  FRL: {en: Frontline staff}
instruments: [teamwork]
sources:
  autumn_staff:
    wave: autumn
    files: autumn*.csv
    platform: generic
    language: en
    identifiers: {response_id: id, organisation_id: organisation}
  spring_staff:
    wave: spring
    files: spring*.csv
    platform: generic
    language: en
    identifiers: {response_id: id, organisation_id: organisation}
models: [trust]
release: {least_cell_size: 10, languages: [en]}
"""
INSTRUMENT = """\
name: teamwork
version: "1"
title: {en: Teamwork}
response_scales:
  agreement:
    midpoint: 3
    points:
      1: {label: {en: Strongly disagree}}
      2: {label: {en: Disagree}}
      3: {label: {en: Neither}}
      4: {label: {en: Agree}}
      5: {label: {en: Strongly agree}}
    opt_outs:
      9: {reason: dont_know, label: {en: Don't know}}
items:
  TW_1: {text: {en: We plan together.}, response_scale: agreement}
  TW_2: {text: {en: We decide together.}, response_scale: agreement}
  TW_3: {text: {en: We learn together.}, response_scale: agreement}
  TR_1: {text: {en: I trust my colleagues.}, response_scale: agreement}
  TR_2: {text: {en: My colleagues trust me.}, response_scale: agreement}
  TR_3: {text: {en: I check what my colleagues say.}, response_scale: agreement}
  tenure: {text: {en: Years in the organisation}, kind: number, least: 0, most: 60}
  remark: {text: {en: "Anything else?"}, kind: open_text}
scales:
  teamwork:
    title: {en: Teamwork}
    items: [TW_1, TW_2, TW_3]
    least_answered: 2
  trust:
    title: {en: Trust}
    items: [TR_1, TR_2, TR_3]
    reverse_scored: [TR_3]
    least_answered: 2
"""
MODEL = """\
name: trust
kind: regression
title: {en: Trust and teamwork}
hypothesis: Those who work in teams trust each other.
estimand: Difference in trust (points, 1 to 5) between respondents whose teamwork differs by one point.
outcome: trust
focal: teamwork
regressors: [teamwork, tenure]
covariance: HC3
expected_sign: positive
variants:
  - {name: classical, covariance: classical}
"""


def build_small_study(folder: Path, waves: tuple[str, ...] = WAVES, name: str = "small") -> Path:
    """Write the study folder.

    Args:
        folder: The study folder; made when it does not exist.
        waves: Waves that have an export.
        name: Name of the study.

    Returns:
        The study folder.
    """
    for path, text in (
        ("study.yaml", STUDY.replace("name: small", f"name: {name}")),
        ("instruments/teamwork.yaml", INSTRUMENT),
        ("models/trust.yaml", MODEL),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "exports").mkdir()
    for wave in waves:
        write_export(folder, f"{wave}.csv", answers(wave))
    return folder


def answers(wave: str, first: int = 1, n_responses: int = N_RESPONSES) -> pd.DataFrame:
    """Invent an export: text cells as a platform writes them, labels for answers, blanks for none.

    Args:
        wave: Its name gives the seed.
        first: Number of the first response.
        n_responses: Number of responses.

    Returns:
        One row a response: id, organisation, the items.
    """
    draw = np.random.default_rng(sum(wave.encode()))
    numbers = np.arange(first, first + n_responses)
    climate = draw.normal(size=(first + n_responses, 1))[first:]
    loadings = np.array([1.0, 1.0, 1.0, 0.8, 0.8, -0.8])
    opinions = 3 + climate * loadings + draw.normal(scale=0.7, size=(n_responses, len(ITEMS)))
    codes = np.clip(np.rint(opinions), 1, 5).astype(int)
    table = pd.DataFrame(np.array(LABELS)[codes - 1], columns=list(ITEMS))
    table.insert(0, "id", [f"{wave}-{number}" for number in numbers])
    table.insert(1, "organisation", [f"O{number % N_ORGANISATIONS}" for number in numbers])
    table["tenure"] = [str(years) for years in draw.integers(0, 40, n_responses)]
    table["remark"] = np.where(numbers % 10 == 0, SECRET, "")
    table.loc[numbers % 13 == 0, "TW_2"] = "Don't know"
    table.loc[numbers % 17 == 0, "TR_1"] = ""
    return table


def write_export(study: Path, file_name: str, table: pd.DataFrame) -> Path:
    """Write a table into ``exports/``, complete from the first moment on."""
    path = study / "exports" / file_name
    unfinished = path.with_name(f"{file_name}.part")
    table.to_csv(unfinished, index=False, encoding="utf-8")
    return unfinished.replace(path)


def add_measurement(folder: Path, specification: str) -> None:
    """Add the measurement specification ``together`` to the study."""
    (folder / "models" / "together.yaml").write_text(specification)
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("models: [trust]\n", "models: [trust]\nmeasurement: [together]\n"))
