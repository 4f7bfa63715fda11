"""What one viewer may see of a release: a plain value, and the rows of each table and the pages that go with it.

Deny by default: nobody can ask for a table that is not named here, and a page that is not named here is for those who
see the whole release. Who a viewer is, is for ``sign_in``; who may see what, for ``access.yaml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """What one viewer may see; always rows of the release, so that viewers together see no more than the release.

    Attributes:
        whole_release: Whether every row of every table is seen.
        units: Organisations whose own rows are seen beside those about everybody, where it is not the whole release.
    """

    whole_release: bool
    units: frozenset[str]

    def may_open(self, page: str) -> bool:
        """Tell whether a page may be opened, by the name in its address."""
        return self.whole_release or page in PAGES_ABOUT_EVERYBODY


WHOLE_RELEASE = Permission(whole_release=True, units=frozenset())
PAGES_ABOUT_EVERYBODY = frozenset({"overview", "perspectives", "integration", "units", "results", "method"})
ROWS: Mapping[str, str] = {
    "manifest": "FROM meta.manifest",
    "texts": "FROM meta.texts WHERE $whole_release OR kind <> 'region_title'",
    "scales": "FROM meta.scales",
    "items": "FROM meta.items",
    "units": """FROM meta.units WHERE $whole_release OR level = 'all'
        OR (level = 'organisation' AND list_contains($units, unit))""",
    "response_rates": "FROM out.response_rates",
    "scale_means": "FROM out.scale_means",
    "unit_means": """FROM out.unit_means WHERE $whole_release OR level = 'all'
        OR (level = 'organisation' AND list_contains($units, unit))""",
    "distributions": "FROM out.distributions",
    "comparisons": "FROM out.comparisons",
    "conditions": "FROM out.conditions",
    "fits": "FROM out.fits",
    "estimates": "FROM out.estimates",
}
"""Table → its rows that a viewer sees, in SQL over ``$whole_release`` and ``$units``."""
