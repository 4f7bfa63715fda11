"""What study.yaml says of releases, held against the groups, scales and facts about organisations that there are."""

from collections.abc import Collection

from instruments.spec import Instrument
from instruments.strict_yaml import Document
from pipelines.cross_checks import existing
from pipelines.spec import StudySpec

UNITS = ("release", "units")


def blame_release(spec: StudySpec, register: Instrument | None, scales: Collection[str], document: Document) -> None:
    """Add a fault for every group, scale and fact that is not there, and for top managers of single organisations.

    Args:
        spec: The study.
        register: What describes the facts about its organisations; None without.
        scales: Its scales.
        document: ``study.yaml``.
    """
    top, units = spec.release.top_managers, spec.release.units
    existing(top, spec.respondent_groups, document, ("release", "top_managers"), "respondent group")
    if units is None:
        return
    existing(
        units.respondent_groups, spec.respondent_groups, document, (*UNITS, "respondent_groups"), "respondent group"
    )
    for place, group in enumerate(units.respondent_groups):
        if group in top:
            message = f"'{group}' are top managers, of whom nothing is shown of a single organisation; take them out"
            document.blame((*UNITS, "respondent_groups", place), message)
    existing(units.scales, scales, document, (*UNITS, "scales"), "scale")
    if units.regions is None:
        return
    if register is None:
        document.blame((*UNITS, "regions"), "regions are a fact about organisations; give organisations")
        return
    kinds = {name: item.kind for name, item in register.items.items()}
    existing([units.regions], kinds, document, (*UNITS, "regions"), "fact about organisations")
    if kinds.get(units.regions, "choice") != "choice":
        document.blame((*UNITS, "regions"), f"'{units.regions}' is no choice; regions are the categories of one")
