"""A model of figures of the population in words, and its design → a labelled fit."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import JOINT_TEST_COLUMNS, Fit, Vector
from models.regression.columns import Labels, category_names
from models.regression.design import Design
from models.regression.diagnostics import judged, of_clusters
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.regression.moderation.of_fit import no_shapes
from models.regression.profile import finite_numbers
from models.regression.reading.of_coefficients import COLUMNS
from models.regression.sampled import effect_of_design
from models.regression.wald import wald_test
from models.sections.figures import QUANTILES, RATIO, Figures
from models.spec import RegressionSpec
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import Estimated, Statistic, linearised_estimate
from models.survey_design.means import Ratios, Totals
from models.survey_design.quantiles import quantiles
from models.survey_design.replicates import Replicates, balanced, bootstrap, jackknife, replicated_estimate

DRAWS = 500
FEWEST_VALUES, FEWEST_UNITS = 3, 2
LEAST_SHARE = 1e-10
TOTAL = "population_total"
Domains = Mapping[str, NDArray[np.bool_]]


def fit_figures(spec: RegressionSpec, variant: str, design: Design, labels: Labels, seed: int) -> Fit:
    """Estimate figures of the population.

    Args:
        spec: The model, variant applied, with an estimator of ``models.sections.inference.FIGURES`` and a design.
        variant: What the variant is called.
        design: Its n rows and the sample they came by.
        labels: Variable → code → label, for the names of categories.
        seed: Of a bootstrap of sampled units.

    Returns:
        One term for everybody, called as the outcome, and one for each category; ``quantile p: `` before it where it is
        one of quantiles. Nothing is tested against nought: statistic and p_value are NaN. ``df_resid`` are the sampled
        units less the strata. A joint test says whether the means or ratios of all categories are equal: F on
        categories - 1 and those degrees of freedom less categories - 1. Diagnostics: n_strata, n_replicates (of
        replicate weights), n_clusters, least_df, least_category_n, empty_categories (that have a label and no row),
        design_effect and effective_n of the outcome's mean, design_effect of each category's mean.

    Raises:
        ModelDataError: When the sample or the values cannot carry a figure.

    References:
        ``models.survey_design.means``, ``quantiles``, ``linearisation`` and ``replicates``. R: ``survey::svymean``,
        ``svytotal``, ``svyratio``, ``svyquantile``, ``svyby``; ``regTermTest(svyglm(y ~ domain), ~domain)``.
    """
    sample = design.sample
    if sample is None:
        raise ModelDataError(f"model '{spec.name}' has no design; write one, such as {{clusters: organisation_id}}")
    domains = _domains(spec, design, sample, labels)
    _refuse_lone_domains(sample, domains)
    replicates = _replicates(spec, sample, seed)
    found = _estimated(spec, design, domains, sample if replicates is None else replicates)
    estimates = _of_quantiles(spec, design, sample, domains) if found is None else found.table(spec.confidence_level)
    n_clusters = None if sample.n_clusters == sample.n_obs else sample.n_clusters
    diagnostics = {
        "n_strata": float(sample.n_strata),
        **({} if replicates is None else {"n_replicates": float(len(replicates.scales))}),
        **of_clusters(Uncertainty(np.eye(len(estimates)), estimates["df"].to_numpy(dtype=float), n_clusters)),
        **_of_domains(spec, design, domains, labels),
        **effect_of_design(sample, design.outcome.to_numpy()[sample.in_domain]),
        **_effects_of_designs(spec, design, sample, domains),
        "share_of_responses_used": sample.n_obs / design.n_in_population,
    }
    return Fit(
        model=spec.name,
        variant=variant,
        estimator=spec.estimator,
        covariance=spec.covariance_used(),
        outcome=spec.outcome,
        n_obs=sample.n_obs,
        n_clusters=n_clusters,
        df_resid=float(sample.df),
        r_squared=np.nan,
        estimates=estimates.assign(statistic=np.nan, p_value=np.nan),
        diagnostics=judged(diagnostics),
        readings=pd.DataFrame(columns=list(COLUMNS)),
        shapes=no_shapes(),
        joint_tests=_are_equal(spec, sample, found),
        data=design.data,
    )


def _domains(
    spec: RegressionSpec, design: Design, sample: SurveyDesign, labels: Labels
) -> dict[str, NDArray[np.bool_]]:
    """Return who belongs to everybody and to each category, n each, by term."""
    everybody = {spec.outcome: sample.in_domain}
    by = _said(spec).by
    if by is None:
        return everybody
    names = category_names(design.profile.codes[by], labels.get(by, {}))
    if len(names) == 1:
        raise ModelDataError(
            f"'{by}' has one category among the {sample.n_obs} responses used, '{next(iter(names.values()))}'; "
            "expected two or more; take it out of figures.by"
        )
    return everybody | {
        f"{by}[{name}]": sample.in_domain & (design.rows[by] == code).to_numpy(dtype=np.bool_, na_value=False)
        for code, name in names.items()
    }


def _refuse_lone_domains(sample: SurveyDesign, domains: Domains) -> None:
    """Raise ModelDataError when a category has rows of one sampled unit, whose error would come out as nought."""
    first = sample.levels[0]
    for term, is_member in domains.items():
        units = np.unique(first.units[is_member])
        if len(units) < FEWEST_UNITS and first.share_drawn[first.stratum_of_unit[units]].max() < 1:
            raise ModelDataError(
                f"{term} has {int(is_member.sum())} responses of one sampled unit, from which no error of its figure "
                "follows; expected two units or more; join categories, or leave it out (figures.only)"
            )


def _statistic(spec: RegressionSpec, design: Design, domains: Domains) -> Statistic:
    is_member = np.column_stack(list(domains.values())).astype(float)
    outcome = design.outcome.to_numpy()[:, None] * is_member
    if spec.estimator == TOTAL:
        return Totals(tuple(domains), outcome)
    per = _said(spec).per
    if spec.estimator != RATIO or per is None:
        return Ratios(tuple(domains), outcome, is_member)
    below = np.zeros(len(design.rows))
    everybody = domains[spec.outcome]
    below[everybody] = finite_numbers(design.rows[everybody], per)
    return Ratios(tuple(domains), outcome, below[:, None] * is_member)


def _estimated(
    spec: RegressionSpec, design: Design, domains: Domains, by_way_of: SurveyDesign | Replicates
) -> Estimated | None:
    """Estimate means, totals or ratios; None of quantiles, which have intervals but no covariance."""
    if spec.estimator == QUANTILES:
        return None
    statistic = _statistic(spec, design, domains)
    if isinstance(by_way_of, Replicates):
        return replicated_estimate(by_way_of, statistic)
    return linearised_estimate(by_way_of, statistic)


def _replicates(spec: RegressionSpec, sample: SurveyDesign, seed: int) -> Replicates | None:
    """Return the replicate weights that the covariance asks for; None for linearisation."""
    kind = spec.covariance_used()
    if kind == "unit_jackknife":
        return jackknife(sample)
    if kind == "balanced_halves":
        return balanced(sample)
    if kind == "unit_bootstrap":
        draws = DRAWS if spec.bootstrap_draws is None else spec.bootstrap_draws
        return bootstrap(sample, draws, np.random.default_rng(seed))
    return None


def _of_quantiles(spec: RegressionSpec, design: Design, sample: SurveyDesign, domains: Domains) -> pd.DataFrame:
    outcome = design.outcome.to_numpy()
    if (n_values := len(np.unique(outcome))) < FEWEST_VALUES:
        raise ModelDataError(
            f"'{spec.outcome}' has {n_values} values, whose quantiles tell no more than which is the more frequent; "
            "expected three or more; write estimator: population_mean, which is a share where they are 0 and 1"
        )
    tables = [_of_domain(spec, sample, outcome, term, is_member) for term, is_member in domains.items()]
    return pd.concat(tables, ignore_index=True)


def _of_domain(
    spec: RegressionSpec, sample: SurveyDesign, outcome: Vector, term: str, is_member: NDArray[np.bool_]
) -> pd.DataFrame:
    try:
        table = quantiles(sample.domain(is_member), outcome, _said(spec).shares, spec.confidence_level)
    except ModelDataError as error:
        raise ModelDataError(f"{term}: {error}") from error
    table.insert(0, "term", [f"quantile {share:g}: {term}" for share in table["share"]])
    return table.drop(columns="share")


def _of_domains(spec: RegressionSpec, design: Design, domains: Domains, labels: Labels) -> dict[str, float]:
    by = _said(spec).by
    if by is None:
        return {}
    counts = [int(is_member.sum()) for is_member in domains.values()][1:]
    empty = {*labels.get(by, {})} - {*design.profile.codes[by]}
    return {"least_category_n": float(min(counts)), **({"empty_categories": float(len(empty))} if empty else {})}


def _effects_of_designs(
    spec: RegressionSpec, design: Design, sample: SurveyDesign, domains: Domains
) -> dict[str, float]:
    """Return the design effect of each category's mean."""
    if spec.estimator != "population_mean":
        return {}
    outcome = design.outcome.to_numpy()
    return {
        f"design_effect of {term}": effect_of_design(sample.domain(is_member), outcome[is_member])["design_effect"]
        for term, is_member in list(domains.items())[1:]
        if is_member.sum() >= FEWEST_UNITS
    }


def _are_equal(spec: RegressionSpec, sample: SurveyDesign, found: Estimated | None) -> pd.DataFrame:
    """Test that the means or ratios of all categories are equal."""
    by, rows = _said(spec).by, list[tuple[object, ...]]()
    if found is not None and by is not None and spec.estimator != TOTAL:
        q = len(found.terms) - 2
        contrasts = np.column_stack([np.zeros(q), -np.ones(q), np.eye(q)])
        apart = found.contrasts(found.terms[2:], contrasts)
        values, df = np.linalg.eigvalsh(apart.covariance), float(sample.df - q)
        if df < 1 or values[0] <= LEAST_SHARE * values[-1]:
            rows.append((by, np.nan, q, np.nan, np.nan, "F"))
        else:
            test = wald_test(apart.estimates, apart.covariance, np.eye(q), df)
            rows.append((by, test.statistic, q, df, test.p_value, "F"))
    return pd.DataFrame(rows, columns=list(JOINT_TEST_COLUMNS))


def _said(spec: RegressionSpec) -> Figures:
    return spec.figures or Figures()
