"""Mixed models, linear and categorical: oracle 09 (R 4.2.2, lme4, lmerTest, pbkrtest, performance, nlme, ordinal)."""

import functools
import re

import numpy as np
from scipy.special import stdtr

from models.multilevel.cluster_robust import robust_covariance
from models.multilevel.explained import explained_variance
from models.multilevel.kenward_roger import kenward_roger
from models.multilevel.profile_intervals import profile_intervals
from models.multilevel.satterthwaite import satterthwaite
from tests.agreement.comparison import Agreement, Stopped, Tolerance
from tests.agreement.random_intercepts import CALLS, STOPPED, random_intercepts
from tests.models.multilevel.oracle_models import MODELS, autoregressive, fitted, read_oracle

WITH_KR = ("sleep_ri", "sleep_rs", "sleep_rs_uncor")
WITH_PROFILES = ("sleep_ri", "sleep_rs")
WITHOUT_SHARES = ("sleep_rs_uncor",)
COLUMNS = ("Estimate", "Std. Error", "df", "t value", "Pr(>|t|)")
EFFECTS = {"(Intercept)": "intercept", None: ""}


@functools.cache
def mixed_models(reference):
    growth, correlated = fitted(reference, "univ_growth_rs"), autoregressive(reference)
    return {
        **{name: _linear(reference, name) for name in MODELS},
        "univ_lme": {
            "fixed": _named(growth, growth.coefficients),
            "logLik": -correlated.at_nought / 2,
            "ar1": {"phi": correlated.phi, "logLik": correlated.log_likelihood},
        },
        **random_intercepts(reference),
    }


def _linear(reference, name):
    model, stored = fitted(reference, name), read_oracle(reference).stored[name]
    found = {
        "n": model.n_obs,
        "ngrps": model.n_groups,
        "coef": _tested(model, np.sqrt(np.diag(model.covariance)), satterthwaite(model)),
        "vcov": model.covariance.tolist(),
        "varcorr": components_like(model, stored["varcorr"]),
        "sigma2": model.sigma2,
        "logLik": model.log_likelihood,
        "REMLcrit": model.criterion,
        "AIC": model.aic,
        "BIC": model.bic,
        "theta": _theta(model),
        "ML": _by_likelihood(fitted(reference, name, "ML"), stored["ML"]),
        "ranef_head": effects_like(model, stored["ranef_head"]),
        "CR2": _clustered(model),
    }
    if name not in WITHOUT_SHARES:
        shares = explained_variance(model)
        found["icc_adjusted"] = shares.intraclass_correlation
        found["r2_nakagawa"] = {"marginal": shares.marginal_r2, "conditional": shares.conditional_r2}
    if name in WITH_KR:
        small = kenward_roger(model)
        found["KR"] = _tested(model, small.errors, small)
    if name in WITH_PROFILES:
        found["profile_ci"] = profile_intervals(model)[["conf_low", "conf_high"]].to_numpy().tolist()
    return found


def _named(model, values):
    return dict(zip(model.terms, np.asarray(values).tolist(), strict=True))


def _tested(model, errors, approximation):
    df, statistics = approximation.df(np.eye(len(model.terms))), model.coefficients / errors
    table = np.column_stack([model.coefficients, errors, df, statistics, 2 * stdtr(df, -np.abs(statistics))])
    return {term: dict(zip(COLUMNS, row.tolist(), strict=True)) for term, row in zip(model.terms, table, strict=True)}


def components_like(model, stored):
    """Return vcov and sdcor of our components in the order of R's."""
    found = model.components().set_index(["group", "effect", "with_effect"])
    places = [
        (
            each["grp"].removesuffix(".1").replace("Residual", "residual"),
            *(EFFECTS.get(each[key], each[key]) for key in ("var1", "var2")),
        )
        for each in stored
    ]
    rows = [found.loc[place] for place in places]
    if len(found) != len(rows):
        raise ValueError(f"{len(rows)} components are stored and {len(found)} are ours")
    return [{"vcov": row["covariance"], "sdcor": row["deviation_or_correlation"]} for row in rows]


def effects_like(model, stored):
    """Return our predicted effects of the groups whose R's are stored."""
    effects = model.random_effects()
    return {
        group: effects[group].loc[[type(effects[group].index[0])(label) for label in of_r["rows"]]].to_numpy().tolist()
        for group, of_r in stored.items()
    }


def _theta(model):
    """Free elements of the triangles of relative covariances, by columns; groups as lme4 has them, many first."""
    found = []
    for group, _ in sorted(model.n_groups.items(), key=lambda each: -each[1]):
        relative = model.group_covariances[group] / model.sigma2
        triangle, size = np.linalg.cholesky(relative), len(relative)
        (factor,) = (each for each in model.problem.factors if each.group == group)
        found += [triangle[b, a] for a in range(size) for b in range(a, size) if factor.is_free[b, a]]
    return found if len(found) > 1 else found[0]


def _by_likelihood(model, stored):
    return {
        "logLik": model.log_likelihood,
        "deviance": model.criterion,
        "AIC": model.aic,
        "BIC": model.bic,
        "coef": _named(model, model.coefficients),
        "se": _named(model, np.sqrt(np.diag(model.covariance))),
        "varcorr": components_like(model, stored["varcorr"]),
    }


def _clustered(model):
    found = robust_covariance(model)
    df = found.satterthwaite_df(np.eye(len(model.terms)))
    return {"se": _named(model, np.sqrt(np.diag(found.covariance))), "df": _named(model, df)}


LIKELIHOODS = r".*/(logLik|REMLcrit|deviance|AIC|BIC)"
VARIANCES = r".*/(varcorr|ranef_head|profile_ci|r2_nakagawa|theta)/.*|.*/(theta|sigma2|icc_adjusted|var|phi)"


def _tolerance(path, tolerances):
    if re.fullmatch(LIKELIHOODS, path):
        return Tolerance(tolerances["logLik"])
    if re.fullmatch(VARIANCES, path):
        return Tolerance(tolerances["varcomp"], is_relative=True)
    if path.endswith("/df") or "/CR2/df/" in path:
        return Tolerance(tolerances["KR_df" if "/KR/" in path else "satterthwaite_df"], is_relative=True)
    return Tolerance(tolerances["fixed"], is_relative=True)


def _row(path):
    parts = path.split("/")
    return "/".join(parts[: 3 if parts[1] == "ML" or parts[0] in ("glmm", "clmm_wine") else 2])


UNTRACED = (
    "nlme's fit with autoregressive residuals: ours has a higher likelihood, at a correlation of intercept and slope "
    "of -1; why R's has not was not traced (test_autoregressive_residuals.py)"
)
LINEAR_MODELS = "sleep_ri|sleep_rs|sleep_rs_uncor|univ_growth_ri|univ_growth_rs|univ_3level|univ_cross"
MIXED_MODELS = Agreement(
    9,
    mixed_models,
    _tolerance,
    _row,
    stopped=(
        *STOPPED,
        Stopped("univ_lme/ar1/logLik", 0.06, UNTRACED, is_shown=False),
        Stopped("univ_lme/ar1/phi", 0.03, UNTRACED, is_shown=False),
    ),
    calls={
        rf"({LINEAR_MODELS})/(n|ngrps|vcov|varcorr|sigma2|logLik|REMLcrit|AIC|BIC|theta|ML/.*|ranef_head)"
        "|univ_lme/fixed": "models.multilevel.mixed_model.fit_mixed",
        rf"({LINEAR_MODELS})/coef": "models.multilevel.satterthwaite.satterthwaite",
        rf"({LINEAR_MODELS})/KR": "models.multilevel.kenward_roger.kenward_roger",
        rf"({LINEAR_MODELS})/CR2": "models.multilevel.cluster_robust.robust_covariance",
        rf"({LINEAR_MODELS})/profile_ci": "models.multilevel.profile_intervals.profile_intervals",
        rf"({LINEAR_MODELS})/(r2_nakagawa|icc_adjusted)": "models.multilevel.explained.explained_variance",
        r"univ_lme/(logLik|ar1)": "models.multilevel.autoregressive.fit_autoregressive",
        **CALLS,
    },
    not_computed={
        r"sleep_rs_uncor/(r2_nakagawa/.*|icc_adjusted)": "performance leaves the variance of slopes that are "
        "uncorrelated with intercepts out of the shares; doing so, ours are R's (test_mixed_models_against_r.py)",
        r"glmm/cbpp_.*": "lme4's cbpp is not among the reference data",
    },
)
