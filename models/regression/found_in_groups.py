"""Linear models in which rows of a group go together: a design in, what was found out.

Put here how estimators of several levels are told like all others; each computes in a package of its own.
"""

import pandas as pd

from models.estimates import PREDICTION_COLUMNS
from models.regression.columns import Labels, column_of
from models.regression.corrected.estimate import ESTIMATOR, estimate_corrected
from models.regression.design import Design
from models.regression.equal_effects import equal_effects
from models.regression.found import Found
from models.regression.identification import refuse_decided_by_clusters
from models.regression.inference import label_estimates
from models.regression.joint_tests import joint_tests, places_of_regressors, regressor_groups, tested_together
from models.sections.regressors import focal_variable
from models.spec import RegressionSpec


def found_mixed(spec: RegressionSpec, design: Design, labels: Labels) -> Found:
    """Fit a linear mixed model."""
    from models.multilevel.of_model import estimate_mixed, mixed_joint_tests  # noqa: PLC0415 - seldom needed
    from models.multilevel.readings import readings_in_groups, readings_of_variances  # noqa: PLC0415 - seldom needed

    estimated = estimate_mixed(spec, design, labels)
    model, uncertainty = estimated.model, estimated.uncertainty
    groups = regressor_groups(spec, design.rows, design.profile, labels, model.terms)
    places = {term: (place,) for place, term in enumerate(model.terms)}
    equal = equal_effects(spec, groups)
    tests = (
        joint_tests(groups, places, model.coefficients, uncertainty, equal)
        if estimated.approximation is None
        else mixed_joint_tests(estimated, groups, equal)
    )
    readings = readings_in_groups(spec, design, model.coefficients, uncertainty)
    between = readings_of_variances(model, spec.confidence_level)
    return Found(
        estimator=spec.estimator,
        terms=model.terms,
        coefficients=model.coefficients,
        uncertainty=uncertainty,
        df_resid=model.n_obs - len(model.terms),
        r_squared=estimated.r_squared,
        estimates=label_estimates(model.terms, model.coefficients, uncertainty, spec.confidence_level),
        diagnostics=estimated.diagnostics,
        readings=readings if between.empty else pd.concat([readings, between], ignore_index=True),
        predictions=pd.DataFrame(columns=list(PREDICTION_COLUMNS)),
        joint_tests=tests,
        tested=tested_together(groups, places),
    )


def found_marginal(spec: RegressionSpec, design: Design, labels: Labels) -> Found:
    """Solve the estimating equations of a linear model."""
    from models.multilevel.marginal.of_model import estimate_linear_equations  # noqa: PLC0415 - seldom needed
    from models.multilevel.readings import readings_in_groups  # noqa: PLC0415 - seldom needed

    terms = tuple(map(str, design.matrix))
    groups = regressor_groups(spec, design.rows, design.profile, labels, terms)
    estimated = estimate_linear_equations(spec, design, places_of_regressors(groups, terms))
    fit, uncertainty = estimated.fit, estimated.uncertainty
    places = {term: (place,) for place, term in enumerate(fit.terms)}
    return Found(
        estimator=spec.estimator,
        terms=fit.terms,
        coefficients=fit.coefficients,
        uncertainty=uncertainty,
        df_resid=len(design.rows) - len(fit.terms),
        r_squared=estimated.r_squared,
        estimates=label_estimates(fit.terms, fit.coefficients, uncertainty, spec.confidence_level),
        diagnostics=estimated.diagnostics,
        readings=readings_in_groups(spec, design, fit.coefficients, uncertainty),
        predictions=pd.DataFrame(columns=list(PREDICTION_COLUMNS)),
        joint_tests=joint_tests(groups, places, fit.coefficients, uncertainty),
        tested=tested_together(groups, places),
    )


def found_corrected(spec: RegressionSpec, design: Design, labels: Labels) -> Found:
    """Fit a linear model whose organisation means are corrected."""
    made = estimate_corrected(spec, design, labels)
    focal = design.rows[column_of(focal_variable(spec.focal))]
    refuse_decided_by_clusters(focal, design.clusters, made.uncertainty.n_clusters, made.uncertainty.n_decided)
    groups = regressor_groups(spec, design.rows, design.profile, labels, made.terms)
    places = {term: (place,) for place, term in enumerate(made.terms)}
    return Found(
        estimator=ESTIMATOR,
        terms=made.terms,
        coefficients=made.coefficients,
        uncertainty=made.uncertainty,
        df_resid=len(design.rows) - len(made.terms),
        r_squared=made.r_squared,
        estimates=made.estimates,
        diagnostics=made.diagnostics,
        readings=made.readings,
        predictions=pd.DataFrame(columns=list(PREDICTION_COLUMNS)),
        joint_tests=joint_tests(groups, places, made.coefficients, made.uncertainty),
        tested=tested_together(groups, places),
    )
