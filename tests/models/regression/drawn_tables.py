"""Drawn analysis tables whose regressors take few values, and models of them, for engines that agree with rows."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from analysis_tables import model_of
from hypothesis import strategies as st

from models.sections.regressors import Interaction, Variable

ROLE = Variable(variable="role", use="category")
GENDER = Variable(variable="gender", use="category")
AGE = Variable(variable="age")
STANDARD_AGE = Variable(variable="age", centre="grand_mean", standardise=True)
CURVED_AGE = Variable(variable="age", centre="grand_mean", polynomial=2)
SPLINE = Variable(variable="age", spline=3)

REGRESSORS = {
    "number": (AGE,),
    "numbers": (AGE, "score"),
    "categories": (ROLE, GENDER),
    "interaction": (ROLE, AGE, Interaction(interaction=(ROLE, AGE))),
    "categories that interact": (ROLE, GENDER, Interaction(interaction=(ROLE, GENDER)), AGE),
    "standardised": (STANDARD_AGE, GENDER, Interaction(interaction=(STANDARD_AGE, GENDER))),
    "curved": (CURVED_AGE, "score"),
    "spline": (SPLINE, ROLE),
    "collinear": (AGE, "score", "age_and_score"),
    "constant": (AGE, "constant"),
}


@dataclass(frozen=True)
class Drawn:
    """What was drawn: a table and a model of it."""

    table: pd.DataFrame
    regressors: tuple
    weights: str | None

    def model(self, estimator="linear", **changes):
        """Return the model; the outcome follows from the estimator."""
        outcome = "score_of_trust" if estimator == "linear" else "took_part"
        given = {"outcome": outcome, "estimator": estimator, "cluster": "organisation_id", "weights": self.weights}
        return model_of(*self.regressors, **{**given, **changes})


def table_of(n=200, seed=1, share_missing=0.05, n_clusters=12):
    """Return n responses; one response in twenty is a cluster by itself, where there is more than one."""
    random = np.random.default_rng(seed)
    role, age = random.integers(1, 5, n), random.integers(20, 26, n)
    score = random.integers(5, 12, n) / 5
    level = random.normal(0, 0.5, n_clusters)
    organisation = random.integers(0, n_clusters, n)
    outcome = 2 + 0.3 * role + 0.05 * age - 0.2 * score + level[organisation] + random.normal(0, 1, n)
    chance = 1 / (1 + np.exp(-(0.4 * (role - 2) + 0.1 * (age - 22))))
    names = np.array([f"org{code}" for code in organisation], dtype=object)
    if n_clusters > 1:
        names[: n // 20] = [f"alone{number}" for number in range(n // 20)]
    table = pd.DataFrame(
        {
            "response_id": [f"w1/{number:05d}" for number in range(n)],
            "wave": np.where(random.random(n) < 0.5, "w1", "w2"),
            "source": "survey",
            "respondent_group": np.where(random.random(n) < 0.7, "frontline", "manager"),
            "organisation_id": names,
            "gender": random.choice(["m", "f", "it's"], n),
            "role": pd.Series(role, dtype="Int16"),
            "age": pd.Series(age, dtype="Int16"),
            "score": pd.Series(score, dtype="Float64"),
            "age_and_score": pd.Series(age + 2 * score, dtype="Float64"),
            "constant": 3.0,
            "weight": random.choice([0.5, 1.0, 1.7], n),
            "score_of_trust": pd.Series(np.round(outcome, 1), dtype="Float64"),
            "took_part": pd.Series((random.random(n) < chance).astype(int), dtype="Int16"),
        }
    )
    for column in ("role", "age", "score", "score_of_trust", "took_part", "organisation_id"):
        table.loc[random.random(n) < share_missing, column] = pd.NA
    return table


@st.composite
def drawn(draw):
    """Draw a table of 8 to 300 responses and a model."""
    table = table_of(
        n=draw(st.integers(8, 300)),
        seed=draw(st.integers(0, 10_000)),
        share_missing=draw(st.sampled_from([0.0, 0.05, 0.3])),
        n_clusters=draw(st.sampled_from([1, 3, 12, 60])),
    )
    regressors = REGRESSORS[draw(st.sampled_from(sorted(REGRESSORS)))]
    return Drawn(table, regressors, draw(st.sampled_from([None, "weight"])))


def stored(table, name="analysis"):
    """Return a connection to a database that holds the table."""
    connection = duckdb.connect()
    connection.register("given", table)
    quoted = '"' + name.replace('"', '""') + '"'
    connection.execute(f"CREATE TABLE {quoted} AS SELECT * FROM given")
    connection.unregister("given")
    return connection
