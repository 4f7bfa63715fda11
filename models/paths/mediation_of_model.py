"""A mediation in words, within one level or across two → effects and paths as rows of a fit."""

from collections.abc import Sequence
from functools import reduce
from typing import cast

import numpy as np
import pandas as pd

from instruments.counted import counted
from models.estimates import Vector
from models.missing_data.imputations import Imputations
from models.paths.equations import INTERCEPT as CONSTANT
from models.paths.equations import PathCovariance
from models.paths.found import ROUTE, FoundPaths, Reading, path_term
from models.paths.level_slopes import TwoLevelMediation
from models.paths.mediated import Inference, MediationFit, Responses, fit_mediation, pool_mediation
from models.paths.mediation import Mediation
from models.paths.mediation_rows import MediationRows, explained_share, mediation_rows, term_of
from models.paths.two_level_mediation import TwoLevelFit, TwoLevelInference, fit_two_level
from models.regression.design import INTERCEPT, Design
from models.regression.diagnostics import of_columns
from models.regression.found import diagnostics_of_pooled
from models.regression.identification import ModelDataError
from models.sections.paths import RESAMPLED, Paths
from models.spec import RegressionSpec

SAME = 1e-9
LEVELS = ("within", "between")
INDEX = "index of moderated mediation: "
DIFFERENCE = "difference "
SHARE = "share_of_total"
RESAMPLES_UNDEFINED = "resamples_undefined"


def estimate_mediation(
    spec: RegressionSpec, sets: Sequence[Design], seed: int, fewest_beyond: int, imputations: Imputations | None = None
) -> FoundPaths:
    """Estimate a mediation by least squares equation by equation.

    Args:
        spec: The model, variant applied.
        sets: What it is computed from; of imputed values one completed set an imputation, whose paths are pooled.
        seed: Of resamples and draws.
        fewest_beyond: How many more rows than coefficients are asked for.
        imputations: The imputations behind the sets, where they were drawn here.

    Raises:
        ModelDataError: If the data cannot carry it.
    """
    paths, every = spec.paths or Paths(), [mediation_rows(spec, each, fewest_beyond) for each in sets]
    rows = every[0]
    stated = _stated(paths, rows)
    is_resampled = paths.interval in RESAMPLED
    inference = Inference(
        covariance=cast("PathCovariance", spec.covariance_used()),
        n_resamples=paths.n_draws if is_resampled else 0,
        n_draws=0 if is_resampled else paths.n_draws,
        confidence_level=spec.confidence_level,
    )
    responses, rng = [Responses(each.data, each.clusters, each.weights) for each in every], np.random.default_rng(seed)
    if len(sets) > 1:
        fit, pooled = pool_mediation(stated, responses, rng, inference)
        diagnostics = diagnostics_of_pooled(pooled, imputations)
    else:
        fit, diagnostics = fit_mediation(stated, responses[0], rng, inference=inference), dict[str, float]()
    terms, own = _terms_of_effects(fit.effects, rows), _paths(fit.paths)
    return FoundPaths(
        estimates=pd.concat([_effects(fit, terms, paths.interval), own], ignore_index=True),
        diagnostics=_diagnostics(stated, fit, every, own["df"].dropna()) | diagnostics,
        n_obs=fit.n_obs,
        n_clusters=fit.n_clusters,
        n_parameters=len(own),
        r_squared=float(np.mean([_explained(fit, each) for each in every])),
        readings=_readings(fit, terms, paths.interval),
    )


def _stated(paths: Paths, rows: MediationRows) -> Mediation:
    return Mediation(
        focal=rows.focal,
        mediators=rows.mediators,
        outcome=rows.outcome,
        form=paths.form,
        covariates=rows.covariates,
        moderator=rows.moderator,
        moderated=frozenset(paths.moderated),
    )


def _diagnostics(
    stated: Mediation, fit: MediationFit, every: Sequence[MediationRows], df: "pd.Series[float]"
) -> dict[str, float]:
    """Return what the columns tell, the mean over completed sets, and how many units there are."""
    told = pd.DataFrame([_of_outcome(stated, each) for each in every]).mean().to_dict()
    found = {str(name): float(value) for name, value in told.items()}
    found |= {"least_df": float(df.min())} if len(df) and fit.n_clusters is not None else {}
    is_resampled = fit.intervals["method"].isin(RESAMPLED).any()
    found |= {RESAMPLES_UNDEFINED: float(fit.n_undefined)} if is_resampled else {}
    n_units = every[0].n_units
    return found if n_units is None else found | {"n_units": float(n_units)}


def _refuse_lone(groups: pd.Series, name: str, *, has_waves: bool) -> None:
    if groups.is_unique:
        of = f"'{name}'{' and wave' if has_waves else ''}"
        raise ModelDataError(
            f"each of {counted(len(groups), 'group')} of {of} has one response, so that nothing differs within them; "
            "expected two or more in some; name a cluster with several members in a wave, such as organisation_id, or "
            "write estimator: mediation"
        )


def estimate_across_levels(spec: RegressionSpec, design: Design, seed: int) -> FoundPaths:
    """Estimate a mediation within clusters and between their latent means; where there are several waves, within each.

    What is the same for all members of a cluster in a wave has paths between clusters alone.

    Raises:
        ModelDataError: If the data cannot carry it.
    """
    paths, rows = spec.paths or Paths(), mediation_rows(spec, design, 1)
    clusters = design.clusters.iloc[:, 0].astype(str)
    has_waves = len(design.rows["wave"].unique()) > 1
    groups = clusters + "\t" + design.rows["wave"].astype(str) if has_waves else clusters
    _refuse_lone(groups, str(design.clusters.columns[0]), has_waves=has_waves)
    spread = rows.data.groupby(groups).agg(np.ptp)
    is_same = (spread.max() <= SAME * rows.data.abs().max().clip(lower=1.0)).to_dict()
    stated = TwoLevelMediation(
        Mediation(rows.focal, rows.mediators, rows.outcome, paths.form, rows.covariates),
        frozenset(str(name) for name, same in is_same.items() if same),
    )
    inference = TwoLevelInference(spec.covariance_used() != "classical", paths.n_draws, spec.confidence_level)
    outer = clusters if has_waves else None
    fit = fit_two_level(stated, rows.data, groups, np.random.default_rng(seed), inference, outer)
    terms = _terms_of_effects(fit.effects, rows)
    own = _paths(fit.paths)
    named = [each for each in fit.problems if each in ("not_converged", "starts_disagree")]
    reliable = fit.components.loc[[each not in stated.of_organisations for each in fit.components["variable"]]]
    shares = reliable["reliability"].to_numpy(dtype=float).tolist()
    return FoundPaths(
        estimates=pd.concat([_effects(fit, terms, paths.interval), own], ignore_index=True),
        diagnostics={
            "n_groups of means": float(fit.n_organisations),
            **dict(zip((f"reliability of {term_of(str(name))}" for name in reliable["variable"]), shares, strict=True)),
            "optimum_doubts": float(len(named)),
            "log_likelihood": fit.log_likelihood,
        },
        n_obs=fit.n_obs,
        n_clusters=int(clusters.nunique()),
        n_parameters=len(own),
        readings=_readings(fit, terms, paths.interval),
    )


def _terms_of_effects(effects: pd.DataFrame, rows: MediationRows) -> list[str]:
    """Return the terms of effects, such as ``indirect: a -> b -> c``."""
    whole = ROUTE.join([rows.focal, rows.outcome])
    values = effects["at"].to_numpy(dtype=float).tolist()
    return [
        term_of(_term(str(name), str(kind), whole)) + _at(at, rows.moderator)
        for name, kind, at in zip(effects["effect"], effects["kind"], values, strict=True)
    ]


def _term(name: str, kind: str, whole: str) -> str:
    level, separator, rest = name.partition(": ")
    if separator and level in LEVELS:
        return f"{kind} {level}: {rest if ROUTE in rest else whole}"
    if name.startswith(DIFFERENCE):
        return f"{kind} of indirect {level.removeprefix(DIFFERENCE)}: {rest}"
    if name.startswith(INDEX):
        return f"{kind}: {name.removeprefix(INDEX)}"
    if separator:
        return f"{kind}: {rest}"
    return f"{kind}: {name if ROUTE in name else whole}"


def _at(value: float, moderator: str) -> str:
    return "" if np.isnan(value) else f" where {term_of(moderator)} = {value:.4g}"


def _paths(paths: pd.DataFrame) -> pd.DataFrame:
    """Return the coefficients of all equations as rows of estimates."""
    levels = paths["level"] if "level" in paths else [""] * len(paths)
    causes = paths["term"].replace(CONSTANT, INTERCEPT)
    terms = [
        term_of(path_term(outcome, cause, level))
        for outcome, cause, level in zip(paths["equation"], causes, levels, strict=True)
    ]
    return paths.drop(columns=["equation", "level"], errors="ignore").assign(term=terms)


def _effects(fit: MediationFit | TwoLevelFit, terms: list[str], method: str) -> pd.DataFrame:
    """Return the effects as rows of estimates, with the interval that was asked for; shares are readings."""
    own = fit.intervals[fit.intervals["method"] == method].reset_index(drop=True)
    table = fit.effects[["estimate", "std_error", "statistic", "p_value"]].assign(
        term=terms, df=np.nan, conf_low=own["conf_low"], conf_high=own["conf_high"]
    )
    columns = ["term", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    return table.loc[(fit.effects["kind"] != "proportion").to_numpy(), columns]


def _readings(fit: MediationFit | TwoLevelFit, terms: list[str], method: str) -> tuple[Reading, ...]:
    """Return the effects with the other intervals, and the indirect effect's share of the total one."""
    found: list[Reading] = []
    for name, own in fit.intervals.groupby("method", sort=False):
        effects = fit.effects[["kind", "estimate"]].itertuples(index=False)
        ends = own[["conf_low", "conf_high"]].itertuples(index=False)
        for term, (kind, value), (low, high) in zip(terms, effects, ends, strict=True):
            if kind == "proportion" and name == method:
                found.append((f"indirect{term.removeprefix('proportion')}", SHARE, value, low, high, ""))
            elif kind != "proportion" and name != method:
                found.append((term, f"interval_{name}", value, low, high, ""))
    return tuple(found)


def _of_outcome(stated: Mediation, rows: MediationRows) -> dict[str, float]:
    """Return what the columns of the outcome's equation tell of themselves."""
    equation = stated.equations().equations[-1]
    columns = np.column_stack([np.ones(len(rows.data)), *(_product(rows.data, each) for each in equation.regressors)])
    scaled = columns if rows.weights is None else columns * np.sqrt(rows.weights.to_numpy())[:, None]
    orthonormal, triangle = np.linalg.qr(scaled)
    leverage = float((orthonormal**2).sum(axis=1).max())
    return {"max_leverage": leverage, **of_columns(np.asarray(triangle), (INTERCEPT, *equation.regressors))}


def _explained(fit: MediationFit, rows: MediationRows) -> float:
    own = fit.paths[fit.paths["equation"] == rows.outcome]
    parts = [
        estimate * (1.0 if term == CONSTANT else _product(rows.data, str(term)))
        for term, estimate in zip(own["term"], own["estimate"], strict=True)
    ]
    fitted = np.broadcast_to(sum(parts, np.zeros(len(rows.data))), len(rows.data))
    weights = None if rows.weights is None else rows.weights.to_numpy()
    return explained_share(rows.data[rows.outcome].to_numpy(dtype=float), fitted, weights)


def _product(data: pd.DataFrame, name: str) -> Vector:
    parts = [data[each].to_numpy(dtype=float) for each in name.split(":")]
    return reduce(lambda left, right: left * right, parts)
