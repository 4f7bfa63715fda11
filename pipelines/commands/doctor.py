"""``doctor``: what was found in a study, as a document and in words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.commands import printing
from pipelines.recovering.examination import Examined


def is_sound(found: Sequence[Examined]) -> bool:
    """Tell whether nothing is left to be done."""
    return all(each.outcome in ("repaired", "note") for each in found)


def findings_document(study: Path, found: Sequence[Examined]) -> dict[str, Any]:
    """Return what was found for a machine."""
    return {
        "study": str(study),
        "is_sound": is_sound(found),
        "findings": [
            {
                "kind": each.finding.kind,
                "place": each.finding.place,
                "found": each.finding.found,
                "remedy": each.finding.remedy,
                "outcome": each.outcome,
            }
            for each in found
        ],
    }


def print_findings(study: Path, found: Sequence[Examined]) -> None:
    """Print every finding: where, what, and what was or is to be done."""
    if not found:
        printing.print_lines([f"{study}: nothing is wrong"])
        return
    for each in found:
        finding = each.finding
        printing.print_lines([f"{each.outcome}: {finding.kind}: {finding.place}", f"  found: {finding.found}"])
        printing.print_lines([f"  {'done' if each.outcome == 'repaired' else 'to do'}: {finding.remedy}"])
    if any(each.outcome == "to repair" for each in found):
        printing.print_lines([f"Repair what can be repaired: sensemaking doctor {study} --repair"])
