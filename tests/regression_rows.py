"""Drawn analysis tables of any length in a DuckDB file, and the models that the benchmarks of regressions fit to them.

The same number of rows gives the same table. No test.
"""

from pathlib import Path

import duckdb

from models.sections.regressors import Interaction, Variable
from models.spec import RegressionSpec

RELATION = ("core", "analysis")
N_ORGANISATIONS = 5_000
SHARE_MISSING = 0.05
WAVES = ("w1", "w2", "w3")
NORMAL = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
SCORES = ("s1", "s2", "s3", "s4", "s5")
ANSWERS = (*SCORES, "gender", "education", "role", "age", "tenure", "leaves")

GENDER, EDUCATION, ROLE, WAVE = (
    Variable(variable=name, use="category") for name in ("gender", "education", "role", "wave")
)


def write_rows(path: Path, n_rows: int) -> None:
    """Write ``core.analysis`` with n_rows responses of 5,000 organisations; one answer in twenty is missing.

    Categories are codes as the answers of items are, scores are means of five answers from 1 to 7, ``leaves`` is 0 or
    1. Organisations differ in size and in level.
    """
    path.unlink(missing_ok=True)
    with duckdb.connect(path, config={"threads": 1}) as connection:
        connection.execute("SELECT setseed(0.25)")
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TEMP TABLE organisations AS " + _organisations())
        gaps = ", ".join(f"CASE WHEN random() >= {SHARE_MISSING} THEN {name} END AS {name}" for name in ANSWERS)
        connection.execute(
            f"CREATE TABLE core.analysis AS SELECT 'staff/R_' || id AS response_id, 'staff' AS source, "
            f"'frontline' AS respondent_group, wave, 'org_' || organisation AS organisation_id, {gaps} "
            f"FROM ({_responses(n_rows)}) ORDER BY id"
        )


def _organisations() -> str:
    return f"SELECT range AS organisation, 0.4 * {NORMAL} AS level FROM range({N_ORGANISATIONS})"


def _responses(n_rows: int) -> str:
    """Return the question for complete responses: what people are, then scores, then who leaves."""
    drawn = f"""
        SELECT range AS id, {_one_of(WAVES)} AS wave,
            CAST(floor({N_ORGANISATIONS} * random() ** 1.3) AS INTEGER) AS organisation,
            CAST(CASE WHEN random() < 0.06 THEN 3 WHEN random() < 0.6 THEN 2 ELSE 1 END AS SMALLINT) AS gender,
            CAST(1 + floor(6 * random()) AS SMALLINT) AS education,
            CAST(1 + floor(7 * random()) AS SMALLINT) AS role,
            CAST(18 + floor(58 * random()) AS SMALLINT) AS age,
            round(20 * random() ** 2, 2) AS tenure,
            {", ".join(f"{NORMAL} AS f{number}" for number in range(1, 6))}, random() AS chance
        FROM range({n_rows})"""
    scores = ", ".join(f"{_score(f'3.5 + 0.9 * f{number} + 0.3 * f1')} AS s{number}" for number in (1, 3, 4, 5))
    explained = (
        "3 + level + 0.2 * (gender = 2)::INT - 0.1 * (gender = 3)::INT + 0.07 * education + 0.05 * role "
        "+ 0.08 * (wave = 'w2')::INT - 0.04 * role * (wave = 'w3')::INT + 0.01 * age + 0.3 * f1 - 0.2 * f3 + 0.9 * f2"
    )
    chance = "1 / (1 + exp(1.2 - 0.3 * (gender = 2)::INT - 0.06 * role - 0.5 * level + 0.01 * age))"
    return (
        f"SELECT drawn.*, {scores}, {_score(explained)} AS s2, CAST(chance < {chance} AS SMALLINT) AS leaves "
        f"FROM ({drawn}) AS drawn JOIN organisations USING (organisation)"
    )


def _score(value: str) -> str:
    return f"least(35, greatest(5, round(5 * ({value})))) / 5"


def _one_of(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"[{listed}][1 + CAST(floor(random() * {len(names)}) AS INTEGER)]"


def discrete_model(**changes: object) -> RegressionSpec:
    """Return the model with 29 coefficients of regressors that take few values."""
    regressors = (GENDER, EDUCATION, ROLE, WAVE, Interaction(interaction=(ROLE, WAVE)), "age")
    return _model({"regressors": regressors, "focal": "age", **changes})


def continuous_model(**changes: object) -> RegressionSpec:
    """Return the model with 15 coefficients, of four scores, age, tenure and a product of numbers among others."""
    numbers = ("s1", "s3", "s4", "s5", "age", "tenure")
    regressors = (GENDER, EDUCATION, *numbers, Interaction(interaction=("s1", "age")))
    return _model({"regressors": regressors, "focal": "s1", **changes})


def binary_model(**changes: object) -> RegressionSpec:
    """Return the logit with the regressors of ``discrete_model``."""
    return discrete_model(**{"estimator": "logit", "outcome": "leaves", **changes})


def _model(given: dict[str, object]) -> RegressionSpec:
    words = {"name": "bench", "kind": "regression", "title": {"en": "Bench"}, "estimand": "A difference"}
    return RegressionSpec.model_validate({**words, "outcome": "s2", "cluster": "organisation_id", **given})
