"""A study after a run → the report of methods: which parts there are, and what stands on every page."""

from pipelines.board_report.value import Report
from pipelines.methods_report.defined import definitions
from pipelines.methods_report.factors import factors
from pipelines.methods_report.found import Found
from pipelines.methods_report.identity import identity
from pipelines.methods_report.models import models
from pipelines.methods_report.scales import scales


def report_of(found: Found) -> Report:
    """Write the report.

    Args:
        found: The study, its tables and its fits.

    Returns:
        The report, the same for the same warehouse; its warning and subtitle say that it is private.
    """
    sections = (identity(found), *scales(found), *factors(found), *models(found))
    warnings = [found.say("synthetic")] if found.study.spec.is_synthetic else []
    return Report(
        title=found.say("title", study=found.text("study_title", found.study.name)),
        subtitle=found.say("subtitle", date=found.wording.day(found.written_on), run=found.run.partition("-")[0]),
        language=found.words.language,
        published_on=found.written_on,
        warning=" ".join([found.say("private"), *warnings]),
        sections=(*sections, *definitions(sections, found)),
    )
