"""What is planted in the demonstration study: its size, its true effects and its faults. Numbers only.

Latent values are roughly of unit variance; effects are in units of the latent values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DEFAULT_SEED = 20261122
WAVES = ("w1", "w2")
FORM_OF_GROUP: Mapping[str, str] = MappingProxyType({"TOP": "managers", "MID": "managers", "FRL": "staff"})


def _by_group(top: float, middle: float, frontline: float) -> Mapping[str, float]:
    return MappingProxyType({"TOP": top, "MID": middle, "FRL": frontline})


@dataclass(frozen=True)
class Size:
    """How many are invited and how many answer.

    Attributes:
        organisations: Number of organisations.
        danish_organisations: The first of them answer in Danish, the others in English: language equals country, so
            no difference between the languages is an effect of language.
        invited: Persons per organisation by respondent group.
        response_rate: Share of the invited who answer in the first wave.
        selection: Slope, on the logit of answering in the first wave, of enabler identity (TOP, MID) or collective
            leadership (FRL).
        attrition: Share of the first wave's respondents who do not answer in the second; nobody is added.
        staying: Slope of first-wave collective leadership on the logit of staying (FRL).
    """

    organisations: int = 60
    danish_organisations: int = 45
    invited: Mapping[str, float] = field(default_factory=lambda: _by_group(2, 6, 20))
    response_rate: Mapping[str, float] = field(default_factory=lambda: _by_group(0.45, 0.50, 0.40))
    selection: Mapping[str, float] = field(default_factory=lambda: _by_group(0.25, 0.0, 0.15))
    attrition: float = 0.22
    staying: float = 0.35


@dataclass(frozen=True)
class Effects:
    """True effects between latent values; everything not listed here is a true null.

    ``npm`` is New Public Management culture, an unmeasured cause of several values. Identity work activity and years in
    public service have no effect on anything.

    Attributes:
        npm_on_enabler: Culture on a manager's enabler identity.
        npm_on_tension: Culture on identity tension.
        enabler_on_tension: Enabler identity on identity tension.
        enabler_organisation_share: Share of enabler identity's variance beyond culture that lies between organisations.
        enabler_on_vertical_report: Enabler identity on the manager's report of vertical integration.
        tension_on_vertical_report: Identity tension on it.
        managers_on_state: Mean enabler identity of the invited managers on the organisation's vertical and horizontal
            integration.
        npm_on_state: Culture on the same two.
        state_correlation: Correlation of what else makes the two.
        state_on_report: Organisation's integration on a person's report of it.
        on_leadership: The organisation's part of collective leadership: managers' enabler identity, vertical,
            horizontal, their product, culture, residual standard deviation.
        leadership_deviation: Standard deviation that the weights of ``on_leadership`` give, to which they are scaled.
        leadership_shares: Shares of variance of the organisation, the person and the occasion.
        vertical_on_leadership_within: A person's report of vertical integration, as far as it deviates from the
            organisation's state, on that person's report of collective leadership.
        horizontal_on_leadership_within: The same for horizontal integration.
        growth_of_leadership: Change of collective leadership from one wave to the next.
        leadership_carry_over: Correlation of the occasion's part of leadership between waves.
        person_share: Share of other individual variance that is the same in every wave.
    """

    npm_on_enabler: float = -0.20
    npm_on_tension: float = 0.25
    enabler_on_tension: float = -0.15
    enabler_organisation_share: float = 0.30
    enabler_on_vertical_report: float = 0.30
    tension_on_vertical_report: float = -0.10
    managers_on_state: tuple[float, float] = (0.35, 0.25)
    npm_on_state: tuple[float, float] = (-0.25, -0.15)
    state_correlation: float = 0.30
    state_on_report: float = 0.40
    on_leadership: tuple[float, float, float, float, float, float] = (0.20, 0.20, 0.15, 0.10, -0.10, 0.30)
    leadership_deviation: float = 0.501
    leadership_shares: tuple[float, float, float] = (0.15, 0.30, 0.4775)
    vertical_on_leadership_within: float = 0.25
    horizontal_on_leadership_within: float = 0.10
    growth_of_leadership: float = 0.10
    leadership_carry_over: float = 0.35
    person_share: float = 0.60


@dataclass(frozen=True)
class Measurement:
    """From a latent value to an answer.

    An item's response variable is ``s (l latent + c M) + a A + e`` with ``s`` -1 for a reverse-scored item and +1
    otherwise, ``M`` what all answers of a person have in common, ``A`` the tendency to agree, and ``e`` such that the
    variance is 1; the code is 1 plus the number of thresholds below it.

    Attributes:
        loadings: ``l`` of the items of a dimension in order, starting again after five.
        reverse_loading: ``l`` of a reverse-scored item.
        common_source: ``c``.
        acquiescence: ``a``.
        dimension_loading: Loading of a dimension on the composite it belongs to.
        thresholds: By response scale.
        english_threshold_shift: Items that are harder to agree to in English.
        english_loading_shift: Items that measure less well in English.
    """

    loadings: tuple[float, ...] = (0.80, 0.75, 0.70, 0.65, 0.60)
    reverse_loading: float = 0.55
    common_source: float = 0.20
    acquiescence: float = 0.15
    dimension_loading: float = 0.85
    thresholds: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: MappingProxyType(
            {
                "agree5": (-1.6, -0.8, 0.1, 1.1),
                "extent5": (-1.6, -0.8, 0.1, 1.1),
                "freq5": (-1.2, -0.3, 0.6, 1.5),
            }
        )
    )
    english_threshold_shift: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"CL_em_3": 0.40}))
    english_loading_shift: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"CL_rl_2": -0.25}))


@dataclass(frozen=True)
class Faults:
    """What goes wrong when people answer.

    Attributes:
        careless: Share of respondents who answer carelessly: half in a straight line, 35 % at random, 15 % around the
            midpoint; one third of them only from half-way on.
        skipped: Share of single items left blank.
        opt_out: Share of "don't know / not relevant" on horizontal integration across sectors, for a respondent of
            mean tenure.
        opt_out_slope: Change of its logit with one standard deviation of tenure.
        broken_off: Share of respondents who leave before the end.
        previews: Preview responses of the survey's makers in each export.
        with_story: Share who answer the open question.
    """

    careless: Mapping[str, float] = field(default_factory=lambda: _by_group(0.03, 0.06, 0.08))
    skipped: float = 0.015
    opt_out: float = 0.04
    opt_out_slope: float = -0.5
    broken_off: float = 0.05
    previews: int = 3
    with_story: Mapping[str, float] = field(default_factory=lambda: _by_group(0.80, 0.65, 0.45))


@dataclass(frozen=True)
class Parameters:
    """Everything planted in the demonstration study."""

    size: Size = field(default_factory=Size)
    effects: Effects = field(default_factory=Effects)
    measurement: Measurement = field(default_factory=Measurement)
    faults: Faults = field(default_factory=Faults)
