"""Responses of a model whose rows are organisations → which are imputed, and how, before they are averaged.

Put here what differs from a model of responses: whose facts and whose answers miss, and the plan that agrees with a
regression of organisations' means. Means are made in every completed set by ``organisation_rows``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Vector
from models.missing_data.completed import Codes
from models.missing_data.plan import Column, Derived, ImputationPlan, Method, OrganisationMean, Values
from models.regression.design import lay_out, rows_of_organisations, select_population, uses_of
from models.regression.identification import ModelDataError
from models.regression.organisation_rows import KEYS
from models.regression.planned_imputation import (
    CLUSTER,
    OF_GROUP,
    Coded,
    bent_regressors,
    code_category,
    code_columns,
    is_bent,
    method_of_category,
    unknown_to_groups,
)
from models.regression.profile import profile_of
from models.regression.silent_rows import none_complete
from models.sections.imputation import Imputation, has_effects_of_groups
from models.sections.inference import OF_COUNTS
from models.sections.panel import NUMBER_OF_ANSWERS
from models.spec import RegressionSpec

CELL, ORGANISATION = KEYS["organisation_and_wave"], "organisation_id"
ABOVE = "organisation over waves"
OVER_WAVES = " (mean over the waves of its organisation)"
FEWEST_ORGANISATIONS = 3
Kind = Literal["response", "cell", "organisation"]
"""Whose a column is: each response's own; all of an organisation and wave share it, or miss it; over all waves too."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where n responses belong.

    Attributes:
        cells: Organisation and wave of each from 0.
        organisations: Organisation of each from 0.
    """

    cells: Codes
    organisations: Codes

    @property
    def has_waves(self) -> bool:
        """Whether an organisation has several waves."""
        return bool(self.cells.max() > self.organisations.max())


def places_of(rows: pd.DataFrame) -> Places:
    """Number the organisations, and their waves, of responses."""
    return Places(_numbered(rows, CELL), _numbered(rows, [ORGANISATION]))


def _numbered(rows: pd.DataFrame, keys: list[str]) -> Codes:
    return np.asarray(rows.groupby(keys).ngroup().to_numpy(), dtype=np.intp)


def select_answers(spec: RegressionSpec, population: pd.DataFrame, needed: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """Return the responses whose answers are averaged, and how many rows of organisations the population has.

    Args:
        spec: The model of organisations, variant applied.
        population: Responses of its population, auxiliary columns included.
        needed: Columns that are not imputed; organisations and waves of which no response has them are left out.

    Raises:
        ModelDataError: If no response has an organisation, a category differs within a row, or no row is left.
    """
    n_rows = len(rows_of_organisations(spec, select_population(spec, population)))
    placed = population[population[ORGANISATION].notna()].reset_index(drop=True)
    is_there = placed[list(needed)].notna().groupby([placed[key] for key in CELL]).transform("any").all(axis=1)
    if not is_there.any():
        raise none_complete(len(population), {name: int(population[name].isna().sum()) for name in needed})
    return placed[is_there].reset_index(drop=True), n_rows


def code_answers(spec: RegressionSpec, rows: pd.DataFrame, request: Imputation) -> dict[str, Coded]:
    """Return as numbers what is imputed or tells of what is missing: columns, waves, members where they weigh.

    Of a model with products or curves its terms too, as facts: what is drawn from them agrees with it.

    Raises:
        ModelDataError: If a number is infinite, or a model has products or curves of what misses values.
    """
    coded, places = code_columns(spec, rows, request, ORGANISATION), places_of(rows)
    if places.has_waves and "wave" not in coded:
        coded["wave"] = code_category(rows["wave"])
    if spec.weights == NUMBER_OF_ANSWERS:
        members = np.bincount(places.cells).astype(float)[places.cells]
        coded[NUMBER_OF_ANSWERS] = Coded(members, (), np.dtype("float64"))
    return coded | _terms(spec, rows) if is_bent(spec) else coded


def _terms(spec: RegressionSpec, rows: pd.DataFrame) -> dict[str, Coded]:
    """Return the products and bent terms of rows of organisations, one value a response; regressors are complete."""
    uses = uses_of(spec)
    if missing := [name for name in uses if rows[name].isna().any()]:
        raise ModelDataError(
            f"the model has products or curves of organisations' means, and {', '.join(missing)} misses values: "
            "imputed answers that agree with a product of their means are not known, but of the outcome; write "
            "missing: listwise, or take products and curves out"
        )
    averaged = rows_of_organisations(spec, select_population(spec, rows))
    bent = spec.model_copy(update={"regressors": bent_regressors(spec)})
    terms = (
        lay_out(bent, averaged, {}, profile_of(uses, averaged)).iloc[:, 1:].drop(columns=list(uses), errors="ignore")
    )
    places = pd.MultiIndex.from_frame(averaged[KEYS[spec.level]])
    own = places.get_indexer(pd.MultiIndex.from_frame(rows[KEYS[spec.level]]))
    return {
        f"{name} (of organisations)": Coded(terms[name].to_numpy(dtype=float)[own], (), np.dtype("float64"))
        for name in terms
    }


def plan_organisations(
    spec: RegressionSpec, rows: pd.DataFrame, request: Imputation, coded: Mapping[str, Coded]
) -> ImputationPlan:
    """Plan how answers and facts are imputed so that they agree with a regression of organisations' means.

    An answer is drawn from the respondent's other answers, the organisation's means of these and its facts, with a
    random intercept of the organisation and wave, so that slopes between organisations may differ from those within
    them. A fact, which all responses of an organisation and wave share, is drawn once for each of these from facts and
    means. Over several waves both have a random intercept of the organisation, and its means over waves explain them;
    a fact that never changes is drawn once an organisation. Numbers are drawn as normal: only means of answers are
    compared, which values of others would draw together; counts that are explained are those of near organisations.

    Args:
        spec: The model of organisations, variant applied.
        rows: Its responses, as of ``select_answers``.
        request: How values are imputed.
        coded: As of ``code_answers``.

    Raises:
        ModelDataError: If a category of persons misses values, nobody's answer is known beside another's or in a wave,
            or organisations that know a column are no more than what is to explain it.

    References:
        Grund, Luedtke and Robitzsch (2018), Organizational Research Methods 21(1), 111-149; Van Buuren (2018), Flexible
        Imputation of Missing Data, 2nd ed., sections 7.5 to 7.7.
    """
    places = places_of(rows)
    kinds: dict[str, Kind] = {name: _kind(each, places) for name, each in coded.items()}
    means = {name: _means_of(name, each, kinds[name], places) for name, each in coded.items()}
    columns: list[Column] = []
    for name, each in coded.items():
        others = tuple(other for other in coded if other != name)
        own = tuple(mean.name for other in others for mean in _explaining(kinds[name], means[other]))
        method = _method(spec, name, each, kinds[name], places)
        if method is not None:
            _refuse_unasked(name, each, rows["wave"])
            _refuse_few(name, coded, kinds, means, places)
        of_cell, is_lasting = kinds[name] == "cell", kinds[name] == "organisation"
        columns.append(Column(name, len(each.codes), method, (*others, *own), of_cell, is_of_above=is_lasting))
    derived = tuple(each for found in means.values() for each in found)
    above = ABOVE if places.has_waves else None
    return ImputationPlan(tuple(columns), derived, request.imputations, request.iterations, CLUSTER, above=above)


def _kind(coded: Coded, places: Places) -> Kind:
    values = pd.Series(coded.numbers)
    grouped = values.groupby(places.cells)
    n_known = grouped.count()
    is_whole = bool(coded.codes) or bool(((n_known == 0) | (n_known == grouped.size())).all())
    if not is_whole or (grouped.max() > grouped.min()).any():
        return "response"
    of_organisation = values.groupby(places.organisations)
    changes = bool((of_organisation.max() > of_organisation.min()).any())
    return "cell" if changes or not _has_several_waves(values.notna().to_numpy(), places) else "organisation"


def _has_several_waves(is_known: NDArray[np.bool_], places: Places) -> bool:
    """Tell whether an organisation has rows of several waves among those where something is known."""
    cells = np.unique(places.cells[is_known])
    return len(cells) > len(np.unique(places.organisations[is_known]))


def _means_of(name: str, coded: Coded, kind: Kind, places: Places) -> tuple[Derived | OrganisationMean, ...]:
    """Return the means of a number, or of being in every category but the first, that are not the column itself."""
    sources = [name] if not coded.codes else [f"{name}[{code}]" for code in range(1, len(coded.codes))]
    found: list[Derived | OrganisationMean] = []
    if kind == "response":
        found += [OrganisationMean(f"{each}{OF_GROUP}", each) for each in sources]
    if kind != "organisation" and places.has_waves and name != "wave":
        found += [OrganisationMean(f"{each}{OVER_WAVES}", each, is_above=True) for each in sources]
    if not found or not coded.codes:
        return tuple(found)
    indicators = (
        Derived(each, (name,), partial(_has_code, name=name, code=code)) for code, each in enumerate(sources, start=1)
    )
    return (*indicators, *found)


def _has_code(values: Values, name: str, code: int) -> Vector:
    return (values[name] == code).astype(float)


def _explaining(kind: Kind, means: Sequence[Derived | OrganisationMean]) -> list[OrganisationMean]:
    """Return the means that explain a column besides the columns themselves, which facts are explained by averaged."""
    if kind == "organisation":
        return []
    return [each for each in means if isinstance(each, OrganisationMean) and (each.is_above or kind == "response")]


def _method(spec: RegressionSpec, name: str, coded: Coded, kind: Kind, places: Places) -> Method | None:
    is_known = ~np.isnan(coded.numbers)
    if is_known.all():
        return None
    if coded.codes:
        _refuse_category(spec, name, kind, int((~is_known).sum()))
        return method_of_category(spec, name, coded)
    is_count = name == spec.outcome and spec.estimator in OF_COUNTS
    if kind == "response":
        if (np.bincount(places.cells[is_known]) <= 1).all():
            raise ModelDataError(
                f"'{name}' is known of no two people of an organisation and wave, so that nothing tells how alike they "
                "are; expected several; write missing: listwise"
            )
        return "two_level_matching" if is_count else "two_level_normal"
    if kind == "cell" and _has_several_waves(is_known, places):
        return "two_level_matching" if is_count else "two_level_normal"
    return "matching" if is_count else "normal"


def _refuse_category(spec: RegressionSpec, name: str, kind: Kind, n_missing: int) -> None:
    if kind == "response":
        raise ModelDataError(
            f"'{name}' is a category of persons that misses {counted(n_missing, 'value')}, and categories are drawn "
            "without effects of organisations; expected it complete; write missing: listwise, or take it out"
        )
    if kind == "cell" and has_effects_of_groups(spec.estimator, spec.fixed_effects):
        raise unknown_to_groups(spec, name, n_missing)


def _refuse_unasked(name: str, coded: Coded, waves: pd.Series) -> None:
    """Raise ModelDataError when nobody has a value in a wave: it was not asked there, and no answer tells of it."""
    n_known = (~pd.Series(np.isnan(coded.numbers))).groupby(waves.to_numpy()).sum()
    if unasked := [str(wave) for wave, n in n_known.items() if n == 0]:
        raise ModelDataError(
            f"'{name}' is known of nobody in {', '.join(unasked)}, so that no answer tells what it was there; expected "
            "some in every wave; name the waves in which it was asked in the population"
        )


def _refuse_few(
    name: str,
    coded: Mapping[str, Coded],
    kinds: Mapping[str, Kind],
    means: Mapping[str, Sequence[Derived | OrganisationMean]],
    places: Places,
) -> None:
    """Raise ModelDataError when no more organisations know a column than coefficients between them explain it."""
    is_known = ~np.isnan(coded[name].numbers)
    n_above, n_cell = 1, 0
    for other in (each for each in coded if each != name):
        n_columns = max(len(coded[other].codes) - 1, 1)
        found = [each for each in means[other] if isinstance(each, OrganisationMean)]
        n_lasting = n_columns if kinds[other] == "organisation" else sum(each.is_above for each in found)
        n_above += n_lasting
        n_cell += n_columns if kinds[other] != "organisation" else 0
    n_organisations = len(np.unique(places.organisations[is_known]))
    n_cells = len(np.unique(places.cells[is_known]))
    wanted = (n_above if places.has_waves else n_above + n_cell, n_above + n_cell)
    if n_organisations <= max(wanted[0], FEWEST_ORGANISATIONS - 1) or n_cells <= wanted[1]:
        raise ModelDataError(
            f"'{name}' is known in {counted(n_organisations, 'organisation')} ({n_cells} with waves) and has "
            f"{wanted[0]} ({wanted[1]}) coefficients between these to be imputed by; expected more organisations than "
            "coefficients; take auxiliary columns or regressors out"
        )
