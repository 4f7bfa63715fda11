"""Headers of a LimeSurvey export, taken apart: code, text, and which of LimeSurvey's own columns it is.

Headings are codes, texts, shortened texts, or a code and a text with any separator between them. Put here what a header
says by itself; what a survey's structure says of it is in ``limesurvey_lookup``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.readers.headers import cell
from pipelines.readers.limesurvey.words import HEADINGS, TIME_PREFIXES, plain
from pipelines.readers.plan import Head

OWN_CODES = frozenset(
    {
        "id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "token", "ipaddr", "refurl",
        "firstname", "lastname", "email",
    }
)  # fmt: skip
PERSONAL = frozenset({"token", "ipaddr", "refurl", "firstname", "lastname", "email"})
CONTAINER = "limesurvey_xml"
_TELLING = frozenset({"submitdate", "lastpage", "startlanguage"})
_TELLING_TEXTS = _TELLING | {"datestamp"}
_DATABASE = r"\d+X\d+X\d+[\w#]*|Q\d+_S\d+#[01]"
_CODE = rf"(?:{_DATABASE}|[A-Za-z]\w*(?:\[[^\[\]]*\]){{0,2}})"
_WHOLE_CODE = re.compile(_CODE)
_CODE_AND_TEXT = re.compile(rf"({_CODE})([^\w\s\[\]()'\"¿¡]*\s*[^\w\s\[\]()'\"¿¡]*\s*)(.*)", re.DOTALL)
_LETTER_IN_BRACKETS = re.compile(r"\[[^\[\]]*[A-Za-z][^\[\]]*\]")
_ATTRIBUTE = re.compile(r"attribute_\d+")
_TIME = re.compile(r"interviewtime|groupTime\d+|questionTime\d+|\d+X\d+(X\d+)?time|[GQ]\d+time")
_LEAST_SHARE = 0.8


@dataclass(frozen=True)
class Heading:
    """One header.

    Attributes:
        header: As it stands, blanks single.
        code: The code in it; empty when it is a text.
        text: The text in it; empty when it is a code.
        own: LimeSurvey's own code, such as ``submitdate``, for the columns that every survey has; else empty.
        is_time: Whether it says that the column holds the time taken by a group or a question.
        is_page_time: Whether it is the time of a group.
    """

    header: str
    code: str
    text: str
    own: str = ""
    is_time: bool = False
    is_page_time: bool = False

    @property
    def name(self) -> str:
        """What the plan calls the column: the code, or the whole header where it has none."""
        return self.code or self.header


@dataclass(frozen=True)
class Headings:
    """All headers of an export.

    Attributes:
        each: Header by header, left to right.
        layout: ``vv``, ``xml``, ``codes``, ``codes_and_texts``, ``full_texts`` or ``abbreviated_texts``.
        n_rows: Header rows.
    """

    each: tuple[Heading, ...]
    layout: str
    n_rows: int


def is_limesurvey(head: Head) -> bool:
    """Say whether LimeSurvey's own columns, or headers made of codes with codes of sub-questions, are there."""
    if head.container == CONTAINER or _is_vv(head):
        return True
    headers = _row(head, 0)
    separator = _separator(headers)
    headings = [_heading(header, separator) for header in headers]
    own = {each.own for each in headings} - {""}
    in_codes = {each.own for each in headings if each.own and each.own == each.code}
    if len(in_codes & _TELLING) > 1 or (len(own) > 2 and len(own & _TELLING_TEXTS) > 1):  # noqa: PLR2004
        return True
    filled = [each for each in headings if each.header]
    coded = [each for each in filled if each.code and (each.own or each.text or "[" in each.code or separator)]
    with_rows = [each for each in coded if "[" in each.code and (each.text or _LETTER_IN_BRACKETS.search(each.code))]
    return bool(with_rows) and len(coded) >= _LEAST_SHARE * len(filled)


def read_headings(head: Head) -> Headings:
    """Take the headers of an export apart."""
    if _is_vv(head):
        codes, texts = _row(head, 1), _row(head, 0)
        pairs = [(code, texts[index] if index < len(texts) else "") for index, code in enumerate(codes)]
        return Headings(tuple(_coded(code, code, text) for code, text in pairs), "vv", 2)
    headers = _row(head, 0)
    separator = _separator(headers)
    headings = tuple(_heading(header, separator) for header in headers)
    if head.container == CONTAINER:
        return Headings(headings, "xml", 1)
    return Headings(headings, _layout(headings), 1)


def _row(head: Head, index: int) -> list[str]:
    return [cell(head.rows[index], place) for place in range(len(head.rows[index]))] if index < len(head.rows) else []


def _is_vv(head: Head) -> bool:
    """Say whether the second row holds the codes: a row of texts comes before it, and no code is among these."""
    first, second = _row(head, 0), _row(head, 1)
    return len(_TELLING & set(second)) > 1 and "id" in second and not _TELLING & set(first)


def _heading(header: str, separator: str) -> Heading:
    own = HEADINGS.get(plain(header), "")
    if own:
        is_code = header == own
        return Heading(header, header if is_code else "", "" if is_code else header, own, own == "interviewtime")
    if separator:
        found = _split(header, separator)
        if found is not None:
            return _coded(header, *found)
    before, colon, _ = header.partition(":")
    if colon and plain(before) in TIME_PREFIXES:
        return Heading(header, "", header, is_time=True, is_page_time=TIME_PREFIXES[plain(before)] == "groupTime")
    if _WHOLE_CODE.fullmatch(header):
        return _coded(header, header, "")
    return Heading(header, "", header)


def _coded(header: str, code: str, text: str) -> Heading:
    own = code if code in OWN_CODES or code == "interviewtime" else ""
    return Heading(header, code, text, own, _TIME.fullmatch(code) is not None)


def is_attribute(code: str) -> bool:
    """Say whether a code is one of a participant's attributes."""
    return _ATTRIBUTE.fullmatch(code) is not None


def _split(header: str, separator: str) -> tuple[str, str] | None:
    found = re.match(_CODE, header)
    if found is None:
        return None
    rest = header[found.end() :]
    if rest.startswith(separator):
        return found.group(), rest[len(separator) :].strip()
    return (found.group(), "") if rest == separator.rstrip() else None


def _separator(headers: Sequence[str]) -> str:
    """Return what stands between code and text; empty where headers are not made of both.

    LimeSurvey's own columns tell it: what stands between ``submitdate`` and "Date submitted", or that they are one of
    the two. Without them it is what follows the code in nearly all headers; blanks alone then are none, as they
    separate the words of any text.
    """
    if any(HEADINGS.get(plain(header), "") in _TELLING_TEXTS for header in headers):
        return ""
    own: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for header in headers:
        found = _CODE_AND_TEXT.fullmatch(header)
        if found is None or not found.group(2):
            continue
        if found.group(1) in OWN_CODES and found.group(3) and plain(found.group(3)) != found.group(1):
            own[found.group(2)] += 1
        others[found.group(2)] += 1
    if own:
        return own.most_common(1)[0][0]
    n_filled = sum(1 for header in headers if header)
    best, times = others.most_common(1)[0] if others else ("", 0)
    return best if best.strip() and times >= _LEAST_SHARE * n_filled else ""


def _layout(headings: Sequence[Heading]) -> str:
    questions = [each for each in headings if each.header and not each.own and not each.is_time]
    with_text = [each for each in questions if each.text]
    if any(each.code and each.text for each in headings):
        return "codes_and_texts"
    if not with_text:
        return "codes"
    shortened = [each for each in with_text if ".." in each.header]
    return "abbreviated_texts" if len(shortened) * 2 > len(with_text) else "full_texts"
