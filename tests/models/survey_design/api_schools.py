"""Californian schools (api of R's survey): samples of oracle 12, and the designs they were drawn by."""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.survey_design.design import SurveyDesign, build_survey_design
from models.survey_design.generalised import Regression
from models.survey_design.stages import Stage
from models.weighting.calibration import Auxiliaries
from models.weighting.raking import Margin

TERMS = ("(Intercept)", "ell", "meals", "mobility")
CUTS = (550, 650, 750)


@dataclass(frozen=True, eq=False)
class Schools:
    rows: pd.DataFrame
    design: SurveyDesign

    def numbers(self, *names):
        return self.rows[list(names)].to_numpy(dtype=float)

    def with_all(self, *names):
        """The subpopulation of schools that have every one of the columns."""
        return self.design.domain(self.rows[list(names)].notna().all(axis=1).to_numpy())

    def regression(self, kind, outcome, terms=TERMS):
        matrix = np.column_stack([np.ones(len(self.rows)), self.numbers(*terms[1:])])
        return Regression(kind, terms, matrix, np.asarray(outcome, dtype=float))

    @property
    def is_school_wide(self):
        return (self.rows["sch.wide"] == "Yes").to_numpy()

    def codes(self, name):
        return pd.factorize(self.rows[name], sort=True)[0]


@functools.cache
def schools(reference):
    """The samples by the names of the oracle: strata, clusters, clusters in two stages; with and without sizes."""
    strat, clus1, clus2 = (
        pd.read_csv(reference / "oracles" / "data" / f"api{name}.csv") for name in ("strat", "clus1", "clus2")
    )
    stages = {
        "strat_fpc": (strat, [_stage(strat, strata="stype", population="fpc")]),
        "strat": (strat, [_stage(strat, strata="stype")]),
        "clus1_fpc": (clus1, [_stage(clus1, clusters="dnum", population="fpc")]),
        "clus1": (clus1, [_stage(clus1, clusters="dnum")]),
        "clus2_fpc": (
            clus2,
            [_stage(clus2, clusters="dnum", population="fpc1"), _stage(clus2, clusters="snum", population="fpc2")],
        ),
    }
    return {
        name: Schools(rows, build_survey_design(rows["pw"].to_numpy(), each)) for name, (rows, each) in stages.items()
    }


def _stage(rows, **columns):
    return Stage(**{key: rows[name].to_numpy() for key, name in columns.items()})


def margins(rows, targets):
    """Margins of kind of school and of meeting the school-wide target, as the oracle holds their totals."""
    return [_margin(rows, targets["stype"], "stype"), _margin(rows, targets["sch_wide"], "sch.wide")]


def _margin(rows, targets, column):
    names = [row[column] for row in targets]
    codes = np.array([names.index(value) for value in rows[column]])
    return Margin(column, tuple(names), np.array([row["Freq"] for row in targets], dtype=float), codes)


def auxiliaries(rows):
    """What the oracle calibrates to: schools, by kind, and the sum of last year's score (population: apipop)."""
    columns = [np.ones(len(rows)), rows["stype"] == "H", rows["stype"] == "M", rows["api99"]]
    totals = np.array([6194, 755, 1018, 3914069], dtype=float)
    return Auxiliaries(("schools", "H", "M", "api99"), np.column_stack(columns).astype(float), totals)
