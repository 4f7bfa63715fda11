"""Tables of responses: who answered, the coded answers, why answers are missing, scores. Private."""

from collections.abc import Collection
from typing import get_args

from instruments.sections.response_scale import MissingReason
from instruments.spec import Instrument, Item
from pipelines.load import Study
from pipelines.tables import screening
from pipelines.tables.base import DAY, MOMENT, NUMBER, SMALL, TEXT, TRUTH, WHOLE, ColumnOf, Table
from pipelines.tables.coding import theme_columns
from pipelines.tables.experiments import LABEL_SEEN

DISPOSITIONS = (
    "complete",
    "partial",
    "refusal",
    "break_off",
    "noncontact",
    "other",
    "unknown_eligibility",
    "not_eligible",
)

RESPONSES = Table(
    name="core.responses",
    grain="One row a response",
    key=("response_id",),
    columns={
        "response_id": ColumnOf(TEXT, "Source, a slash, the platform's id or the row number"),
        "wave": ColumnOf(TEXT, "Wave"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "respondent_group": ColumnOf(TEXT, "Respondent group"),
        "organisation_id": ColumnOf(TEXT, "Organisation", may_be_missing=True),
        "respondent_key": ColumnOf(TEXT, "Pseudonym of the person across waves and in the frame", may_be_missing=True),
        "language": ColumnOf(TEXT, "Language of the questionnaire", may_be_missing=True),
        "started_at": ColumnOf(MOMENT, "Start, UTC", may_be_missing=True),
        "ended_at": ColumnOf(MOMENT, "End, UTC", may_be_missing=True),
        "response_seconds": ColumnOf(
            NUMBER,
            "Seconds the response took as the platform says; where it does not, from started_at to ended_at, missing "
            "if that is negative or one of them has no time of day",
            may_be_missing=True,
            least=0,
        ),
        "is_finished": ColumnOf(TRUTH, "Whether the platform says the end was reached", may_be_missing=True),
        "share_answered": ColumnOf(
            NUMBER, "Answered share of the administered closed items", may_be_missing=True, least=0, most=1
        ),
        "disposition": ColumnOf(TEXT, "Outcome of contact (AAPOR)", is_among=DISPOSITIONS),
        "disposition_code": ColumnOf(
            TEXT, "The same as AAPOR's code; missing for previews and tests", may_be_missing=True
        ),
        "is_analysed": ColumnOf(TRUTH, "Whether scores and models use it"),
        "file_sha256": ColumnOf(TEXT, "File"),
        "row_number": ColumnOf(WHOLE, "Row of the file, headers counted", least=1),
    },
)

MISSING = Table(
    name="core.missing",
    grain="One row a missing answer",
    key=("response_id", "item"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "item": ColumnOf(TEXT, "Item"),
        "reason": ColumnOf(TEXT, "Why there is no answer", is_among=get_args(MissingReason)),
    },
)

OPEN_ANSWERS = Table(
    name="core.open_answers",
    grain="One row an open-text answer",
    key=("response_id", "item"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "item": ColumnOf(TEXT, "Item"),
        "text": ColumnOf(TEXT, "The answer, screened for personal data as privacy.open_text says"),
    },
)

OPEN_TEXT_FINDINGS = Table(
    name="core.open_text_findings",
    grain="One row a response, open question and kind of personal data found in the answer",
    key=("response_id", "item", "kind"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "item": ColumnOf(TEXT, "Item"),
        "kind": ColumnOf(TEXT, "What was found", is_among=("email", "cpr", "chi", "phone")),
        "n": ColumnOf(WHOLE, "How many", least=1),
    },
)

REJECTS = Table(
    name="core.rejects",
    grain="One row a rejected row or cell",
    key=(),
    columns={
        "file_sha256": ColumnOf(TEXT, "File"),
        "wave": ColumnOf(TEXT, "Wave"),
        "row_number": ColumnOf(WHOLE, "Row of the file, headers counted", least=1),
        "column_name": ColumnOf(TEXT, "Column; missing when the whole row is meant", may_be_missing=True),
        "rule": ColumnOf(TEXT, "Rule that was broken"),
        "reason": ColumnOf(TEXT, "The rule in words, without the cell's text"),
    },
)

REPEATS = Table(
    name="core.repeats",
    grain="One row an answer within a repetition",
    key=("response_id", "source", "instrument", "instance", "item"),
    columns={
        "response_id": ColumnOf(TEXT, "Response that the repetition belongs to"),
        "wave": ColumnOf(TEXT, "Wave"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "instrument": ColumnOf(TEXT, "Repeated block as the platform names it, else the source"),
        "instance": ColumnOf(WHOLE, "Number of the repetition", least=0),
        "item": ColumnOf(TEXT, "Item; of a multiple choice the option's column"),
        "code": ColumnOf(SMALL, "Answer of a choice", may_be_missing=True),
        "number": ColumnOf(NUMBER, "Answer that is a number", may_be_missing=True),
        "day": ColumnOf(DAY, "Answer that is a date", may_be_missing=True),
        "text": ColumnOf(TEXT, "Answer that is a text", may_be_missing=True),
        "reason": ColumnOf(
            TEXT,
            "Why a filled cell is no answer; missing where it is one",
            may_be_missing=True,
            is_among=get_args(MissingReason),
        ),
    },
)

SAMPLED_UNITS = Table(
    name="core.sampled_units",
    grain="One row an invited unit and wave",
    key=("unit_id", "wave"),
    columns={
        "unit_id": ColumnOf(TEXT, "Pseudonym of the unit; equals respondent_key of a response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "organisation_id": ColumnOf(TEXT, "Organisation", may_be_missing=True),
        "respondent_group": ColumnOf(TEXT, "Respondent group"),
        "disposition": ColumnOf(TEXT, "Outcome of contact (AAPOR)", is_among=DISPOSITIONS),
        "disposition_code": ColumnOf(TEXT, "The same as AAPOR's code"),
    },
)

TABLES = (RESPONSES, MISSING, OPEN_ANSWERS, OPEN_TEXT_FINDINGS, REPEATS, REJECTS, SAMPLED_UNITS, *screening.CORE_TABLES)
KEYS = ("response_id", "wave", "source", "respondent_group", "organisation_id", "respondent_key", "language")


def answers(study: Study) -> Table:
    """Describe ``core.answers``: one column an item, coded as the instruments say."""
    columns = {"response_id": RESPONSES.columns["response_id"], "wave": RESPONSES.columns["wave"]}
    for instrument in study.instruments.values():
        for name, item in instrument.items.items():
            if item.kind == "multiple_choice":
                columns |= _options(instrument, name, item)
            elif item.kind != "open_text":
                columns[name] = _answer(instrument, name, item)
    return Table("core.answers", "One row a response: its coded answers", ("response_id",), columns)


def scores(study: Study) -> Table:
    """Describe ``core.scores``: one column a scale."""
    columns = {"response_id": RESPONSES.columns["response_id"], "wave": RESPONSES.columns["wave"]}
    columns |= {scale: _score(study, scale) for scale in study.scales()}
    return Table("core.scores", "One row an analysed response: its scale scores", ("response_id",), columns)


def analysis(study: Study) -> Table:
    """Describe ``core.analysis``: keys, scores, organisation means and deviations, items, coded answers, facts."""
    columns = {name: RESPONSES.columns[name] for name in KEYS}
    for scale in study.scales():
        columns[scale] = _score(study, scale)
        over = f"of {scale} over the organisation's answers in the same wave and respondent group"
        columns[f"{scale}_organisation_mean"] = ColumnOf(NUMBER, f"Mean {over}", may_be_missing=True)
        columns[f"{scale}_within_organisation"] = ColumnOf(
            NUMBER, f"Deviation from the mean {over}", may_be_missing=True
        )
    columns |= {name: column for name, column in answers(study).columns.items() if name not in columns}
    columns |= theme_columns(study)
    columns |= facts(study)
    if study.spec.label_experiment is not None:
        columns[LABEL_SEEN] = ColumnOf(TEXT, "Label in the slot of the experiment", may_be_missing=True)
    return Table("core.analysis", "One row an analysed response", ("response_id",), columns)


def analysis_with(study: Study, names: Collection[str]) -> Table:
    """Describe ``core.analysis`` with only those scales and items that are named, beside keys, codes and facts.

    A model needs few of several hundred; a table with fewer columns is read in a fraction of the time.
    """
    whole = analysis(study)
    means = ("", "_organisation_mean", "_within_organisation")
    of_scales = {f"{scale}{end}" for scale in study.scales() if scale not in names for end in means}
    left_out = (of_scales | set(answers(study).columns)) - set(names) - set(KEYS)
    columns = {name: column for name, column in whole.columns.items() if name not in left_out}
    return Table(whole.name, whole.grain, whole.key, columns)


def organisations(study: Study) -> Table:
    """Describe ``core.organisations``: one column a fact of a register or archive."""
    columns = {
        "organisation_id": ColumnOf(TEXT, "Organisation"),
        "wave": ColumnOf(TEXT, "Wave"),
    }
    grain = "One row an organisation and wave: what registers and archives say"
    return Table("core.organisations", grain, ("organisation_id", "wave"), columns | facts(study))


def facts(study: Study) -> dict[str, ColumnOf]:
    """Describe the columns of facts about organisations; none where the study has no register."""
    return (
        {}
        if study.register is None
        else {name: _answer(study.register, name, item) for name, item in study.register.items.items()}
    )


def _score(study: Study, scale: str) -> ColumnOf:
    rule = study.scales()[scale].scales[scale]
    return ColumnOf(NUMBER, f"Scale score ({rule.score} of {len(rule.items)} items)", may_be_missing=True)


def _options(instrument: Instrument, name: str, item: Item) -> dict[str, ColumnOf]:
    """Describe the columns of a multiple choice: one an option, 1 ticked, 0 not ticked."""
    scale, wording = instrument.response_scale_of(name), next(iter(item.text.values()), name)
    points = scale.points if scale is not None else {}
    return {
        column: ColumnOf(
            SMALL,
            f"{wording} {next(iter(points[code].label.values()), str(code))}: 1 ticked, 0 not",
            may_be_missing=True,
            is_among=(0, 1),
        )
        for column, code in instrument.option_columns(name).items()
    }


def _answer(instrument: Instrument, name: str, item: Item) -> ColumnOf:
    wording = next(iter(item.text.values()), name)
    scale = instrument.response_scale_of(name)
    if scale is not None:
        return ColumnOf(SMALL, wording, may_be_missing=True, is_among=tuple(scale.points))
    kinds = {"number": NUMBER, "date": DAY, "code": TEXT}
    return ColumnOf(kinds[item.kind], wording, may_be_missing=True, least=item.least, most=item.most)
