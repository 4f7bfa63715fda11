"""Whether two categorical variables go together: Pearson's test, corrected for the design (Rao and Scott)."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix
from models.regression.identification import ModelDataError
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import Estimated, linearised_estimate
from models.survey_design.means import Ratios, proportions
from models.survey_design.stages import Codes


@dataclass(frozen=True)
class RaoScott:
    """A test of independence.

    Attributes:
        statistic: F: Pearson's statistic over the sum of the generalised design effects.
        df_num: (Sum of design effects)^2 over the sum of their squares.
        df_denom: The same times the design's degrees of freedom.
        p_value: Upper tail of F.
        pearson: Pearson's statistic of the weighted shares and the number of rows.
        mean_effect: Mean generalised design effect; 1 for a simple random sample.
    """

    statistic: float
    df_num: float
    df_denom: float
    p_value: float
    pearson: float
    mean_effect: float


def cell_shares(rows: Codes, columns: Codes) -> Ratios:
    """Return the weighted shares of the cells of an R x C table, row by row; codes 0 to R - 1 and 0 to C - 1."""
    n_columns = int(columns.max()) + 1
    names = [f"{row}|{column}" for row in range(int(rows.max()) + 1) for column in range(n_columns)]
    return proportions(names, rows * n_columns + columns)


def independence_test(design: SurveyDesign, rows: Codes, columns: Codes) -> RaoScott:
    """Test whether two variables are independent in the design's subpopulation.

    Args:
        design: n rows.
        rows: n categories of one variable, 0 to R - 1.
        columns: n categories of the other, 0 to C - 1.

    Raises:
        ModelDataError: When a variable has a single category in the subpopulation.

    References:
        Rao and Scott (1984), Annals of Statistics 12(1), 46-60; Thomas and Rao (1987), Journal of the American
        Statistical Association 82, 630-636 (second order, F). R: ``survey::svychisq(statistic = "F")``.
    """
    places = [np.unique(codes[design.in_domain], return_inverse=True)[1].ravel() for codes in (rows, columns)]
    shape = (int(places[0].max()) + 1, int(places[1].max()) + 1)
    if min(shape) == 1:
        raise ModelDataError(
            f"the variables have {shape[0]} and {shape[1]} categories in the subpopulation; expected two or more of "
            "each; widen the subpopulation"
        )
    whole = np.zeros((2, len(rows)), dtype=np.intp)
    whole[:, design.in_domain] = places
    return rao_scott(linearised_estimate(design, cell_shares(whole[0], whole[1])), shape)


def rao_scott(shares: Estimated, shape: tuple[int, int]) -> RaoScott:
    """Test independence from estimated shares of cells (``cell_shares``), linearised or by replicates.

    With C what interactions add to main effects, P = diag(p): the generalised design effects are the eigenvalues of
    (C' P^-1 V_0 P^-1 C)^-1 C' P^-1 V P^-1 C, V_0 = (P - pp') / n.

    Args:
        shares: R x C shares and their covariance V.
        shape: R, C.
    """
    from scipy.special import fdtrc  # noqa: PLC0415 - slow to import

    p, n = shares.estimates, shares.n_obs
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    turned = _interactions(shape) * inverse[:, None]
    simple = turned.T @ (np.diag(p) - np.outer(p, p)) @ turned / n
    effects = np.linalg.solve(simple, turned.T @ shares.covariance @ turned)
    total = float(np.trace(effects))
    df = total**2 / float(np.sum(effects * effects.T))
    table = p.reshape(shape)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    statistic = pearson / total
    p_value = float(fdtrc(df, df * shares.df, statistic))
    return RaoScott(statistic, df, df * shares.df, p_value, pearson, total / len(effects))


def _interactions(shape: tuple[int, int]) -> Matrix:
    """Return the part of products of categories that main effects leave, RC x (R - 1)(C - 1)."""
    sides = [np.eye(size)[:, 1:] - 1 / size for size in shape]
    return np.asarray(np.kron(sides[0], sides[1]), dtype=float)
