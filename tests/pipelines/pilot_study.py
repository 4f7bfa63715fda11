"""A small study folder for tests: two waves, two groups, two scales, one model; every text and number is invented."""

from pathlib import Path

from pipelines.load import Study, load_study

STUDY = """name: pilot
title: {en: Pilot study, da: Pilotstudie}
is_synthetic: true
waves:
  spring: {title: {en: Spring}}
  autumn: {title: {en: Autumn}}
respondent_groups:
  MGR: {en: Managers}
  STAFF: {en: Staff}
instruments: [voice, trust]
sources:
  managers: {wave: spring, files: managers.csv, respondent_group: MGR}
  staff: {wave: spring, files: "staff_*.csv", respondent_group: STAFF, columns: {v1: Q1}}
  managers_again: {wave: autumn, files: managers_2.csv, respondent_group: MGR}
models: [h1]
"""

INSTRUMENTS = {
    "voice": """name: voice
version: "1"
title: {en: Employee voice}
response_scales:
  often:
    points:
      1: {label: {en: Never, da: Aldrig}}
      2: {label: {en: Sometimes, da: Nogle gange}}
      3: {label: {en: Always, da: Altid}}
    opt_outs:
      -8: {reason: dont_know}
    midpoint: 2
  workplaces:
    points: {1: {label: {en: State}}, 2: {label: {en: Municipality}}}
    ordered: false
items:
  v1: {response_scale: often, text: {en: I speak up.}}
  v2: {response_scale: often, text: {en: I keep quiet.}}
  v3: {response_scale: often, text: {en: I am heard.}}
  workplace: {response_scale: workplaces, text: {en: Place of work}}
  age: {kind: number, least: 16, most: 99}
  remark: {kind: open_text}
scales:
  voice:
    title: {en: Voice, da: Stemme}
    items: [v1, v2, v3]
    reverse_scored: [v2]
    least_answered: 2
    high_score_means: {en: People speak up.}
""",
    "trust": """name: trust
version: "1"
title: {en: Trust}
status: piloted
evidence: A pilot in one office
response_scales:
  agree: {points: {1: {}, 2: {}, 3: {}, 4: {}, 5: {}}}
items:
  t1: {response_scale: agree, text: {en: I trust my manager.}}
  t2: {response_scale: agree, text: {en: My manager trusts me.}}
scales:
  trust: {items: [t1, t2], least_answered: 1, score: sum}
""",
}

MODELS = {
    "h1": """name: h1
kind: regression
title: {en: More voice goes with more trust}
hypothesis: Those who speak up trust more.
estimand: Difference in trust for one point more voice.
outcome: trust
focal: voice
regressors: [voice, {variable: workplace, use: category}]
covariance: CR1S
cluster: organisation_id
expected_sign: positive
variants:
  - name: plain
    covariance: HC3
""",
}


def write_study(folder: Path, study: str = STUDY) -> Path:
    """Write the study folder and return it."""
    for name, files in (("instruments", INSTRUMENTS), ("models", MODELS)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for stem, text in files.items():
            (folder / name / f"{stem}.yaml").write_text(text, encoding="utf-8")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder


def pilot_study(folder: Path, study: str = STUDY) -> Study:
    """Write the study folder and load it."""
    return load_study(write_study(folder, study))
