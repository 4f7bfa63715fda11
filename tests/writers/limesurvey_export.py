"""Files as LimeSurvey writes them, for tests: CSV in every heading style, VV, XML structures and responses, archives.

Made from the description of the formats; shares no code with the readers. A cell is None where the database has NULL.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

Texts = Mapping[str, str]
Row = Mapping[str, str | None]
OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "refurl")
OWN_HEADINGS = {
    "en": "Response ID|Date submitted|Last page|Start language|Seed|Access code|Date started|Date last action|"
    "IP address|Referrer URL",
    "de": "Antwort ID|Datum Abgeschickt|Letzte Seite|Start-Sprache|Zufallsstartwert|Zugangscode|Datum gestartet|"
    "Datum letzte Aktivität|IP-Adresse|Weiterleitungs-URL",
    "fr": "ID de la réponse|Date de soumission|Dernière page|Langue de départ|Tête de série|Code d'accès|"
    "Date de lancement|Date de la dernière action|Adresse IP|URL de référence",
}
WORDS = {
    "en": {"other": "Other", "comment": "Comment", "other_comment": "Other comment", "scale": "Scale", "rank": "Rank",
           "Y": "Yes", "N": "No", "U": "Uncertain", "I": "Increase", "S": "Same", "D": "Decrease", "F": "Female",
           "M": "Male", "": "N/A", "group": "Group time", "question": "Question time", "total": "Total time"},
    "de": {"other": "Sonstiges", "comment": "Kommentar", "other_comment": "Anderer Kommentar", "scale": "Skala",
           "rank": "Rang", "Y": "Ja", "N": "Nein", "U": "Unsicher", "I": "Zunahme", "S": "Gleich", "D": "Abnahme",
           "F": "weiblich", "M": "männlich", "": "N/A", "group": "Gruppenzeit", "question": "Fragezeit",
           "total": "Gesamtzeit"},
    "da": {"Y": "Ja", "N": "Nej", "": "Ikke relevant", "other": "Andet"},
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A sub-question or an answer option: number, code, texts, scale, value in assessments."""

    number: int
    code: str
    texts: Texts
    scale: int = 0
    value: int = 0


@dataclass(frozen=True)
class Ask:
    """A question."""

    number: int
    code: str
    kind: str
    texts: Texts
    rows: tuple[Part, ...] = ()
    answers: tuple[Part, ...] = ()
    has_other: bool = False
    mandatory: str = "N"
    relevance: str = "1"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """A group of questions."""

    number: int
    titles: Texts
    asks: tuple[Ask, ...]
    relevance: str = "1"
    shuffled: str = ""


@dataclass(frozen=True)
class Survey:
    """A survey."""

    number: int
    languages: tuple[str, ...]
    titles: Texts
    groups: tuple[Group, ...]
    paging: str = "G"

    def fields(self) -> list["Field"]:
        """Return every column of answers in order."""
        return [each for group in self.groups for ask in group.asks for each in _fields(self, group, ask)]


@dataclass(frozen=True)
class Field:
    """One column of answers.

    Attributes:
        old: Name in the database up to version 6.
        new: Name in the database from version 7 on.
        code: Heading in codes.
        spoken: Heading in codes of the expression manager.
        part: ``other``, ``comment``, ``count`` or empty.
        brackets: What full headings have in brackets: texts, or a word with or without a number.
    """

    ask: Ask
    old: str
    new: str
    code: str
    spoken: str
    part: str = ""
    scale: int = 0
    brackets: tuple[Texts | str, ...] = ()

    def heading(self, language: str, longest: int = 0) -> str:
        """Return the heading in texts; each part shortened when ``longest`` is given."""
        parts = [self.ask.texts[language]] + [_bracket(each, language) for each in self.brackets]
        shown = [_shortened(part, longest) for part in parts]
        whole = shown[0] + (" " if len(shown) > 1 else "") + "".join(f"[{part}]" for part in shown[1:])
        return f"filecount - {whole}" if self.part == "count" else whole


def headings(survey: Survey, style: str, language: str = "en", separator: str = ". ") -> list[str]:
    """Return all headings: ``code``, ``em``, ``codetext``, ``full`` or ``abbreviated``."""
    own = dict(zip(OWN, OWN_HEADINGS[language].split("|"), strict=True))
    fields = survey.fields()
    if style == "code":
        return [*OWN, *(each.code for each in fields)]
    if style == "em":
        return [*OWN, *(each.spoken for each in fields)]
    if style == "codetext":
        pairs = [*own.items(), *((each.code, each.heading(language)) for each in fields)]
        return [f"{code}{separator}{text}" for code, text in pairs]
    longest = 15 if style == "abbreviated" else 0
    return [*own.values(), *(each.heading(language, longest) for each in fields)]


def write_csv(
    survey: Survey,
    rows: Sequence[Row],
    head: Sequence[str],
    *,
    delimiter: str = ",",
    answers: str = "short",
    language: str = "en",
    convert: tuple[str, str] | None = None,
) -> bytes:
    """Write responses as CSV with a byte order mark; NULL and the empty text both are empty cells in codes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        cells = [row.get(name) or "" for name in OWN]
        for each in survey.fields():
            value = row.get(each.old)
            text = _long(each, value, language) if answers == "long" else value
            cells.append(_masked(_converted(each, text, convert)))
        writer.writerow(cells)
    return ("\ufeff" + out.getvalue()).encode()


def write_vv(survey: Survey, rows: Sequence[Row], version: int = 2) -> bytes:
    """Write a VV file: codes of the expression manager in version 2, names of the database in version 1."""
    fields = survey.fields()
    labels = [*OWN_HEADINGS["en"].split("|"), *(each.heading("en") for each in fields)]
    codes = [*OWN, *(each.spoken if version > 1 else each.old for each in fields)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(labels)
    writer.writerow(codes)
    for row in rows:
        names = [*OWN, *(each.old for each in fields)]
        writer.writerow([_vv_cell(name, row.get(name)) for name in names])
    return out.getvalue().encode()


def write_lss(survey: Survey, *, is_old: bool = False, kind: str = "Survey") -> bytes:
    """Write the structure as XML: texts in rows of every language when old, in tables of their own otherwise."""
    tables = {"groups": list(_group_rows(survey, is_old)), "group_l10ns": list(_group_rows(survey, is_old=True))}
    attributes: list[dict[str, str]] = []
    for group in survey.groups:
        for order, ask in enumerate(group.asks, start=1):
            for table, rows in _question_rows(survey, group, ask, order, is_old).items():
                tables.setdefault(table, []).extend(rows)
            pairs = ask.attributes.items()
            attributes += [{"qid": str(ask.number), "attribute": key, "value": value} for key, value in pairs]
    settings = {"sid": str(survey.number), "language": survey.languages[0], "format": survey.paging,
                "additional_languages": " ".join(survey.languages[1:])}  # fmt: skip
    titles = [
        {"surveyls_survey_id": str(survey.number), "surveyls_language": language, "surveyls_title": title}
        for language, title in survey.titles.items()
    ]
    whole = {name: rows for name, rows in tables.items() if not (is_old and name.endswith("_l10ns"))}
    whole["question_attributes"] = attributes
    if kind == "Survey":
        whole |= {"surveys": [settings], "surveys_languagesettings": titles}
    return document(kind, survey.languages, whole)


def write_lsr(survey: Survey, rows: Sequence[Row], *, is_new: bool = False) -> bytes:
    """Write responses as XML: NULL is no element."""
    names = {each.old: each.new if is_new else each.old for each in survey.fields()}
    all_names = [*OWN, *names.values()]
    named = [{names.get(key, key): value for key, value in row.items() if value is not None} for row in rows]
    return document("Responses", survey.languages, {"responses": named}, {"responses": all_names})


def write_lsa(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Write an archive of members under any names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def write_tabs(survey: Survey) -> bytes:
    """Write the structure as tab-separated text."""
    columns = [
        "id",
        "related_id",
        "class",
        "type/scale",
        "name",
        "relevance",
        "text",
        "help",
        "language",
        "validation",
        "mandatory",
        "other",
        "default",
    ]
    columns += ["same_default", "assessment_value", "max_num_value_n", "random_group", "multiflexible_checkbox"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    settings = {"sid": survey.number, "language": survey.languages[0], "format": survey.paging,
                "additional_languages": " ".join(survey.languages[1:])}  # fmt: skip
    writer.writerows({"class": "S", "name": name, "text": str(text)} for name, text in settings.items())
    for language, title in survey.titles.items():
        writer.writerow({"class": "SL", "name": "surveyls_title", "text": title, "language": language})
    for language in survey.languages:
        writer.writerows(row for group in survey.groups for row in _tab_rows(group, language))
    return ("\ufeff" + out.getvalue()).encode()


def document(
    kind: str, languages: Sequence[str], tables: Mapping[str, Sequence[Row]], fields: Mapping[str, Sequence[str]] = {}
) -> bytes:
    """Write tables as one XML document; empty tables are left out."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", f" <LimeSurveyDocType>{kind}</LimeSurveyDocType>"]
    parts += [" <DBVersion>630</DBVersion>", " <languages>"]
    parts += [f"  <language>{language}</language>" for language in languages] + [" </languages>"]
    for table, rows in tables.items():
        if not rows:
            continue
        names = fields.get(table) or list(dict.fromkeys(name for row in rows for name in row))
        parts += [f" <{table}>", "  <fields>", *(f"   <fieldname>{escape(name)}</fieldname>" for name in names)]
        parts += ["  </fields>", "  <rows>"]
        for row in rows:
            cells = ((_element(name), value) for name, value in row.items() if value is not None)
            parts += ["   <row>", *(f"    <{tag}>{_cdata(text)}</{tag}>" for tag, text in cells), "   </row>"]
        parts += ["  </rows>", f" </{table}>"]
    return "\n".join([*parts, "</document>", ""]).encode()


@dataclass(frozen=True)
class _Columns:
    """Makes the columns of one question."""

    ask: Ask
    old: str

    def of(self, aid: str, new_suffix: str, *brackets: Texts | str, part: str = "") -> Field:
        code = self.ask.code
        new = f"Q{self.ask.number}{new_suffix}"
        return Field(self.ask, self.old + aid, new, f"{code}[{aid}]", f"{code}_{aid}", part, 0, brackets)

    def rows(self, scale: int = 0) -> list[Part]:
        return [each for each in self.ask.rows if each.scale == scale]

    def dual(self) -> Iterator[Field]:
        for row in self.rows():
            for scale in (0, 1):
                ask, brackets = self.ask, (row.texts, f"scale {scale + 1}")
                names = (
                    f"{self.old}{row.code}#{scale}", f"Q{ask.number}_S{row.number}#{scale}",
                    f"{ask.code}[{row.code}][{scale + 1}]", f"{ask.code}_{row.code}_{scale}",
                )  # fmt: skip
                yield Field(ask, *names, "", scale, brackets)

    def grid(self) -> Iterator[Field]:
        for row in self.rows():
            for column in self.rows(1):
                suffix = f"_S{row.number}_S{column.number}"
                yield self.of(f"{row.code}_{column.code}", suffix, row.texts, column.texts)

    def ranks(self) -> Iterator[Field]:
        for rank, answer in enumerate(self.ask.answers, start=1):
            yield self.of(str(rank), f"_R{answer.number}", f"rank {rank}")

    def plain(self) -> Iterator[Field]:
        for row in self.rows():
            yield self.of(row.code, f"_S{row.number}", row.texts)
            if self.ask.kind == "P":
                suffix = f"_S{row.number}_Ccomment"
                yield self.of(f"{row.code}comment", suffix, row.texts, "comment", part="comment")
        if not self.ask.rows:
            yield Field(self.ask, self.old, f"Q{self.ask.number}", self.ask.code, self.ask.code)

    def further(self) -> Iterator[Field]:
        ask = self.ask
        if ask.has_other:
            yield self.of("other", "_Cother", "other", part="other")
        if ask.has_other and ask.kind == "P":
            yield self.of("othercomment", "_Cothercomment", "other_comment", part="comment")
        if ask.kind == "O":
            yield self.of("comment", "_Ccomment", "comment", part="comment")
        if ask.kind == "|":
            count = self.of("filecount", "_Cfilecount", part="count")
            yield replace(count, old=f"{self.old}_filecount")


def _fields(survey: Survey, group: Group, ask: Ask) -> Iterator[Field]:
    columns = _Columns(ask, f"{survey.number}X{group.number}X{ask.number}")
    makers = {"1": columns.dual, ":": columns.grid, ";": columns.grid, "R": columns.ranks}
    yield from makers.get(ask.kind, columns.plain)()
    yield from columns.further()


def _bracket(label: Texts | str, language: str) -> str:
    if not isinstance(label, str):
        return label[language]
    word, _, number = label.partition(" ")
    return f"{WORDS[language][word]} {number}".strip()


def _shortened(text: str, longest: int) -> str:
    return text if not longest or len(text) <= longest else f"{text[:longest]}.. "


def _long(each: Field, value: str | None, language: str) -> str | None:
    words, kind = WORDS[language], each.ask.kind
    if each.part or (not value and kind not in "YGMP"):
        return value
    if kind in "MP":
        return words[""] if value is None else words["Y"] if value == "Y" else words["N"]
    if kind in "YGCE":
        return words[value or ""]
    texts = {answer.code: answer.texts[language] for answer in each.ask.answers if answer.scale == each.scale}
    return words["other"] if value == "-oth-" else texts.get(value or "", value)


def _converted(each: Field, text: str | None, convert: tuple[str, str] | None) -> str:
    if convert is None or each.ask.kind not in "MPY" or each.part or text is None:
        return text or ""
    return {"Y": convert[0], "N": convert[1], "": convert[1]}.get(text, text)


def _masked(text: str) -> str:
    return f"'{text}" if text.startswith("=") else text


def _vv_cell(name: str, value: str | None) -> str:
    if value is None or (name == "submitdate" and not value):
        return "{question_not_shown}"
    text = value.strip().replace("{", "{lbrace}")
    text = text.replace("\n", "{newline}").replace("\r", "{cr}").replace("\t", "{tab}")
    return "{quote}" + text[1:] if text.startswith('"') else text


def _element(name: str) -> str:
    return (f"_{name}" if name[0].isdigit() else name).replace("#", "-")


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']] >')}]]>" if text else ""


def _group_rows(survey: Survey, is_old: bool) -> Iterator[dict[str, str]]:
    for order, group in enumerate(survey.groups, start=1):
        row = {"gid": str(group.number), "sid": str(survey.number), "group_order": str(order),
               "randomization_group": group.shuffled, "grelevance": group.relevance}  # fmt: skip
        if not is_old:
            yield row
            continue
        for language in survey.languages:
            yield row | {"group_name": group.titles[language], "language": language}


def _question_rows(survey: Survey, group: Group, ask: Ask, order: int, is_old: bool) -> dict[str, list[dict[str, str]]]:
    own = {"qid": str(ask.number), "parent_qid": "0", "sid": str(survey.number), "gid": str(group.number),
           "type": ask.kind, "title": ask.code, "other": "NY"[ask.has_other], "mandatory": ask.mandatory,
           "question_order": str(order), "scale_id": "0", "relevance": ask.relevance}  # fmt: skip
    languages = survey.languages
    found = {"questions": _in_all("question", own, ask.texts, languages, is_old)}
    found["question_l10ns"] = _in_all("question", {"qid": own["qid"]}, ask.texts, languages, is_old=True)
    found["subquestions"], found["answers"], found["answer_l10ns"] = [], [], []
    for place, row in enumerate(ask.rows, start=1):
        sub = own | {"qid": str(row.number), "parent_qid": own["qid"], "type": "T", "title": row.code, "other": "N",
                     "question_order": str(place), "scale_id": str(row.scale), "relevance": "1"}  # fmt: skip
        found["subquestions"] += _in_all("question", sub, row.texts, languages, is_old)
        found["question_l10ns"] += _in_all("question", {"qid": sub["qid"]}, row.texts, languages, is_old=True)
    for place, answer in enumerate(ask.answers, start=1):
        number = {"aid": str(answer.number)}
        option = {"qid": own["qid"], "code": answer.code, "sortorder": str(place),
                  "assessment_value": str(answer.value), "scale_id": str(answer.scale)}  # fmt: skip
        found["answers"] += _in_all("answer", option if is_old else number | option, answer.texts, languages, is_old)
        found["answer_l10ns"] += _in_all("answer", number, answer.texts, languages, is_old=True)
    return found


def _in_all(
    name: str, row: dict[str, str], texts: Texts, languages: Sequence[str], is_old: bool
) -> list[dict[str, str]]:
    return [row | _said(name, texts, each) for each in languages] if is_old else [row]


def _said(name: str, texts: Texts, language: str) -> dict[str, str]:
    return {name: _html(texts[language]), "language": language}


def _html(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _tab_rows(group: Group, language: str) -> Iterator[dict[str, str]]:
    yield {"id": str(group.number), "class": "G", "type/scale": "0", "name": group.titles[language],
           "relevance": group.relevance, "language": language, "random_group": group.shuffled}  # fmt: skip
    for ask in group.asks:
        own = {"id": str(ask.number), "class": "Q", "type/scale": ask.kind, "name": ask.code,
               "relevance": ask.relevance, "text": _html(ask.texts[language]), "language": language,
               "mandatory": ask.mandatory, "other": "NY"[ask.has_other]}  # fmt: skip
        yield own | dict(ask.attributes)
        for row in ask.rows:
            yield {"id": str(row.number), "class": "SQ", "type/scale": str(row.scale or ""), "name": row.code,
                   "relevance": "1", "text": _html(row.texts[language]), "language": language}  # fmt: skip
        for answer in ask.answers:
            yield {"id": str(ask.number), "class": "A", "type/scale": str(answer.scale), "name": answer.code,
                   "text": _html(answer.texts[language]), "language": language,
                   "assessment_value": str(answer.value)}  # fmt: skip
