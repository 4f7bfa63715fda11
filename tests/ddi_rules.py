"""What DDI-Codebook 2.5 demands of the elements that codebooks use: children in order, attributes, closed lists.

Written down from the schema of 17 January 2012 (``codebook.xsd``, namespace ``ddi:codebook:2_5``), element by element;
an element that is not listed here is not expected in a codebook of ours. A child with ``?`` may be left out, with ``*``
also repeated, with ``+`` repeated; all others stand once.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

NAMESPACE = "{ddi:codebook:2_5}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
TEXT = "text"
TEXTS = re.findall(
    r"\w+",
    "titl parTitl IDNo copyright software version abstract collDate anlyUnit universe dataKind relPubl fileName "
    "fileCont labl txt concept notes security preQTxt qstnLit catValu drvdesc varFormat",
)
KINDS_OF_GROUPS = re.findall(
    r"\w+",
    "section multipleResp grid display repetition subject version iteration analysis pragmatic record file randomized "
    "other",
)
CHILDREN = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*",
    "citation": "titlStmt rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*",
    "titlStmt": "titl subTitl* altTitl* parTitl* IDNo*",
    "prodStmt": "producer* copyright? prodDate* prodPlac* software* fundAg* grantNo*",
    "verStmt": "version? verResp? notes*",
    "stdyInfo": "studyBudget* subject* abstract* sumDscr* qualityStatement? notes* exPostEvaluation*",
    "sumDscr": "timePrd* collDate* nation* geogCover* geogUnit* geoBndBox? boundPoly? anlyUnit* universe* dataKind*",
    "othrStdyMat": "relMat* relStdy* relPubl* othRefs*",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName? fileCitation? fileCont? fileStrc? dimensns? fileType? format? filePlac? dataChck* ProcStat? "
    "dataMsng? software* verStmt?",
    "fileStrc": "recGrp* notes*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "varGrp": "labl* txt* concept* defntn? universe? notes*",
    "var": "location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* invalrng* undocCod* "
    "universe* TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation? "
    "varFormat? geoMap* catLevel* notes*",
    "qstn": "preQTxt? qstnLit? postQTxt? ivuInstr?",
    "valrng": "item* range* key? notes*",
    "invalrng": "item* range* key? notes*",
    "item": "",
    "range": "",
    "catgry": "catValu? labl* txt* catStat* mrow?",
    "derivation": "drvdesc? drvcmd?",
    **dict.fromkeys(TEXTS, TEXT),
}
MUST_HAVE = {"var": {"name"}, "item": {"VALUE"}}
ANY = re.compile(r".+", re.DOTALL)
IDENTIFIER = re.compile(r"[A-Za-z_][\w.-]*")
REFERENCES = re.compile(r"[A-Za-z_][\w.-]*( [A-Za-z_][\w.-]*)*")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ATTRIBUTES: dict[str, dict[str, object]] = {
    "codeBook": {"version": {"2.5"}, SCHEMA_LOCATION: ANY},
    "collDate": {"date": DAY, "event": {"start", "end", "single"}, "cycle": ANY},
    "universe": {"level": ANY, "clusion": {"I", "E"}},
    "fileStrc": {"type": {"rectangular", "hierarchical", "relational", "nested", "other"}},
    "varGrp": {
        "type": {*KINDS_OF_GROUPS},
        "var": REFERENCES,
        "varGrp": REFERENCES,
        "name": ANY,
    },
    "var": {
        "name": ANY,
        "files": REFERENCES,
        "intrvl": {"contin", "discrete"},
        "nature": {"nominal", "ordinal", "interval", "ratio", "percent", "other"},
        "representationType": {"text", "numeric", "code", "datetime", "other"},
    },
    "qstn": {
        "seqNo": ANY,
        "responseDomainType": {
            "text", "numeric", "code", "category", "datetime", "geographic", "multiple", "other"
        },
    },
    "range": {"UNITS": {"INT", "REAL"}, "min": ANY, "max": ANY},
    "item": {"UNITS": {"INT", "REAL"}, "VALUE": ANY},
    "catgry": {"missing": {"Y", "N"}, "missType": ANY},
    "concept": {"vocab": ANY},
    "derivation": {"var": REFERENCES},
    "varFormat": {
        "type": {"character", "numeric"},
        "schema": {"SAS", "SPSS", "IBM", "ANSI", "ISO", "XML-Data", "other"},
        "category": {"date", "time", "currency", "other"},
    },
    "notes": {"type": ANY, "subject": ANY},
}  # fmt: skip
IN_EVERY_ELEMENT: dict[str, object] = {"ID": IDENTIFIER, LANGUAGE: re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")}


def faults_of(root: ET.Element) -> list[str]:
    """List where a document departs from the rules."""
    found = [fault for element in root.iter() for fault in _faults_of_element(element)]
    identifiers = [element.get("ID") for element in root.iter() if element.get("ID")]
    found += [f"the identifier {each} stands twice" for each in identifiers if identifiers.count(each) > 1]
    for element in root.iter():
        for key in ("var", "varGrp", "files"):
            lost = set((element.get(key) or "").split()) - set(identifiers)
            found += [f"{element.tag}: {key} refers to {each}, which is not there" for each in sorted(lost)]
    return found


def _faults_of_element(element: ET.Element) -> Iterator[str]:
    tag = element.tag.removeprefix(NAMESPACE)
    if not element.tag.startswith(NAMESPACE) or tag not in CHILDREN:
        yield f"{element.tag} is no element that a codebook has"
        return
    children = [each.tag.removeprefix(NAMESPACE) for each in element]
    if CHILDREN[tag] == TEXT:
        if children:
            yield f"{tag} holds text, and has {children}"
    elif not _pattern(CHILDREN[tag]).fullmatch("".join(f"{each} " for each in children)):
        yield f"{tag} has {children}, expected {CHILDREN[tag]}"
    elif (element.text or "").strip():
        yield f"{tag} has text among its elements"
    if tag in ("valrng", "invalrng") and not children:
        yield f"{tag} is empty"
    yield from _faults_of_attributes(tag, dict(element.attrib))


def _faults_of_attributes(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name in MUST_HAVE.get(tag, set()) - set(given):
        yield f"{tag} has no {name}"
    for name, value in given.items():
        rule = {**IN_EVERY_ELEMENT, **ATTRIBUTES.get(tag, {})}.get(name)
        if rule is None or not (value in rule if isinstance(rule, set) else rule.fullmatch(value)):
            yield f"{tag}: {name} is {value!r}"


def _pattern(children: str) -> re.Pattern[str]:
    parts = re.findall(r"(\w+)([?*+]?)", children)
    return re.compile("".join(f"(?:{name} ){often}" for name, often in parts))
