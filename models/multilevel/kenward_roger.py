"""Covariance and degrees of freedom of a mixed model's coefficients that know the variances are estimated.

The variances enter the covariance of the outcome linearly, V = sum gamma_r G_r, G_r = Z E_r Z' or the residual's W^-1;
what the residual's parts are follows from the others, as V is their sum.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.group_inverses import Inverse, elements_of, inverses_of
from models.multilevel.mixed_model import MixedEstimates
from models.multilevel.satterthwaite import FTest, wald_statistic
from models.regression.identification import ModelDataError
from models.triangles import inverse_of_triangle

NOUGHT = 1e-10


@dataclass(frozen=True, eq=False)
class KenwardRoger:
    """The adjusted covariance and what degrees of freedom follow from.

    Attributes:
        covariance: p x p, as generalised least squares has it.
        adjusted: p x p.
        derivatives: r x p x p, P_r = -X'V^-1 G_r V^-1 X of each variance, the residual's last.
        of_variances: r x r covariance of the variances, by expected information.
    """

    covariance: Matrix
    adjusted: Matrix
    derivatives: NDArray[np.float64]
    of_variances: Matrix

    @property
    def errors(self) -> Vector:
        """Adjusted standard errors, p."""
        return np.sqrt(np.diag(self.adjusted))

    def df(self, contrasts: Matrix) -> Vector:
        """Return the degrees of freedom of each of q contrasts, q x p."""
        return np.array([self._scaled(contrast[None])[0] for contrast in contrasts])

    def test(self, contrasts: Matrix, coefficients: Vector) -> FTest:
        """Test that q contrasts of full rank (q x p) of the coefficients are nought, by a scaled F.

        References:
            Halekoh and Hojsgaard (2014), Journal of Statistical Software 59(9). R: ``pbkrtest::KRmodcomp``.
        """
        from scipy.special import fdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

        df_resid, scaling = self._scaled(contrasts)
        q = len(contrasts)
        wald = wald_statistic(contrasts, self.adjusted, coefficients) / q
        return FTest(scaling * wald, q, df_resid, float(fdtrc(q, df_resid, scaling * wald)))

    def _scaled(self, contrasts: Matrix) -> tuple[float, float]:
        """Return denominator degrees of freedom and the factor of the Wald F, equations of Kenward and Roger's 3.2."""
        q, phi = len(contrasts), self.covariance
        theta = contrasts.T @ np.linalg.solve(contrasts @ phi @ contrasts.T, contrasts)
        parts = (theta @ phi) @ self.derivatives @ phi
        traces = np.einsum("raa->r", parts)
        a1 = float(traces @ self.of_variances @ traces)
        a2 = float(np.einsum("rs,rab,sba->", self.of_variances, parts, parts, optimize=True))
        b = (a1 + 6 * a2) / (2 * q)
        g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
        c1, c2, c3 = (np.array([g, q - g, q + 2 - g]) / (3 * q + 2 * (1 - g))).tolist()
        v0, v1, v2 = 1 + c1 * b, 1 - c2 * b, 1 - c3 * b
        v0 = 0.0 if abs(v0) < NOUGHT else v0
        ratio = 1.0 if abs(v1) < NOUGHT and abs(1 - a2 / q) < NOUGHT else (1 - a2 / q) / v1
        rho = ratio**2 * v0 / v2 / q
        df_resid = 4 + (q + 2) / (q * rho - 1)
        return df_resid, df_resid * (1 - a2 / q) / (df_resid - 2)


def kenward_roger(model: MixedEstimates) -> KenwardRoger:
    """Adjust the covariance of the coefficients of a model fitted by REML for estimated variances.

    Raises:
        ModelDataError: If the model was fitted by ML, or more random effects go together than can be inverted.

    References:
        Kenward and Roger (1997), Biometrics 53(3), 983-997. R: ``pbkrtest::vcovAdj``, ``pbkrtest::Lb_ddf``.
    """
    if model.method != "REML":
        raise ModelDataError("Kenward and Roger's degrees of freedom are for REML; found ML; fit by REML")
    parts = _products(model)
    phi = model.solved.sigma2 * model.solved.bread
    information = (
        parts.traces
        - 2 * np.einsum("rsab,ba->rs", parts.second, phi)
        + np.einsum("rab,bc,scd,da->rs", parts.first, phi, parts.first, phi, optimize=True)
    )
    of_variances = 2 * np.asarray(np.linalg.pinv(information, rcond=NOUGHT, hermitian=True))
    crossed = np.einsum("rab,bc,scd->rsad", parts.first, phi, parts.first, optimize=True)
    middle = np.einsum("rs,rsab->ab", of_variances, parts.second - crossed)
    units = model.problem.scale * inverse_of_triangle(model.problem.triangle)
    back = np.linalg.inv(units)
    adjusted = units @ (phi + phi @ (middle + middle.T) @ phi) @ units.T
    return KenwardRoger(model.covariance, adjusted, back.T @ parts.first @ back, of_variances)


@dataclass(frozen=True, eq=False)
class _Products:
    """Of r variances, the residual's last: P_r, Q_rs = X'V^-1 G_r V^-1 G_s V^-1 X, tr(V^-1 G_r V^-1 G_s)."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    traces: Matrix


def _products(model: MixedEstimates) -> _Products:
    """Sum up over blocks; what the residual adds follows from V = sum gamma_r G_r."""
    solved, factors = model.solved, model.problem.factors
    elements, sigma2, p = elements_of(factors), solved.sigma2, solved.n_coefficients
    gammas = np.array([sigma2 * (solved.triangles[f] @ solved.triangles[f].T)[a, b] for f, a, b in elements])
    r = len(elements)
    first, second = np.zeros((r, p, p)), np.zeros((r, r, p, p))
    traces, alone = np.zeros((r, r)), np.zeros(r)
    for inverse in inverses_of(solved, factors):
        of_block = _of_block(inverse, elements, sigma2)
        first += of_block.first
        second += of_block.second
        traces += of_block.traces
        alone += np.array([np.einsum("gaa->", inverse.picked(each, inverse.own)) / sigma2 for each in elements])
    whole = solved.fixed[:-1, :-1] / sigma2
    residual = (-whole - np.tensordot(gammas, first, axes=1)) / sigma2
    beside = (-first - np.tensordot(second, gammas, axes=(1, 0))) / sigma2
    corner = (-residual - np.tensordot(gammas, beside.transpose(0, 2, 1), axes=1)) / sigma2
    along = (alone - traces @ gammas) / sigma2
    last = (model.n_obs - float(gammas @ alone)) / sigma2
    rows = np.concatenate([second, beside[:, None]], axis=1)
    return _Products(
        np.concatenate([first, residual[None]]),
        np.concatenate([rows, np.concatenate([beside.transpose(0, 2, 1), corner[None]])[None]]),
        np.block([[traces, along[:, None]], [along[None], np.full((1, 1), (last - float(gammas @ along)) / sigma2)]]),
    )


def _of_block(inverse: Inverse, elements: list[tuple[int, int, int]], sigma2: float) -> _Products:
    fixed = [inverse.picked(each, inverse.to_fixed) / sigma2 for each in elements]
    own = [inverse.picked(each, inverse.own) / sigma2 for each in elements]
    passed = [inverse.own @ each / sigma2 for each in fixed]
    return _Products(
        np.stack([-np.einsum("gka,gkb->ab", inverse.to_fixed, each, optimize=True) / sigma2 for each in fixed]),
        np.stack([[np.einsum("gka,gkb->ab", left, right, optimize=True) for right in passed] for left in fixed]),
        np.array([[np.einsum("gab,gba->", left, right) for right in own] for left in own]),
    )
