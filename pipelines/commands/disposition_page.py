"""The page of ``docs/reference`` that shows the dispositions, and what platforms' texts and contact outcomes mean."""

from collections.abc import Iterator, Mapping, Sequence

from pipelines.sections.aapor import SHARE_ANSWERED, ContactList, Standard, standard

INTRODUCTION = """\
Final dispositions of AAPOR's *Standard Definitions*, Internet surveys of specifically named persons. `study.yaml` and
the frame use the names of the first column; `core` holds the word and the code of the edition in
`dispositions.edition`. A code in brackets was not confirmed by a second source: the meaning holds, the number may
differ. Category: I complete, P partial, R refusal and break-off, NC non-contact, O other, UH nothing known of unit or
address, UO other unknown eligibility, NE not eligible.
"""
PRECEDENCE = "Of what is known of a unit the word that stands first counts; of the same word, what came last: {}."
OF_PLATFORMS = f"""\
Texts of the column `identifiers.platform_disposition`. `{SHARE_ANSWERED}`: the share of items answered decides. A text
that is not here is refused until `dispositions.platform_status` says what it means.
"""
OF_CONTACTS = """\
Capitals, blanks and underscores make no difference. Further texts are named in `contact_log.outcomes`.
"""


def dispositions_page() -> str:
    """Describe ``pipelines/sections/aapor.yaml``."""
    data = standard()
    lines = ["# Dispositions\n", INTRODUCTION, *_of_dispositions(data)]
    lines += [PRECEDENCE.format(", ".join(f"`{word}`" for word in data.precedence)) + "\n"]
    lines += ["## Texts of platforms\n", OF_PLATFORMS]
    rows = [
        (platform, f"`{text}`", f"`{name}`")
        for platform, texts in data.platform_status.items()
        for text, name in texts.items()
    ]
    lines += _table(("platform", "text", "disposition"), rows)
    lines += ["## Outcomes of contacts\n", OF_CONTACTS, *_of_outcomes(data.contact_outcomes)]
    for layout, each in data.contact_lists.items():
        lines += [f"### Layout {layout}\n", *_of_layout(each)]
    return "\n".join(lines)


def _of_dispositions(data: Standard) -> Iterator[str]:
    titles = [edition.title for edition in data.editions.values()]
    rows = [
        (
            f"`{name}`",
            each.label,
            f"`{each.word}`",
            each.category,
            *(f"({code})" if edition in each.unverified else code for edition, code in each.codes.items()),
        )
        for name, each in data.dispositions.items()
    ]
    yield from _table(("name", "meaning", "word", "category", *titles), rows)


def _of_outcomes(outcomes: Mapping[str, str]) -> Iterator[str]:
    yield from _table(("text", "disposition"), [(f"`{text}`", f"`{name}`") for text, name in outcomes.items()])


def _of_layout(layout: ContactList) -> Iterator[str]:
    columns = ", ".join(f"`{name}` in `{column}`" for name, column in layout.columns.items())
    yield f"Columns: {columns}.\n"
    if layout.outcomes:
        yield from _of_outcomes(layout.outcomes)
    rules = [
        (
            f"`{rule.column}`",
            "is" if rule.is_ else "is not",
            ", ".join(f"`{text}`" if text else "empty" for text in rule.is_ or rule.is_not),
            f"`{rule.disposition}`",
        )
        for rule in layout.rules
    ]
    if rules:
        yield from _table(("column", "", "text", "disposition, of the first row that applies"), rules)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(headers) + " |"
    yield "|" + " --- |" * len(headers)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
