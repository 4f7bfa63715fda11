"""The small study with people, an area of work, a count and a model of every kind: what packages have to carry."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.panel_study import build_panel_study, people
from tests.small_study import INSTRUMENT, write_export

N_RESPONSES, N_ORGANISATIONS = 150, 24
ONLY_IN_AUTUMN = 12
WAVES = ("autumn", "spring")
SCALES = """\
  areas:
    points:
      1: {label: {en: Schools}}
      2: {label: {en: Health}}
      3: {label: {en: Roads}}
  yes_no:
    points:
      0: {label: {en: "No"}}
      1: {label: {en: "Yes"}}
items:
  area: {text: {en: "Where do you work?"}, response_scale: areas}
  stays: {text: {en: "Will you stay?"}, response_scale: yes_no}
  ideas: {text: {en: "How many ideas did you have?"}, kind: number, least: 0, most: 60}
"""
MODEL = """\
name: {name}
kind: regression
title: {{en: Model {name}}}
hypothesis: Things go together.
estimand: A difference between respondents who differ by one point.
"""
PLACES = "{variable: area, use: category}"
MODELS = {
    "moderated": f"""\
outcome: trust
focal: {{variable: teamwork, centre: grand_mean}}
regressors:
  - {{variable: teamwork, centre: grand_mean}}
  - {{variable: tenure, centre: grand_mean}}
  - interaction: [{{variable: teamwork, centre: grand_mean}}, {{variable: tenure, centre: grand_mean}}]
  - {PLACES}
cluster: organisation_id
smallest_effect_of_interest: 0.1
family: together
variants:
  - name: bent
    focal: {{variable: teamwork, polynomial: 2}}
    regressors: [{{variable: teamwork, polynomial: 2}}, {{variable: tenure, spline: 3}}]
  - {{name: two_ways, cluster: [organisation_id, respondent_key], covariance: CR1S}}
  - name: effects_of_organisations
    focal: teamwork
    fixed_effects: organisation_id
    regressors: [teamwork, tenure]
""",
    "congruent": """\
outcome: tenure
focal: teamwork
regressors:
  - surface: {self_report: teamwork, other_report: trust, scale: [1, 5]}
cluster: organisation_id
family: together
variants:
  - name: plane
    regressors: [surface: {self_report: teamwork, other_report: trust, scale: [1, 5], curved: false}]
""",
    "organisations": """\
level: organisation_and_wave
outcome: trust
focal: teamwork
regressors: [teamwork, tenure]
cluster: organisation_id
variants:
  - {name: by_answers, weights: number_of_answers}
""",
    "persons": """\
estimator: within_between
panel: {unit: respondent}
outcome: trust
focal: teamwork
regressors: [teamwork, {variable: wave, use: category}]
variants:
  - {name: within, estimator: within}
  - {name: random_effects, estimator: random_effects}
  - {name: first_differences, estimator: first_differences, regressors: [teamwork]}
  - {name: between, estimator: between, regressors: [teamwork]}
""",
    "grouped": """\
estimator: mixed
random_effects: [{groups: organisation_id, slopes: [teamwork], correlated: false}]
outcome: trust
focal: teamwork
regressors: [teamwork, tenure, {variable: area, use: category}]
variants:
  - {name: nested, random_effects: [{groups: organisation_id}, {groups: [organisation_id, wave]}], likelihood: ML}
  - {name: kenward_roger, random_effects: [{groups: organisation_id}], degrees_of_freedom: kenward_roger}
  - {name: robust, random_effects: [{groups: organisation_id}], covariance: CR2, cluster: organisation_id}
  - {name: equations, estimator: gee_linear, cluster: organisation_id}
""",
    "staying": """\
estimator: logit
outcome: stays
focal: trust
regressors: [trust, tenure]
cluster: organisation_id
bootstrap_draws: 30
variants:
  - {name: penalised, estimator: firth_logit, cluster: none, covariance: classical}
  - {name: within_organisations, estimator: mixed_logit, random_effects: [{groups: organisation_id}]}
  - {name: in_the_population, estimator: gee_logit}
  - {name: by_design, cluster: none, design: {clusters: organisation_id}}
""",
    "places": """\
estimator: multinomial
outcome: area
focal: trust
regressors: [trust]
cluster: organisation_id
bootstrap_draws: 20
""",
    "agreeing": """\
estimator: ordered_logit
outcome: TR_1
focal: teamwork
regressors: [teamwork, tenure]
cluster: organisation_id
bootstrap_draws: 20
variants:
  - name: within_groups
    estimator: mixed_ordered_logit
    random_effects: [{groups: organisation_id}, {groups: [organisation_id, wave]}]
""",
    "counting": """\
estimator: poisson
outcome: ideas
focal: trust
regressors: [trust]
cluster: organisation_id
bootstrap_draws: 20
variants:
  - {name: overdispersed, estimator: negative_binomial}
  - {name: in_the_population, estimator: gee_poisson, working_correlation: independence, covariance: CR0}
""",
    "everybody": """\
estimator: population_mean
outcome: trust
figures: {by: area}
bootstrap_draws: 40
design: {clusters: organisation_id}
variants:
  - {name: jackknifed, covariance: unit_jackknife}
  - {name: drawn_again, covariance: unit_bootstrap}
  - {name: quartiles, estimator: population_quantiles}
  - {name: by_idea, estimator: population_ratio, figures: {per: ideas, only: {area: [1, 2]}}}
""",
    "through": """\
estimator: mediation
outcome: trust
focal: teamwork
regressors: [teamwork, tenure, {variable: area, use: category}]
paths: {mediators: [tenure]}
cluster: organisation_id
variants:
  - {name: resampled, paths: {mediators: [tenure], interval: bca, draws: 200}}
  - {name: both, estimator: two_outcomes, regressors: [teamwork, {variable: area, use: category}],
     paths: {other_outcome: tenure}}
  - {name: waves, estimator: cross_lagged_panel, regressors: [teamwork], panel: {unit: respondent},
     paths: {random_intercepts: false}}
""",
}


def build_replicated_study(folder: Path, models: tuple[str, ...] = tuple(MODELS)) -> Path:
    """Write the study folder; its answers follow from one seed."""
    build_panel_study(folder)
    (folder / "models/trust.yaml").unlink()
    for name in models:
        (folder / f"models/{name}.yaml").write_text(MODEL.format(name=name) + MODELS[name], encoding="utf-8")
    specification = (folder / "study.yaml").read_text(encoding="utf-8")
    specification = specification.replace("models: [trust]", f"models: [{', '.join(models)}]")
    (folder / "study.yaml").write_text(specification, encoding="utf-8")
    instrument = INSTRUMENT.replace("items:\n", SCALES, 1)
    (folder / "instruments/teamwork.yaml").write_text(instrument, encoding="utf-8")
    for place, wave in enumerate(WAVES):
        write_export(folder, f"{wave}.csv", _answers(wave, seed=place))
    return folder


def _answers(wave: str, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    table = people(wave, N_RESPONSES)
    table["organisation"] = [f"Kommune-{place % N_ORGANISATIONS}" for place in range(len(table))]
    table["area"] = draw.choice(["Schools", "Health", "Roads"], len(table))
    table["stays"] = draw.choice(["No", "Yes"], len(table), p=[0.4, 0.6])
    table["ideas"] = [str(number) for number in draw.negative_binomial(2, 0.4, len(table))]
    table.loc[::11, "tenure"] = ""
    return table if wave == "autumn" else table.iloc[:-ONLY_IN_AUTUMN]
