"""Names and wordings that promise a direct identifier, and those that only look like it; texts without mark-up."""

import pytest

from pipelines.readers.markup import without_markup
from pipelines.readers.personal_names import identifies, is_personal_header, names_a_person
from pipelines.readers.structure import Option, Question


@pytest.mark.parametrize(
    "name",
    [
        "name", "first_name", "name_last", "LastName", "email", "e_mail", "email2", "dob", "telephone_1",
        "date_of_birth", "phone", "home_address", "ip", "gps", "postcode", "respondent_name", "deviceid",
        "next_of_kin_contact_name", "efternavn", "leder_telefonnr", "gpslatitude", "fødselsdato",
    ],
)  # fmt: skip
def test_a_name_promises_an_identifier(name):
    assert names_a_person(name)


@pytest.mark.parametrize(
    "name",
    ["age", "organisation_name", "emailing_1_skill", "shipping", "department", "q1", "", "doboom", "tips", "zipper"],
)
def test_other_names_do_not(name):
    assert not names_a_person(name)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("E-mailadresse", True), ("Your name", True), ("CPR-nr.", True), ("Adresse de messagerie", True),
        ("Phone number*", True), ("NAVN", True), ("E-post", True), ("prénom", True),
        ("Street lighting", False), ("Name of the programme", False), ("Your number", False), ("", False),
    ],
)  # fmt: skip
def test_a_header_that_is_nothing_but_an_identifier_is_told_from_a_question_about_one(header, expected):
    assert is_personal_header(header) is expected


@pytest.mark.parametrize(
    ("text", "kind", "n_options", "expected"),
    [
        ("What is your full name?", "open_text", 0, True),
        ("Phone number", "number", 0, True),
        ("Name of the respondent", "embedded", 0, True),
        ("How do you rate the name of the programme?", "open_text", 0, False),
        ("Do you have a telephone number?", "choice", 2, False),
        ("Background GPS", "metadata", 0, False),
    ],
)
def test_a_wording_asks_for_an_identifier(text, kind, n_options, expected):
    options = tuple(Option(str(code), "") for code in range(n_options))
    assert identifies(Question("q1", text, kind, options=options)) is expected


def test_a_choice_among_few_is_no_identifier_whatever_its_name():
    assert not identifies(Question("phone", "Phone?", "choice", options=(Option("1", "Yes"), Option("0", "No"))))
    assert identifies(Question("gps", "Point?", "choice", options=tuple(Option(str(code), "") for code in range(40))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How <b>often</b>?", "How often?"), ("One<br/>two", "One two"), ("<p>A</p><p>B</p>", "A B"),
        ("a &lt; b", "a < b"), ("a < b and c > d", "a < b and c > d"), ("  much \n space ", "much space"),
        ("", ""), ("${name}, hi", "${name}, hi"),
    ],
)  # fmt: skip
def test_mark_up_is_taken_out_and_signs_stay(text, expected):
    assert without_markup(text) == expected
