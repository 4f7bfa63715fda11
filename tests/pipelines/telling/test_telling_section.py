"""The section ``tell``: what is unsafe or cannot work is refused with what to do."""

import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from tests.small_study import build_small_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_small_study(tmp_path_factory.mktemp("section") / "small")


MAIL = "mail: {host: smtp.example.org, sender: study@example.org}"


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("recipients: {a: {mail: a@example.org}}", "say under mail which server takes it"),
        (f"{MAIL}\n  recipients: {{a: {{mail: Anna <a@example.org>}}}}", "expected an e-mail address alone"),
        (f"{MAIL}\n  recipients: {{a: {{mail: a@example.org, webhook: secret}}}}", "give mail or webhook, one of them"),
        ("recipients: {a: {}}", "give mail or webhook, one of them"),
        ("recipients: {a: {webhook: 'http://hooks.example.org/x'}}", "begins with https://"),
        ("recipients: {a: {webhook: 'https://me:pass@hooks.example.org/x'}}", "neither name nor password"),
        ("recipients: {a: {webhook: 'file:///etc/passwd'}}", "begins with https://"),
        ("recipients: {a: {webhook: secret, letter: true}}", "the letter goes by mail"),
        ("mail: {host: smtp.example.org, sender: s@example.org, security: none}\n  recipients: {a: {webhook: secret}}",
         "must be encrypted"),
        (f"{MAIL}\n  recipients: {{}}", "recipients"),
        ("recipients: {a: {webhook: secret, events: [failure]}}", "failed_run"),
        ("recipients: {a: {webhook: secret}}\n  letter: {at: 7}", "time of day"),
        ("recipients: {a: {webhook: secret}}\n  letter: {at: noon}", "time of day"),
        ("recipients: {a: {webhook: secret}}\n  letter: {goals: {FRL: 40}}", "share of the invited"),
        ("recipients: {a: {webhook: secret}}\n  letter: {goals: {XYZ: 0.4}}", "no respondent group 'XYZ'"),
        ("recipients: {a: {webhook: secret}}\n  letter: {goals: {FRL: 0.4}}", "give frame"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_with_what_to_do(folder, section, fault):
    path = folder / "study.yaml"
    whole = path.read_text()
    try:
        path.write_text(f"{whole}tell:\n  {section}\n")
        with pytest.raises(SpecError, match=fault):
            load_study(folder)
    finally:
        path.write_text(whole)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_on_this_machine_may_do_without_encryption(folder, host):
    path = folder / "study.yaml"
    whole = path.read_text()
    try:
        path.write_text(
            f'{whole}tell:\n  mail: {{host: "{host}", security: none, sender: s@example.org}}\n'
            "  recipients: {a: {mail: a@example.org}}\n"
        )
        assert load_study(folder).spec.tell is not None
    finally:
        path.write_text(whole)
