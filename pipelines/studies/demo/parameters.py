"""What is planted in the demonstration study beside its effects: size, response, measurement, faults. Numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipelines.studies.demo.effects import Effects

DEFAULT_SEED = 20261122
VERSION = "1.0"
WAVES = ("w1", "w2", "w3")
GROUPS = ("TOP", "MID", "FRL", "CIT", "PAR")


def _by_group(**values: float) -> Mapping[str, float]:
    return MappingProxyType({group: values[group] for group in GROUPS if group in values})


@dataclass(frozen=True)
class Size:
    """How many are invited.

    Attributes:
        danish_regions: Region → organisations, which answer in Danish.
        scottish_organisations: Organisations that answer in English: language equals country, so that no difference
            between the languages is an effect of language.
        invited: Persons per organisation by respondent group.
        large_organisations: How many of the organisations, drawn at random, are large.
        invited_by_large: Persons per large organisation, where other than in ``invited``.
    """

    danish_regions: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {"Hovedstaden": 29, "Syddanmark": 22, "Midtjylland": 19, "Sjælland": 17, "Nordjylland": 11}
        )
    )
    scottish_organisations: int = 32
    invited: Mapping[str, float] = field(default_factory=lambda: _by_group(TOP=2, MID=6, FRL=25, CIT=25, PAR=4))
    large_organisations: int = 0
    invited_by_large: Mapping[str, float] = field(default_factory=lambda: _by_group(MID=40, FRL=150, CIT=150))

    @property
    def danish_organisations(self) -> int:
        """Number of organisations that answer in Danish; they come first."""
        return sum(self.danish_regions.values())

    @property
    def organisations(self) -> int:
        """Number of organisations."""
        return self.danish_organisations + self.scottish_organisations


@dataclass(frozen=True)
class Response:
    """Who answers.

    Attributes:
        rate: Share of the invited who answer in the first wave; its logit is the base of the chance.
        selection: Slope, on the logit, of true forwarding (TOP) and of co-production in the first wave (FRL).
        attrition: Share lost from wave to wave; its logit is the base of the chance.
        coproduction_on_attrition: Slope of the co-production of the last wave (FRL).
        young_on_attrition: Added to the logit of those under ``young_until`` years.
        young_until: Years.
    """

    rate: Mapping[str, float] = field(
        default_factory=lambda: _by_group(TOP=0.45, MID=0.50, FRL=0.40, CIT=0.20, PAR=0.35)
    )
    selection: Mapping[str, float] = field(default_factory=lambda: _by_group(TOP=0.25, FRL=0.15))
    attrition: tuple[float, float] = (0.22, 0.18)
    coproduction_on_attrition: float = -0.35
    young_on_attrition: float = 0.30
    young_until: int = 35


@dataclass(frozen=True)
class Measurement:
    """From a latent value to an answer.

    An item's response variable is ``s (l latent + c M) + a A + e`` with ``s`` -1 for a reverse-scored item and +1
    otherwise, ``M`` what all answers of a person have in common, ``A`` the tendency to agree, and ``e`` such that the
    variance is 1; the code is 1 plus the number of thresholds below it.

    Attributes:
        loadings: ``l`` of the items of a latent value in the order of the form, starting again after five.
        reverse_loading: ``l`` of a reverse-scored item.
        common_source: ``c``.
        acquiescence: ``a``.
        thresholds: By response scale.
        threshold_shift_of_scale: Added to all thresholds of a scale's items; plus is harder to agree to.
        english_threshold_shift: The same for single items in English.
        english_loading_shift: Added to ``l`` of single items in English.
        observer_threshold_shift: The same as the first for single items in the wording of observers.
    """

    loadings: tuple[float, ...] = (0.80, 0.75, 0.70, 0.65, 0.60)
    reverse_loading: float = 0.55
    common_source: float = 0.20
    acquiescence: float = 0.15
    thresholds: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: MappingProxyType(
            {
                "agree5": (-1.6, -0.8, 0.1, 1.1),
                "extent5": (-1.6, -0.8, 0.1, 1.1),
                "freq5": (-1.2, -0.3, 0.6, 1.5),
            }
        )
    )
    threshold_shift_of_scale: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"coproduction_commissioning": 0.35, "coproduction_delivery": -0.25, "coproduction_assessment": 0.25}
        )
    )
    english_threshold_shift: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"CL_em_3": 0.40, "CPE_co_2": -0.40})
    )
    english_loading_shift: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"CL_rl_2": -0.25}))
    observer_threshold_shift: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"FWI_fo_2_o": 0.35})
    )


@dataclass(frozen=True)
class Faults:
    """What goes wrong when people answer.

    Attributes:
        careless: Share of respondents who answer carelessly in a wave.
        kinds: Shares of straight lines, random answers, and answers around the midpoint among them.
        midpoint: Chances of 2, 3 and 4 in the third kind.
        late_onset: Share of them who begin half-way.
        skipped: Share of single questions left blank.
        opt_out: Share of "don't know / not relevant" by scale, for a respondent of mean tenure.
        opt_out_slope: Change of its logit with one standard deviation of tenure.
        broken_off: Share of respondents who leave before the end.
        heeds_instruction: Share of attentive respondents who answer an instructed item as told.
        previews: Preview responses of the survey's makers in each export of a platform that keeps them.
    """

    careless: Mapping[str, float] = field(
        default_factory=lambda: _by_group(TOP=0.03, MID=0.06, FRL=0.08, CIT=0.10, PAR=0.06)
    )
    kinds: tuple[float, float, float] = (0.50, 0.35, 0.15)
    midpoint: tuple[float, float, float] = (0.10, 0.80, 0.10)
    late_onset: float = 1 / 3
    skipped: float = 0.015
    opt_out: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"cogovernance": 0.04, "horizontal_across_sectors": 0.04})
    )
    opt_out_slope: float = -0.5
    broken_off: float = 0.05
    heeds_instruction: float = 0.97
    previews: int = 3


@dataclass(frozen=True)
class OpenAnswers:
    """Who writes, what codes the texts deserve, and how well coders see it.

    Attributes:
        share: Share of respondents who answer open questions.
        codes: Code → intercept and slope of the logit of deserving it on the value that belongs to it.
        sensitivity: Chance that a coder gives a code that is deserved.
        specificity: Chance that a coder withholds one that is not.
    """

    share: Mapping[str, float] = field(
        default_factory=lambda: _by_group(TOP=0.80, MID=0.65, FRL=0.45, CIT=0.35, PAR=0.45)
    )
    codes: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: MappingProxyType({"E1": (-0.4, 0.6), "D1": (-0.8, 0.7), "E5": (-1.2, 0.5)})
    )
    sensitivity: float = 0.88
    specificity: float = 0.95


@dataclass(frozen=True)
class Parameters:
    """Everything planted in the demonstration study."""

    size: Size = field(default_factory=Size)
    response: Response = field(default_factory=Response)
    effects: Effects = field(default_factory=Effects)
    measurement: Measurement = field(default_factory=Measurement)
    faults: Faults = field(default_factory=Faults)
    open_answers: OpenAnswers = field(default_factory=OpenAnswers)


SHIPPED = Parameters(size=Size(large_organisations=24))
"""The demonstration as it ships: 24 large organisations, so that some can be looked at one by one."""
