"""What a model's responses miss: patterns of its variables, and whether numbers are missing completely at random.

Put here what is looked at before a model is estimated; how values are imputed is in ``imputed_rows``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import pandas as pd
from pandas.api import types

from models.missing_data.patterns import MissingPatterns, missing_patterns
from models.missing_data.randomness import RandomnessTest, randomness_test
from models.regression.design import select_population, uses_of
from models.regression.identification import ModelDataError
from models.regression.sampled import with_units_sampled
from models.spec import RegressionSpec


@dataclass(frozen=True, eq=False)
class MissingOfModel:
    """What the responses of a model miss.

    Attributes:
        n_in_population: Responses of the model's population.
        n_complete: Those that have every variable.
        patterns: Of outcome and regressors.
        numbers: Variables that Little's test is of.
        test: Little's test; None where there is none.
        why_no_test: Why not; empty where there is one.
    """

    n_in_population: int
    n_complete: int
    patterns: MissingPatterns
    numbers: tuple[str, ...]
    test: RandomnessTest | None
    why_no_test: str


def missing_of_model(spec: RegressionSpec, analysis: pd.DataFrame) -> MissingOfModel:
    """Look at what the responses of a model miss.

    Args:
        spec: The model, variant applied; of one with rows of organisations the responses behind them.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.

    Returns:
        Little's test is of the variables that are numbers and vary, ordered answers as their numbers; categories are in
        the patterns alone.

    Raises:
        ModelDataError: If a column is absent or nobody is in the population.
    """
    sample = with_units_sampled(spec.design, analysis)
    population, uses = select_population(spec, sample), uses_of(spec)
    names = list(dict.fromkeys(name for name in (spec.outcome, *uses) if name in population))
    read = population[names]
    is_category = {name for name, each in uses.items() if any(one.use == "category" for one in each)}
    numbers = tuple(
        name
        for name in names
        if name not in is_category and types.is_numeric_dtype(read[name]) and len(read[name].dropna().unique()) > 1
    )
    test, why = None, ""
    try:
        test = randomness_test(read[list(numbers)].astype("Float64").astype(float))
    except ModelDataError as error:
        why = str(error)
    n_complete = int(read.notna().all(axis=1).sum())
    return MissingOfModel(len(population), n_complete, missing_patterns(read), numbers, test, why)
