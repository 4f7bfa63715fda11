"""Models as lavaan writes them, read as ours, and the names that lavaan gives parameters."""

from models.measurement.confirmatory.model import FactorModel
from models.measurement.confirmatory.parameters import Parameter

OPERATORS = {
    "loading": "=~",
    "regression": "~",
    "factor_covariance": "~~",
    "residual_covariance": "~~",
    "threshold": "|",
    "intercept": "~1",
    "factor_mean": "~1",
    "response_scale": "~*~",
}


def model_of(text: str) -> FactorModel:
    """Read a model of loadings, regressions and covariances."""
    indicators: dict[str, tuple[str, ...]] = {}
    regressions: dict[str, tuple[str, ...]] = {}
    covariances: list[tuple[str, str]] = []
    for line in filter(None, (each.strip() for each in text.replace(";", "\n").splitlines())):
        operator = next(each for each in ("=~", "~~", "~") if each in line)
        left, right = (each.strip() for each in line.split(operator))
        names = tuple(each.strip() for each in right.split("+"))
        if operator == "=~":
            indicators[left] = names
        elif operator == "~":
            regressions[left] = names
        else:
            covariances += [(left, name) for name in names]
    return FactorModel(indicators, regressions, tuple(covariances))


def key_of(each: Parameter) -> tuple[str, str, str]:
    """Return left side, operator and right side of a parameter as lavaan writes them."""
    right = {"threshold": f"t{each.right}", "response_scale": each.left}.get(each.kind, each.right)
    return each.left, OPERATORS[each.kind], right


def by_key(rows: list[dict[str, object]]) -> dict[tuple[str, str, str], dict[str, object]]:
    """Return lavaan's rows by their sides and operator; covariances from both sides."""
    found = {(str(row["lhs"]), str(row["op"]), str(row["rhs"])): row for row in rows}
    return found | {(right, op, left): row for (left, op, right), row in found.items() if op == "~~"}
