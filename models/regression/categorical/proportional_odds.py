"""Tests that a coefficient is the same at every threshold of an ordered regression."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.regression.categorical.ordered import OrderedRows, climb, ordered_conditions
from models.regression.categorical.separation import find_separation

ALL = "all terms"


@dataclass(frozen=True)
class ProportionalOddsTest:
    """A likelihood ratio test of terms against their release.

    Attributes:
        term: The term that is released; ``all terms`` for the test of all at once.
        statistic: Twice the gain in log-likelihood.
        df: Coefficients that the release adds.
        p_value: Upper tail of chi-square(df).
        is_bounded: Whether the released model has finite estimates; where not, its likelihood is the limit, and the
            chi-square a rough guide: some threshold has too few responses on one side.
    """

    term: str
    statistic: float
    df: int
    p_value: float
    is_bounded: bool


def proportional_odds_tests(
    rows: OrderedRows, terms: Mapping[str, tuple[int, ...]]
) -> tuple[ProportionalOddsTest, ...]:
    """Test each term, and all at once when there are several.

    Args:
        rows: n rows; columns already released stay so, and their terms are not tested.
        terms: Name of a term → its columns of the matrix.

    References:
        McCullagh (1980); Peterson and Harrell (1990). R: ``ordinal::nominal_test`` (each term);
        ``anova(clm(y ~ x), clm(y ~ 1, nominal = ~x))`` (all at once).
    """
    held = {term: places for term, places in terms.items() if not set(places) & set(rows.released)}
    base = climb(rows).value
    tests = [_test(rows, term, places, base) for term, places in held.items()]
    if len(held) > 1:
        tests.append(_test(rows, ALL, tuple(place for places in held.values() for place in places), base))
    return tuple(tests)


def _test(rows: OrderedRows, term: str, places: tuple[int, ...], base: float) -> ProportionalOddsTest:
    from scipy.special import chdtrc  # noqa: PLC0415

    released = replace(rows, released=(*rows.released, *places))
    statistic = max(2 * (climb(released).value - base), 0.0)
    df = (rows.n_thresholds - 1) * len(places)
    conditions = ordered_conditions(released)
    is_bounded = find_separation(conditions, [""] * conditions.shape[1]) is None
    return ProportionalOddsTest(term, statistic, df, float(chdtrc(df, statistic)), is_bounded)
