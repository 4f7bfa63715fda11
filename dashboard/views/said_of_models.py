"""What a page says of a model: what it found, whether it was planned, and the titles of its parts."""

import pandas as pd

from dashboard.figures import decimal, places_for
from dashboard.views.page import Page, plain
from pipelines.board_report.findings_of_fits import Ends, Voice, found

INTERCEPT, MAIN = "intercept", "main"
PLACES = 2


def label_line(page: Page, fit: pd.Series) -> str:
    """Say whether a fit is confirmatory, and what that follows from."""
    return f"**{page.words.say(fit['label'])}**: {page.words.say('because_' + fit['label_because'])}"


def findings_of(page: Page, fit: pd.Series, estimates: pd.DataFrame) -> tuple[str, ...]:
    """Say in sentences what a fit found for its term of interest, and whether its sign is the expected one."""
    model = str(fit["model"])
    return found(fit, estimates, plain(page.words.title("model_title", model)), _voice(page, model))


def finding(page: Page, fit: pd.Series, estimates: pd.DataFrame) -> str:
    """Say the same in one paragraph."""
    return " ".join(findings_of(page, fit, estimates))


def _voice(page: Page, model: str) -> Voice:
    language = page.words.language

    def written(ends: Ends, at_rest: float) -> tuple[str, str, str]:
        places = places_for([each - at_rest for each in ends[1:]], PLACES)
        estimate, low, high = (decimal(each, language, places) for each in ends)
        return estimate, low, high

    def points(ends: Ends) -> tuple[str, str, str]:
        estimate, low, high = (decimal(100 * each, language, 0) for each in ends)
        return estimate, low, high

    return Voice(
        page.words.say,
        written,
        points,
        lambda term: plain(term_title(page, model, term)),
        lambda name: plain(page.words.titles.get(("answer_title", f"{model}/{name}"), name)),
        lambda variant: plain(page.words.titles.get(("outcome_reference", f"{model}/{variant}"), "")),
        lambda name: plain(outcome_title(page, name)),
    )


def outcome_title(page: Page, name: str) -> str:
    """Return the title of what is explained."""
    return page.words.titles.get(("outcome_title", name)) or page.scale(name)


def term_title(page: Page, model: str, term: str) -> str:
    """Return the words for a term of a model."""
    if term == INTERCEPT:
        return page.words.say("intercept")
    return page.words.titles.get(("term_label", f"{model}/{term}")) or page.scale(term)


def variant_title(page: Page, model: str, variant: str) -> str:
    """Return the title of a variant."""
    if variant == MAIN:
        return page.words.say("main")
    return page.words.titles.get(("variant_title", f"{model}/{variant}"), variant.replace("_", " "))
