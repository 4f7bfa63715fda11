"""What hypotheses name and the study does not plant: nothing to recover, said so that nobody looks for it."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from pipelines.studies.demo.recovery.figures import REPORT

PART, NOTHING = "not planted", "nothing planted"
NOT_PLANTED: Mapping[str, str] = MappingProxyType(
    {
        "H1": "identity work activity (IW.ac)",
        "H4": "democratic, user-value and efficiency frames (SF.de, SF.us, SF.ef)",
        "H6": "no path from forwarding as staff see it to co-production, so no mediation",
        "H9": "outcomes (OUT), and part (b)",
        "H10": "barriers (BAR)",
        "H11": "shared leadership and structure (SLA), shares of power",
        "H12": "shared leadership, power and accountability among partners",
        "H13": "co-production of leadership (CPL)",
        "H14": "no response surface on co-production",
        "H15": "change in identity work",
        "H16": "trust of citizens, wellbeing, archival outcomes (CIT.tr, OUT.wb, ARC)",
        "H17": "capacity (CON.ca, BAR.ca)",
        "H18": "willingness of citizens: of their scales only felt influence is planted",
    }
)


def not_planted_rows() -> pd.DataFrame:
    """List what is not planted: ``REPORT``."""
    rows = [
        {
            "part": PART,
            "parameter": what,
            "hypothesis": hypothesis,
            "status": NOTHING,
            "note": "nothing is planted here",
            "n_replications": 0,
        }
        for hypothesis, what in NOT_PLANTED.items()
    ]
    return pd.DataFrame(rows).reindex(columns=REPORT)
