"""An invented Qualtrics export of any length, its study folder, and what other programs do with it. For the bench.

Three header rows, 85 columns: paradata, 60 closed items, four closed questions on the person, two numbers, open text
with quoted commas and line breaks, and columns that no instrument asks for. Codes are written as numbers.
"""

import csv
import json
from pathlib import Path

import numpy as np

N_ITEMS = 60
N_SCALES = 12
CHUNK = 50_000
KEYS = {
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Status": "status",
    "Progress": "progress",
    "Duration (in seconds)": "duration",
    "Finished": "finished",
    "RecordedDate": "recordedDate",
    "ResponseId": "_recordId",
    "UserLanguage": "userLanguage",
}
ITEMS = tuple(f"Q{number}" for number in range(1, N_ITEMS + 1))
PERSON = ("gender", "education", "role", "sector")
NAMES = (*KEYS, "organisation", *ITEMS, *PERSON, "age", "tenure", "comment", *(f"embedded{k}" for k in range(8)))
STUDY = """\
name: large
title: {en: Large}
is_synthetic: true
waves: {w1: {title: {en: Wave}}}
respondent_groups: {FRL: {en: Staff}}
instruments: [questions]
sources:
  staff: {wave: w1, files: export.csv, platform: qualtrics, identifiers: {organisation_id: organisation}}
release: {least_cell_size: 10, languages: [en]}
"""
INSTRUMENT = """\
name: questions
version: "1"
title: {en: Questions}
response_scales:
  agreement:
    points: {1: {label: {en: Never}}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {}, 7: {label: {en: Always}}}
    opt_outs: {9: {reason: dont_know, label: {en: Don't know}}}
  person: {points: {1: {}, 2: {}, 3: {}, 4: {}}}
items:
"""


def write_study(folder: Path) -> None:
    """Write ``study.yaml`` and the instrument."""
    lines = [f"  {item}: {{text: {{en: {item}}}, response_scale: agreement}}" for item in ITEMS]
    lines += [f"  {item}: {{response_scale: person}}" for item in PERSON]
    lines += ["  age: {kind: number, least: 16, most: 99}", "  tenure: {kind: number, least: 0, most: 60}"]
    lines += ["  comment: {kind: open_text}", "scales:"]
    width = N_ITEMS // N_SCALES
    for number in range(N_SCALES):
        items = ITEMS[number * width : (number + 1) * width]
        lines.append(
            f"  scale_{number}: {{title: {{en: Scale}}, items: [{', '.join(items)}], reverse_scored: [{items[-1]}], "
            f"least_answered: {width - 1}, measurement: reflective}}"
        )
    (folder / "instruments").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "instruments" / "questions.yaml").write_text(INSTRUMENT + "\n".join(lines) + "\n", encoding="utf-8")


def write_export(path: Path, n_responses: int) -> None:
    """Write the export; the same number always gives the same bytes."""
    draw = np.random.default_rng(n_responses)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerow([f"Question {name}, in words\nand a second line" for name in NAMES])
        writer.writerow([json.dumps(_import_id(name, place)) for place, name in enumerate(NAMES)])
        for first in range(0, n_responses, CHUNK):
            writer.writerows(_rows(draw, first, min(CHUNK, n_responses - first)))


def _import_id(name: str, place: int) -> dict[str, str]:
    identity = {"ImportId": KEYS.get(name, f"QID{place}")}
    return identity | ({"timeZone": "Europe/Copenhagen"} if name.endswith("Date") else {})


def _rows(draw: np.random.Generator, first: int, n_rows: int) -> list[list[str]]:
    start = np.datetime64("2026-02-01T08:00:00") + draw.integers(0, 40 * 86_400, n_rows).astype("m8[s]")
    lasted = draw.integers(60, 3_000, n_rows)
    end = start + lasted.astype("m8[s]")
    codes = draw.integers(1, 8, (n_rows, N_ITEMS)).astype("U1")
    chance = draw.random((n_rows, N_ITEMS))
    codes[chance < 0.05] = ""
    codes[chance > 0.99] = "9"
    person = draw.integers(1, 5, (n_rows, len(PERSON))).astype("U1")
    years = np.column_stack([draw.integers(18, 70, n_rows), draw.integers(0, 40, n_rows)]).astype("U2")
    embedded = draw.integers(0, 1_000, (n_rows, 8)).astype("U3")
    is_finished = draw.random(n_rows) < 0.9
    organisation = draw.integers(0, 5_000, n_rows)
    begun, ended = ([str(each).replace("T", " ") for each in times] for times in (start, end))
    return [
        [
            *(begun[k], ended[k], "0", "100" if is_finished[k] else "50", str(lasted[k]), str(int(is_finished[k]))),
            *(ended[k], f"R_{first + k:09d}", "EN", f"O{organisation[k]}", *codes[k], *person[k], *years[k]),
            _comment(first + k),
            *embedded[k],
        ]
        for k in range(n_rows)
    ]


def _comment(number: int) -> str:
    if number % 3:
        return ""
    return f'Number {number}: "we decide", they said,\nand so we did' if number % 2 else f"nothing more to say {number}"
