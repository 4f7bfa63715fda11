"""Who may see the results is said in one strict file, secrets stand elsewhere, and nothing is served beyond that."""

from pathlib import Path

import pytest
from command_line import sensemaking
from small_study import build_small_study

from instruments.faults import EnvironmentFault, SpecError, UsageError
from pipelines.access import FILE, read_access
from pipelines.access_secrets import FILE as SECRETS
from pipelines.access_secrets import VARIABLES, read_secrets

ACCESS = """\
address: https://dashboard.example.org
provider:
  issuer: https://login.example.org/realms/city
  client_id: sensemaking
people:
  - person: anna@example.org
    role: executive
  - person: bo@example.org
    role: unit
    units: [Ålborg, Org 01]
"""
COOKIE_SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _no_secrets_of_the_machine(monkeypatch: pytest.MonkeyPatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def access_file(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    path.write_text(ACCESS, encoding="utf-8")
    return path


def write_secrets(folder: Path, text: str | None = None, mode: int = 0o600) -> Path:
    path = folder / SECRETS
    path.touch(mode=0o600)
    path.write_text(text or f"client_secret: hush-hush\ncookie_secret: {COOKIE_SECRET}\n", encoding="utf-8")
    path.chmod(mode)
    return path


def test_people_are_found_by_the_letters_of_their_address(access_file: Path):
    access = read_access(access_file)
    assert access.listed("Anna@Example.org").role == "executive"
    assert access.listed("bo@example.org").units == ("Ålborg", "Org 01")
    assert access.listed("carla@example.org") is None


@pytest.mark.parametrize("lookalike", ["anna@example.org\u200b", " anna@example.org", "ann\u0430@example.org", ""])
def test_nobody_passes_for_somebody_else(access_file: Path, lookalike: str):
    assert read_access(access_file).listed(lookalike) is None


def test_letters_that_become_ascii_when_turned_are_other_letters(access_file: Path):
    access_file.write_text(ACCESS.replace("anna@", "kim@"), encoding="utf-8")
    access = read_access(access_file)
    assert "\u212aim@example.org".lower() == "kim@example.org"
    assert access.listed("\u212aim@example.org") is None


def test_subjects_are_told_apart_by_case(access_file: Path):
    by_subject = ACCESS.replace("  client_id", "  person: sub\n  client_id").replace(
        "bo@example.org", "ANNA@example.org"
    )
    access_file.write_text(by_subject, encoding="utf-8")
    assert read_access(access_file).listed("ANNA@example.org").role == "unit"


FAULTS = {
    "unknown key": (("role: executive", "role: executive\n    rights: all"), "people.0.rights: unknown key"),
    "unknown role": (("role: executive", "role: owner"), "people.0.role: expected 'executive' or 'unit'"),
    "no people": ((ACCESS[ACCESS.index("  - person: anna") :], "  []\n"), "people: nobody may see anything"),
    "twice": (("bo@example.org", "ANNA@example.org"), "people.1.person: stands in entry 1 of people already"),
    "no address of a person": (("anna@example.org", "anna"), "people.0.person: expected an e-mail address"),
    "address beyond ASCII": (("anna@", "änna@"), "people.0.person: expected an e-mail address"),
    "unit without units": (("\n    units: [Ålborg, Org 01]", ""), "people.1.units: a unit sees nothing of its own"),
    "executive with units": (
        ("role: executive", "role: executive\n    units: [A]"),
        "people.0.units: an executive sees",
    ),
    "unit twice": (("Ålborg, Org 01", "A, A"), "people.1.units: 'A' stands here 2 times"),
    "issuer in the open": (("https://login", "http://login"), "provider.issuer: expected an address such as"),
    "issuer with a query": (("realms/city", "realms?x=1"), "provider.issuer: expected an address such as"),
    "address in the open": (("https://dashboard", "http://dashboard"), "address: expected an address such as"),
    "address with a path": (("dashboard.example.org", "example.org/dashboard"), "address: expected an address without"),
    "unknown claim": (
        ("  client_id", "  person: name\n  client_id"),
        "provider.person: expected 'email', 'sub' or 'oid'",
    ),
    "no client": (("  client_id: sensemaking\n", ""), "provider.client_id: this key is missing"),
    "a secret": (("  client_id", "  client_secret: hush\n  client_id"), "provider.client_secret: unknown key"),
}


@pytest.mark.parametrize(("change", "told"), FAULTS.values(), ids=FAULTS)
def test_fault_of_an_access_file_is_told_with_its_place_and_without_people(access_file: Path, change, told: str):
    assert change[0] in ACCESS
    access_file.write_text(ACCESS.replace(*change), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        read_access(access_file)
    assert told in str(refused.value)
    assert str(access_file) in str(refused.value)
    assert "nna@" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "people: [", None])
def test_access_file_that_is_empty_torn_or_gone_lets_nobody_in(access_file: Path, text: str | None):
    access_file.unlink() if text is None else access_file.write_text(text)
    with pytest.raises(SpecError):
        read_access(access_file)


def test_secrets_come_from_the_environment_or_else_from_a_file_of_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_secrets(tmp_path)
    assert read_secrets(tmp_path).client_secret == "hush-hush"
    for name, value in zip(VARIABLES, ("other", "x" * 32), strict=True):
        monkeypatch.setenv(name, value)
    assert read_secrets(tmp_path).client_secret == "other"
    assert "other" not in repr(read_secrets(tmp_path))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_secrets_that_others_can_read_are_refused(tmp_path: Path, mode: int):
    path = write_secrets(tmp_path, mode=mode)
    with pytest.raises(EnvironmentFault, match=f"chmod 600 {path}"):
        read_secrets(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "client_secret: hush-hush\n",
        f"client_secret: 1234567\ncookie_secret: {COOKIE_SECRET}\n",
        "client_secret: hush-hush\ncookie_secret: short\n",
        f"client_secret: hush-hush\ncookie_secret: {COOKIE_SECRET}\nmore: hush-hush\n",
        "client_secret: [hush-hush",
    ],
)
def test_secrets_that_cannot_be_used_are_refused_without_telling_them(tmp_path: Path, text: str):
    write_secrets(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        read_secrets(tmp_path)
    assert not any(secret in str(refused.value) for secret in ("hush-hush", "1234567", COOKIE_SECRET, "short\n"))


def test_half_of_the_secrets_in_the_environment_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_secrets(tmp_path)
    monkeypatch.setenv(VARIABLES[0], "hush-hush")
    with pytest.raises(UsageError, match="the cookie secret is missing"):
        read_secrets(tmp_path)


def test_check_names_the_faults_of_an_access_file(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    (study / FILE).write_text(ACCESS, encoding="utf-8")
    assert sensemaking("check", study).code == 0
    (study / FILE).write_text(ACCESS.replace("role: unit", "role: owner"), encoding="utf-8")
    ended = sensemaking("check", study, "--json")
    assert ended.code == 2
    assert [fault["place"] for fault in ended.document["error"]["faults"]] == ["people.1.role"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list:
    found: list = []
    monkeypatch.setattr("pipelines.commands.serve.serve_together", lambda *given: found.append(given) or 0)
    return found


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_let_in_only_where_people_sign_in(tmp_path: Path, started: list, address: str):
    study = build_small_study(tmp_path / "small")
    ended = sensemaking("dashboard", study, "--address", address, "--json")
    assert ended.code == 2
    assert "would show the results to whoever reaches it" in ended.document["error"]["message"]
    assert started == []


def test_without_an_access_file_this_machine_is_served(tmp_path: Path, started: list):
    study = build_small_study(tmp_path / "small")
    assert sensemaking("dashboard", study, "--port", "0").code == 0
    ((command,), environment) = started[0]
    assert command[1:3] == ["-m", "dashboard.launch"]
    assert len(command) == 4, "nothing but the port: the address is this machine's own"
    assert environment["SENSEMAKING_ACCESS"] == ""


def test_with_an_access_file_the_dashboard_is_told_of_it_and_answers_to_its_name_alone(tmp_path: Path, started: list):
    study = build_small_study(tmp_path / "small")
    (study / FILE).write_text(ACCESS, encoding="utf-8")
    write_secrets(study)
    ended = sensemaking("dashboard", study, "--port", "0", "--address", "0.0.0.0", "--json")
    assert ended.document["address"] == "https://dashboard.example.org"
    ((command,), environment) = started[0]
    assert command[4:] == ["0.0.0.0", "dashboard.example.org"]
    assert environment["SENSEMAKING_ACCESS"] == str(study.resolve() / FILE)
    assert not any("hush" in str(each) for each in (command, environment, ended))


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (lambda study: (study / FILE).write_text("people: []"), 2, "address: this key is missing"),
        (lambda study: (study / SECRETS).unlink(), 2, "sign-in needs two secrets"),
        (lambda study: (study / SECRETS).chmod(0o644), 3, "can be read by others"),
    ],
)
def test_nothing_is_served_while_sign_in_is_not_set_up(tmp_path: Path, started: list, spoil, code: int, told: str):
    study = build_small_study(tmp_path / "small")
    (study / FILE).write_text(ACCESS, encoding="utf-8")
    write_secrets(study)
    spoil(study)
    ended = sensemaking("dashboard", study, "--port", "0", "--json")
    assert (ended.code, started) == (code, [])
    assert told in ended.document["error"]["message"]
