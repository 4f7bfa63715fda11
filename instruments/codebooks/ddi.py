"""A codebook → DDI-Codebook 2.5: the study, its files, groups of variables; the variables are in ``ddi_variables``.

Elements stand in the order of the schema. No answers, no counts (``sumStat``, ``catStat``), no names of people other
than the authors of publications.

References:
    DDI Alliance: DDI-Codebook 2.5, XML Schema of 2012.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from instruments.codebook import Codebook, CodebookTable, Period, first_text
from instruments.codebooks.ddi_variables import add_variable, described_variables, id_of
from instruments.codebooks.variables import scoring_rule
from instruments.codebooks.xml_tree import add, add_texts, document
from instruments.spec import Instrument, Scale
from instruments.validation import status_in_words

NAMESPACE = "ddi:codebook:2_5"
SCHEMA = f"{NAMESPACE} http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_SYNTHETIC = {"en": "SYNTHETIC: every answer is invented.", "da": "SYNTETISK: alle svar er opdigtede."}


def ddi_codebook(codebook: Codebook) -> bytes:
    """Write a codebook as DDI-Codebook 2.5: UTF-8, the same bytes for the same codebook."""
    root = ET.Element(
        "codeBook",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": SCHEMA,
            "version": "2.5",
            "xml:lang": codebook.languages[0],
        },
    )
    _add_document(root, codebook)
    _add_study(root, codebook)
    for table in codebook.tables:
        _add_file(root, table, codebook)
    data = add(root, "dataDscr")
    for instrument in codebook.instruments:
        _add_groups(data, instrument, codebook)
    for variable, tables in described_variables(codebook):
        add_variable(data, variable, tables, codebook)
    return document(root)


def _add_document(root: ET.Element, codebook: Codebook) -> None:
    citation = add(add(root, "docDscr"), "citation")
    title = first_text(codebook.title, codebook.languages) or codebook.name
    add(add(citation, "titlStmt"), "titl", f"Codebook: {title}", language="en")
    add(add(citation, "prodStmt"), "software", "sensemaking")


def _add_study(root: ET.Element, codebook: Codebook) -> None:
    study = add(root, "stdyDscr")
    _add_citation(study, codebook)
    information = add(study, "stdyInfo")
    add_texts(information, "abstract", codebook.description, codebook.languages)
    summary = add(information, "sumDscr")
    for period in codebook.periods:
        _add_period(summary, period, codebook.languages)
    for level in dict.fromkeys(each.level for each in codebook.instruments):
        add(summary, "anlyUnit", level)
    if codebook.population:
        add(summary, "universe", codebook.population)
    add(summary, "dataKind", "survey data", language="en")
    published = list(_publications(codebook.instruments))
    if published:
        material = add(study, "othrStdyMat")
        for each in published:
            add(material, "relPubl", each)
    if codebook.is_synthetic:
        add_texts(study, "notes", _SYNTHETIC, tuple(_SYNTHETIC), type="synthetic")
    for each in codebook.instruments:
        add(study, "notes", _status(each), language="en", type="validation status", subject=each.name)


def _add_citation(study: ET.Element, codebook: Codebook) -> None:
    citation = add(study, "citation")
    titles = add(citation, "titlStmt")
    first = next((each for each in codebook.languages if codebook.title.get(each)), codebook.languages[0])
    add(titles, "titl", codebook.title.get(first, codebook.name), language=first)
    others = {language: text for language, text in codebook.title.items() if language != first}
    add_texts(titles, "parTitl", others, codebook.languages)
    add(titles, "IDNo", codebook.name)
    terms = dict.fromkeys(each.licence for each in codebook.instruments if each.licence)
    if terms:
        add(add(citation, "prodStmt"), "copyright", "; ".join(terms))
    if codebook.version:
        add(add(citation, "verStmt"), "version", codebook.version)


def _add_period(summary: ET.Element, period: Period, languages: tuple[str, ...]) -> None:
    title = first_text(period.title, languages) or period.name
    for event, day in (("start", period.starts_on), ("end", period.ends_on)):
        if day is not None:
            add(summary, "collDate", title, date=day.isoformat(), event=event, cycle=period.name)


def _publications(instruments: Iterable[Instrument]) -> Iterable[str]:
    cited = [each for one in instruments for each in one.provenance]
    cited += [each for one in instruments for scale in one.scales.values() for each in scale.provenance]
    return dict.fromkeys(f"{each.author}: {each.title}" for each in cited if each.title)


def _status(instrument: Instrument) -> str:
    told = [
        f"{instrument.name} {instrument.version}: {status_in_words(instrument)}",
        first_text(instrument.evidence, ("en",)),
    ]
    return ". ".join(each for each in told if each)


def _add_file(root: ET.Element, table: CodebookTable, codebook: Codebook) -> None:
    file = add(add(root, "fileDscr", ID=table.name), "fileTxt")
    language = next((each for each in codebook.languages if each in table.grain), "en")
    add(file, "fileName", table.name)
    add(file, "fileCont", first_text(table.grain, (language,)), language=language)
    add(file, "fileStrc", type="rectangular")


def _add_groups(data: ET.Element, instrument: Instrument, codebook: Codebook) -> None:
    """Add a group of the instrument's scales and items, then one for every scale, multiple choice and constant sum."""
    variables = [each for each in codebook.variables_of("answers") if each.instrument == instrument.name]
    scales = " ".join(f"group.{name}" for name in instrument.scales)
    listed = " ".join(id_of("answers", each.name) for each in variables)
    group = add(
        data, "varGrp", ID=f"instrument.{instrument.name}", type="section", name=instrument.name, var=listed,
        varGrp=scales,
    )  # fmt: skip
    add_texts(group, "labl", instrument.title, codebook.languages)
    add_texts(group, "txt", instrument.definition, codebook.languages)
    for name, scale in instrument.scales.items():
        _add_scale(data, instrument, name, scale, codebook)
    for name, item in instrument.items.items():
        columns = " ".join(id_of("answers", each) for each in instrument.option_columns(name))
        if columns:
            options = add(data, "varGrp", ID=f"options.{name}", type="multipleResp", name=name, var=columns)
            add_texts(options, "labl", item.text, codebook.languages)
    for name, parts in instrument.constant_sums.items():
        columns = " ".join(id_of("answers", each) for each in parts.items)
        shares = add(data, "varGrp", ID=f"parts.{name}", type="grid", name=name, var=columns)
        add_texts(shares, "labl", parts.text, codebook.languages)
        add(shares, "txt", f"The parts add up to {parts.total}.", language="en")


def _add_scale(data: ET.Element, instrument: Instrument, name: str, scale: Scale, codebook: Codebook) -> None:
    columns = " ".join([id_of("scores", name), *(id_of("answers", item) for item in scale.items)])
    below = " ".join(f"group.{each}" for each in scale.dimensions)
    group = add(data, "varGrp", ID=f"group.{name}", type="analysis", name=name, var=columns, varGrp=below)
    add_texts(group, "labl", scale.title, codebook.languages)
    add_texts(group, "txt", scale.definition, codebook.languages)
    add_texts(group, "txt", scoring_rule(instrument, name), codebook.languages)
    if scale.code:
        add(group, "concept", scale.code)
    add_texts(group, "notes", scale.high_score_means, codebook.languages, type="a high score means")
    add(group, "notes", f"{scale.measurement}; {_status(instrument)}", language="en", type="measurement and status")
    for each in scale.provenance:
        told = [f"{each.author}: {each.title}", f'"{each.quote}"' if each.quote else "", each.note]
        add(group, "notes", ". ".join(part for part in told if part), type="provenance")
