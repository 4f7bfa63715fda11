"""Messages reach recipients once, wait for those who cannot take them, and are given up where somebody sees it."""

import datetime as dt
import ipaddress
import logging

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from instruments.faults import EnvironmentFault, UsageError
from pipelines.load import load_study
from pipelines.telling import mail, notice
from pipelines.telling.delivery import deliver, put_for_all, try_again
from pipelines.telling.event import Place, event_of
from pipelines.telling.outbox import Outbox
from pipelines.telling.secrets import FILE, read_tell_secrets
from tests.taking_messages import mail_server, webhook
from tests.telling_study import telling_study

NOW = dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
AT = NOW.isoformat()


def put(study, kind="late_export", at=AT):
    outbox = Outbox(study.warehouse)
    event = event_of(kind, study.name, at, [Place(source="spring_staff")])
    return put_for_all(outbox, study.spec.tell, event)


def after(**wait):
    return NOW + dt.timedelta(**wait)


def test_everybody_is_told_once_of_what_they_want_in_their_language(study, servers):
    mails, hook = servers
    assert put(study) == 2
    assert put(study, "finished_release") == 3
    assert put(study) == 0
    assert deliver(study, NOW).n_told == 5
    assert deliver(study, after(days=1)).n_told == 0
    assert sorted((each["To"], each["Subject"]) for each in mails.taken) == [
        ("chef@example.org", "small: udgivelse None er færdig"),
        ("fieldwork@example.org", "small: an export is late"),
        ("fieldwork@example.org", "small: release None is finished"),
    ]
    assert [document["kind"] for _, document in hook.taken] == ["finished_release", "late_export"]
    assert put(study) == 0


def test_messages_have_an_identity_by_which_a_second_one_is_known(study, servers):
    mails, hook = servers
    put(study)
    deliver(study, NOW)
    ((headers, document),), (one,) = hook.taken, mails.taken
    assert one["Message-ID"] == f"<{document['id'].removesuffix('.chat')}.field_manager@example.org>"
    assert headers["Idempotency-Key"] == document["id"]
    assert one["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("outage", ["busy", "hang_up"])
def test_a_server_that_cannot_take_it_now_is_tried_again_later(study, servers, outage):
    mails, _ = servers
    mails.outages.append(outage)
    put(study)
    assert (deliver(study, NOW).n_waiting, len(mails.taken)) == (1, 0)
    assert deliver(study, after(seconds=59)).n_told == 0
    assert deliver(study, after(seconds=60)).n_told == 1
    assert len(mails.taken) == 1


def test_a_mail_whose_taking_was_never_said_comes_again_with_the_same_identity(study, servers):
    mails, _ = servers
    mails.outages.append("drop_after_data")
    put(study)
    deliver(study, NOW)
    deliver(study, after(seconds=60))
    assert len(mails.taken) == 2
    assert len({each["Message-ID"] for each in mails.taken}) == 1


def test_a_server_that_never_answers_holds_nobody_up_for_longer_than_the_time_limit(study, servers, monkeypatch):
    mails, hook = servers
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    mails.outages += ["silent", "silent"]
    put(study)
    put(study, "finished_release")
    deliver(study, NOW)
    waiting = [each for each in Outbox(study.warehouse).messages() if each.status == "waiting"]
    assert (len(waiting), len(hook.taken)) == (3, 2)
    assert mails.outages == ["silent"], "one attempt tells that the server cannot be reached"


def test_what_is_refused_for_good_is_given_up_at_once_and_said(study, servers):
    mails, hook = servers
    mails.outages.append("refused")
    hook.answers.append(410)
    put(study)
    delivered = deliver(study, NOW)
    assert delivered.given_up == {"chat": 1, "field_manager": 1}
    assert all("--status" in each for each in notice.problems(delivered))
    assert deliver(study, after(days=30)).n_told == 0
    assert try_again(study) == 2
    assert deliver(study, after(days=30)).n_told == 2


@pytest.mark.parametrize("code", [408, 429, 500, 503, 0])
def test_a_webhook_that_cannot_take_it_now_is_tried_again(study, servers, code):
    _, hook = servers
    hook.answers.append(code)
    put(study)
    assert deliver(study, NOW).n_waiting == 1
    assert deliver(study, after(seconds=60)).n_told == 1
    assert len({document["id"] for _, document in hook.taken}) == 1


def test_attempts_wait_twice_as_long_each_time_and_end(study, servers):
    mails, _ = servers
    mails.outages += ["busy"] * 10
    put(study)
    times = [0, 59, 60, 179, 180, 10_000]
    assert [deliver(study, after(seconds=each)).given_up for each in times] == [{}, {}, {}, {}] + [
        {"field_manager": 1}
    ] * 2
    (given_up,) = [each for each in Outbox(study.warehouse).messages() if each.status == "given_up"]
    assert [what for _, what in given_up.attempts] == ["mail server: 451"] * 3


def test_nobody_listens(tmp_path):
    study = telling_study(tmp_path / "small")
    put(study)
    assert deliver(study, NOW).n_waiting == 2
    outcomes = {each.attempts[-1][1] for each in Outbox(study.warehouse).messages()}
    assert outcomes == {"mail server: ConnectionRefusedError", "webhook: ConnectError"}


def test_a_recipient_who_is_named_no_more_is_given_up(study, servers):
    put(study)
    path = study.folder / "study.yaml"
    path.write_text(path.read_text().replace("    chat:", "    talk:"))
    assert deliver(load_study(study.folder), NOW).given_up == {"chat": 1}


def encrypting_study(folder, port):
    study = telling_study(folder, port)
    path = study.folder / "study.yaml"
    path.write_text(path.read_text().replace("security: none", "security: starttls, user: me"))
    return load_study(study.folder)


def test_a_password_is_never_sent_in_the_clear(tmp_path, monkeypatch):
    monkeypatch.setenv("SENSEMAKING_SMTP_PASSWORD", "geheim")
    with mail_server(users={"me": "geheim"}) as mails:
        study = encrypting_study(tmp_path / "small", mails.port)
        put(study)
        deliver(study, NOW)
        assert not [line for line in mails.heard if b"AUTH" in line]
        assert mails.taken == []
    (waits,) = [each for each in Outbox(study.warehouse).messages() if each.recipient == "field_manager"]
    assert waits.attempts[-1][1] == "mail server: SMTPNotSupportedError"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Key and certificate of 127.0.0.1, signed by nobody but themselves."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    own = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(own, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = tmp_path_factory.mktemp("certificate") / "both"
    both.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return both


@pytest.mark.parametrize("is_trusted", [True, False])
def test_mail_is_encrypted_and_the_server_has_to_be_who_it_says(tmp_path, monkeypatch, certificate, is_trusted):
    monkeypatch.setenv("SENSEMAKING_SMTP_PASSWORD", "geheim")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(users={"me": "geheim"}, certificate=certificate) as mails:
        study = encrypting_study(tmp_path / "small", mails.port)
        put(study)
        deliver(study, NOW)
        assert [each["To"] for each in mails.taken] == ["fieldwork@example.org"] * is_trusted
        assert [line.split()[0] for line in mails.heard] == [b"ehlo", b"STARTTLS"]


def test_a_wrong_password_waits_for_the_right_one(tmp_path, monkeypatch, certificate):
    monkeypatch.setenv("SENSEMAKING_SMTP_PASSWORD", "wrong")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(users={"me": "geheim"}, certificate=certificate) as mails:
        study = encrypting_study(tmp_path / "small", mails.port)
        put(study)
        deliver(study, NOW)
        (waits,) = [each for each in Outbox(study.warehouse).messages() if each.recipient == "field_manager"]
        assert (waits.status, waits.attempts[-1][1]) == ("waiting", "mail server: SMTPAuthenticationError 535")
        monkeypatch.setenv("SENSEMAKING_SMTP_PASSWORD", "geheim")
        deliver(study, after(seconds=60))
        assert len(mails.taken) == 1


def test_what_servers_say_is_not_kept(study, servers):
    mails, _ = servers
    mails.outages.append("busy")
    put(study)
    deliver(study, NOW)
    files = [path.read_text() for path in Outbox(study.warehouse).folder.rglob("*.json")]
    assert not [text for text in files if "@" in text or "answer" in text]


def test_the_outbox_is_closed_to_others(study):
    put(study)
    deliver(study, NOW)
    paths = [Outbox(study.warehouse).folder, *Outbox(study.warehouse).folder.rglob("*")]
    assert not [path for path in paths if path.stat().st_mode & 0o077]


class TestSecrets:
    def test_the_file_is_read_only_where_nobody_else_can(self, tmp_path):
        (tmp_path / FILE).write_text('smtp_password: "geheim"\nwebhook_tokens: {chat: "t"}\n')
        (tmp_path / FILE).chmod(0o640)
        with pytest.raises(EnvironmentFault, match="chmod 600"):
            read_tell_secrets(tmp_path, ["chat"])
        (tmp_path / FILE).chmod(0o600)
        secrets = read_tell_secrets(tmp_path, ["chat"])
        assert (secrets.smtp_password, secrets.webhook_tokens) == ("geheim", {"chat": "t"})
        assert "geheim" not in repr(secrets)

    def test_a_variable_goes_before_the_file(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SENSEMAKING_WEBHOOK_TOKEN_CHAT", "other")
        (tmp_path / FILE).write_text('webhook_tokens: {chat: "t"}\n')
        (tmp_path / FILE).chmod(0o600)
        assert read_tell_secrets(tmp_path, ["chat"]).webhook_tokens == {"chat": "other"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("password: x\n", "expected some of the keys"),
            ("smtp_password: 12\n", "quotation marks"),
            ('webhook_addresses: {chat: "http://hooks.example.org"}\n', "webhook address of chat"),
            ('smtp_password: "gehëim"\n', "printable ASCII"),
        ],
    )
    def test_what_is_not_as_expected_is_refused_without_telling_it(self, tmp_path, text, message):
        (tmp_path / FILE).write_text(text)
        (tmp_path / FILE).chmod(0o600)
        with pytest.raises(UsageError, match=message) as refused:
            read_tell_secrets(tmp_path, ["chat"])
        assert "hooks" not in str(refused.value)

    def test_faults_of_the_file_stop_no_run_and_are_said(self, study):
        (study.folder / FILE).write_text("password: x\n")
        (study.folder / FILE).chmod(0o600)
        put(study)
        delivered = deliver(study, NOW)
        assert (delivered.n_told, delivered.n_waiting) == (0, 2)
        assert "expected some of the keys" in delivered.problem

    def test_an_address_that_is_a_secret_comes_from_there_and_stands_in_no_log(self, tmp_path, monkeypatch, caplog):
        caplog.set_level(logging.DEBUG)
        with webhook() as hook:
            monkeypatch.setenv("SENSEMAKING_WEBHOOK_ADDRESS_CHAT", f"{hook.address}/s3cret")
            monkeypatch.setenv("SENSEMAKING_WEBHOOK_TOKEN_CHAT", "t0ken")
            study = telling_study(tmp_path / "small", address="secret")
            put(study)
            deliver(study, NOW)
            ((headers, _),) = hook.taken
        assert headers["Authorization"] == "Bearer t0ken"
        kept = "".join(path.read_text() for path in Outbox(study.warehouse).folder.rglob("*.json"))
        assert not [secret for secret in ("s3cret", "t0ken") if secret in caplog.text + kept]

    def test_an_address_that_is_nowhere_waits(self, tmp_path):
        study = telling_study(tmp_path / "small", address="secret")
        put(study)
        deliver(study, NOW)
        (waits,) = [each for each in Outbox(study.warehouse).messages() if each.recipient == "chat"]
        assert waits.status == "waiting"
        assert "neither in study.yaml" in waits.attempts[-1][1]
