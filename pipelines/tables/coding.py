"""Tables of coded open answers: what coders said, what they agreed on, what has to be looked at again."""

from instruments.codings.spec import Code
from instruments.spec_file import ANY_LANGUAGE
from pipelines.load import Study
from pipelines.load_coding import CodedVariable
from pipelines.tables.base import NUMBER, SMALL, TEXT, TRUTH, ColumnOf, Table
from pipelines.tables.out import GROUP, WAVE, count, number

NONE = "none"
ROUNDS = ("training", "main")
REASONS = ("changed", "added", "removed", "proposal")
VERDICTS = ("accept", "tentative", "below", "undefined")

CODINGS = Table(
    name="core.codings",
    grain="One row a code that a coder gave to an answer under a version of the scheme; none where no code was given",
    key=("response_id", "item", "segment", "coder", "scheme_version", "code"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave; missing where the answer is in no export any more", may_be_missing=True),
        "item": ColumnOf(TEXT, "Open question"),
        "segment": ColumnOf(TEXT, "First and last-plus-one sign of the part, 12..57; empty for the whole answer"),
        "code": ColumnOf(TEXT, f"Code, or {NONE}"),
        "coder": ColumnOf(TEXT, "Short name of the coder"),
        "role": ColumnOf(TEXT, "Coder or third person", is_among=("coder", "adjudicator")),
        "scheme_version": ColumnOf(TEXT, "Version of the coding scheme"),
        "round": ColumnOf(TEXT, "Whether coders practised on it", is_among=ROUNDS),
        "note": ColumnOf(TEXT, "The coder's words, screened for personal data; of NEW the proposed code"),
    },
)

RECODE_QUEUE = Table(
    name="core.recode_queue",
    grain="One row a coder's latest coding of an answer and code that has to be looked at again",
    key=("response_id", "item", "coder", "code", "reason", "note"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "item": ColumnOf(TEXT, "Open question"),
        "coder": ColumnOf(TEXT, "Short name of the coder"),
        "code": ColumnOf(TEXT, "Code"),
        "reason": ColumnOf(TEXT, "What happened to the code since, or that a new one is proposed", is_among=REASONS),
        "coded_under": ColumnOf(TEXT, "Version of the scheme under which it was coded"),
        "was_given": ColumnOf(TRUTH, "Whether the coder gave the code"),
        "note": ColumnOf(TEXT, "Of a proposal the coder's words; else empty"),
    },
)

AGREEMENT = Table(
    name="out.coding_agreement",
    grain="One row a code and open question, and each over all of them (empty)",
    key=("item", "code"),
    columns={
        "item": ColumnOf(TEXT, "Open question; empty over all"),
        "code": ColumnOf(TEXT, "Code; empty over all, each answer and code being one judgement"),
        "scheme_version": ColumnOf(TEXT, "Version of the coding scheme"),
        "n_answers": count("Answers that two or more coders judged, training left out"),
        "n_used": count("Of these, answers in which some coder gave the code"),
        "percent_agreement": number("Share of pairs of judgements that agree, 0 to 1"),
        "kappa": number("Cohen's kappa; missing with other than two coders"),
        "kappa_low": number("Lower end of its 95 % interval"),
        "kappa_high": number("Upper end of its 95 % interval"),
        "alpha": number("Krippendorff's alpha, nominal"),
        "alpha_low": number("Lower end of its 95 % bootstrap interval"),
        "alpha_high": number("Upper end of its 95 % bootstrap interval"),
        "prevalence": number("Mean share of judgements that give the code, 0 to 1"),
        "pabak": number("Kappa adjusted for prevalence and bias"),
        "ac1": number("Gwet's AC1"),
        "is_extreme": ColumnOf(TRUTH, "Whether the prevalence is so far from a half that alpha is hard to read"),
        "is_used_enough": ColumnOf(TRUTH, "Whether some coder gave the code in as many answers as the protocol asks"),
        "verdict": ColumnOf(TEXT, "May it enter models? below and undefined may not", is_among=VERDICTS),
    },
)

SHARES = Table(
    name="out.coded_shares",
    grain="One row a code, open question (and over all, empty), respondent group and wave with judged answers",
    key=("item", "code", "respondent_group", "wave"),
    columns={
        "item": ColumnOf(TEXT, "Open question; empty over all"),
        "code": ColumnOf(TEXT, "Code"),
        "respondent_group": GROUP,
        "wave": WAVE,
        "n_with": count("Respondents whose answer has the code"),
        "n": count("Respondents whose answer was judged"),
        "n_undecided": count("Respondents who answered, but not judged yet, or coders differ and nobody decided"),
        "conf_low": number("Lower end of the exact 95 % interval, as if they were a random sample"),
        "conf_high": number("Upper end"),
        "says": ColumnOf(TEXT, "The same as people read it: 2 of 3 (.09 to .99)"),
    },
)

SATURATION = Table(
    name="out.saturation",
    grain="One row a respondent group, wave and number of respondents in the order they began",
    key=("respondent_group", "wave", "n_respondents"),
    columns={
        "respondent_group": GROUP,
        "wave": WAVE,
        "n_respondents": count("Respondents so far whose answers were judged"),
        "n_new": count("Codes that appear for the first time; technical codes left out"),
        "n_codes": count("Codes that have appeared so far"),
    },
)

TABLES = (CODINGS, RECODE_QUEUE, AGREEMENT, SHARES, SATURATION)


def themes(study: Study) -> Table:
    """Describe ``core.coded_themes``: what the coded answers of a response become in analysis."""
    columns = {"response_id": CODINGS.columns["response_id"], "wave": ColumnOf(TEXT, "Wave")}
    return Table(
        "core.coded_themes",
        "One row a response: codes present and absent, questions answered, words written",
        ("response_id",),
        columns | theme_columns(study),
    )


def theme_columns(study: Study) -> dict[str, ColumnOf]:
    """Describe the variables that coded answers become, by name; none for a study without codings."""
    if study.coding is None:
        return {}
    codes = study.coding.scheme.codes
    return {name: _column(each, codes.get(each.code)) for name, each in study.coding.variables().items()}


def _column(variable: CodedVariable, code: Code | None) -> ColumnOf:
    where = variable.item or "any open question"
    if variable.kind == "log_words":
        return ColumnOf(NUMBER, f"Natural logarithm of the words written to {where}", may_be_missing=True, least=0)
    if code is None:
        return ColumnOf(SMALL, f"{where}: 1 answered, 0 asked and not answered", True, is_among=(0, 1))
    said = code.definition.get("en") or code.definition.get(ANY_LANGUAGE, "")
    return ColumnOf(
        SMALL, f"{code.name} ({said}) in {where}: 1 present, 0 not, missing without answer", True, is_among=(0, 1)
    )
