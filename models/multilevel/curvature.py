"""Second derivative of a mixed model's criterion in closed form, where groups of one kind have one effect each."""

from models.multilevel.criterion import Solved


def curvature(solved: Solved, sigma2: float | None = None) -> float:
    """Return the second derivative in theta, the effect's deviation over the residual's.

    With w = theta^2, a_g = z_g'H^-1z_g and u_g = [X y]'H^-1z_g: [X y]'H^-1[X y] has the derivatives -sum uu' and
    2 sum a uu' in w, log |H| has sum a and -sum a^2, and the criterion that in theta is 2 f' + 4 w f''.

    Args:
        solved: The model at theta, of one factor with one effect.
        sigma2: Residual variance that is held; None: at its best for every theta.

    References:
        Lindstrom and Bates (1988), Journal of the American Statistical Association 83(404), 1014-1022.
    """
    ((own, to_fixed),) = solved.of_groups
    alone, seen = own[:, 0, 0], to_fixed[:, 0]
    first, second = -(seen.T @ seen), 2 * (seen.T * alone) @ seen
    slope, bend = float(alone.sum()), -float(alone @ alone)
    if solved.method == "REML":
        turned = solved.bread @ first[:-1, :-1]
        slope += float(turned.trace())
        bend += float((solved.bread * second[:-1, :-1]).sum() - (turned * turned.T).sum())
    pulled = first[:-1, -1] - first[:-1, :-1] @ solved.coefficients
    fall, curve = -float(solved.coefficients @ pulled), -2 * float(pulled @ solved.bread @ pulled)
    fall += float(first[-1, -1] - first[-1, :-1] @ solved.coefficients)
    of_second = second[:, -1] - second[:, :-1] @ solved.coefficients
    curve += float(of_second[-1] - solved.coefficients @ of_second[:-1])
    if sigma2 is None:
        slope += solved.free * fall / solved.squares
        bend += solved.free * (curve / solved.squares - (fall / solved.squares) ** 2)
    else:
        slope, bend = slope + fall / sigma2, bend + curve / sigma2
    return 2 * slope + 4 * float(solved.theta[0]) ** 2 * bend
