"""Respondent groups that read like managers and are not said to be top managers, of whom nothing small may be shown.

A note, not a refusal: whether one to four of them sit in an organisation is for the team to say. Property P12 of the
design.
"""

import re

from pipelines.spec import StudySpec

MANAGERS = re.compile(
    r"manager|director|executive|\bchiefs?\b|\bheads?\b|\bleaders?\b|\bmayors?\b|ledere?\b|lederne\b|ledelse|direktør"
    r"|chefe?r?n?e?\b|borgmest"
)
"""English and Danish words in small letters."""


def unprotected_managers(spec: StudySpec) -> dict[str, str]:
    """Say of which respondent groups it is missing whether they are top managers, and what to do.

    Those are groups of managers, by name or title, where the study names no top managers, or shows means of them by
    organisation.

    Args:
        spec: The study.

    Returns:
        Group → what is missing, in words.
    """
    top, units = spec.release.top_managers, spec.release.units
    by_organisation = units.respondent_groups if units is not None else ()
    found: dict[str, str] = {}
    for group, title in spec.respondent_groups.items():
        if group in top or not any(
            MANAGERS.search(each.replace("_", " ").lower()) for each in (group, *title.values())
        ):
            continue
        if group in by_organisation:
            found[group] = (
                f"the group {group} reads like managers, and its means are shown by organisation; where one to four of "
                f"them sit in one, each would know the others' answers: write release: top_managers: [{group}] and "
                "take it out of release: units: respondent_groups"
            )
        elif not top:
            found[group] = (
                f"the group {group} reads like managers, and the study names no top managers; where one to four of "
                f"them sit in an organisation, write release: top_managers: [{group}], so that nothing of them is ever "
                "shown of a single organisation"
            )
    return found
