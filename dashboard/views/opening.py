"""A page as it is before any choice, read once a release, kind of viewer and language."""

from functools import lru_cache

from dashboard import queries
from dashboard.views.page import Page, in_order, names_in
from dashboard.wording import Words


@lru_cache(maxsize=32)
def open_page(release: queries.Release, language: str) -> Page:
    """Read from a release what every page needs, in a language."""
    manifest = queries.manifest(release)
    rates, means = queries.response_rates(release), queries.scale_means(release)
    waves = {*rates["wave"], *means["wave"]}
    groups = {*rates["respondent_group"], *means["respondent_group"]}
    return Page(
        release=release,
        words=Words(language, queries.texts(release, language)),
        manifest=manifest,
        waves=in_order(sorted(waves), names_in(manifest.get("waves", ""))),
        groups=in_order(sorted(groups), names_in(manifest.get("respondent_groups", ""))),
    )
