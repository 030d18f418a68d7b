"""What postconf says, in whatever state Postfix is on the host."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailhelp.host import postconf
from mailhelp.host.machine import Host, Output
from mailhelp.host.postconf import ParameterValue
from tests.fakes import FakeHost, recorded

NO_MAIN_CF = Output(
    "",
    "postconf: fatal: open /etc/postfix/main.cf: No such file or directory\n",
    None,
    "postconf failed: postconf: fatal: open /etc/postfix/main.cf: No such file or directory",
)
UNUSED = "postconf: warning: /etc/postfix/main.cf: unused parameter: typo_parameter=x\n"


def postfix(**outputs: Output) -> FakeHost:
    """A host whose ``postconf -n``, ``-d`` … give these outputs; ``now`` is for no flag."""
    names = ("myhostname", "smtpd_tls_security_level", "nosuch")
    commands = {}
    for flag, output in outputs.items():
        flags = () if flag == "now" else (f"-{flag}",)
        commands["postconf", *flags, *names] = output
        commands["postconf", *flags] = output
    return FakeHost(commands)


NAMES = ("myhostname", "smtpd_tls_security_level", "nosuch")


def test_values_defaults_and_what_is_set() -> None:
    host = postfix(
        now=Output("myhostname = mail.example.com\nsmtpd_tls_security_level =\n", UNUSED * 9),
        n=Output("myhostname = mail.example.com\n", UNUSED),
        d=Output("myhostname = localhost\nsmtpd_tls_security_level =\n"),
    )
    values = postconf.values(host, NAMES)()
    assert values.reason == ""
    assert values.parameters == {
        "myhostname": ParameterValue("mail.example.com", "localhost", True),
        "smtpd_tls_security_level": ParameterValue("", "", False),
    }


def test_defaults_are_known_without_a_main_cf() -> None:
    host = postfix(now=NO_MAIN_CF, n=NO_MAIN_CF, d=Output("myhostname = localhost\n"))
    values = postconf.values(host, NAMES)()
    assert values.parameters == {"myhostname": ParameterValue(None, "localhost", False)}
    assert values.reason == ("postconf says: open /etc/postfix/main.cf: No such file or directory.")


def test_no_postfix_at_all() -> None:
    values = postconf.values(FakeHost(), NAMES)()
    assert values.parameters == {}
    assert values.reason == "postconf was not found on this host."
    assert postconf.configuration(FakeHost()).reason == "postconf was not found on this host."
    assert postconf.templates(FakeHost()).reason == "postconf was not found on this host."


def test_a_postconf_that_hangs() -> None:
    hanging = Output(status=None, failure="postconf did not end within 10 seconds")
    values = postconf.values(postfix(now=hanging, n=hanging, d=hanging), NAMES)()
    assert values.reason == "postconf did not end within 10 seconds."


def test_master_cf_without_the_name_spares_a_call() -> None:
    host = FakeHost(files={"/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n"})
    postconf.values(host, ["myhostname"])()
    assert ("postconf", "-P") not in host.asked


def test_only_names_are_asked_for() -> None:
    host = FakeHost()
    postconf.values(host, ["-e", "a=b", "", "myhostname", "myhostname"])()
    assert host.asked == [
        ("postconf", "-n", "myhostname"),
        ("postconf", "-d", "myhostname"),
        ("postconf", "-P"),
    ]
    assert postconf.values(FakeHost(), ["-e"])() == postconf.Values()


def test_configuration() -> None:
    host = postfix(
        n=Output("myhostname = mail.example.com\nmy_own = 3\n", UNUSED * 3),
        d=Output("myhostname = localhost\nmail_name = Postfix\n"),
        M=recorded("postconf-M.txt"),
        P=recorded("postconf-P.txt"),
    )
    found = postconf.configuration(host)
    assert found.reason == ""
    assert found.parameters == {
        "myhostname": ParameterValue("mail.example.com", "localhost", True),
        "my_own": ParameterValue("3", None, True),
    }
    assert found.warnings == ("/etc/postfix/main.cf: unused parameter: typo_parameter=x",)
    submission = found.services[-1]
    assert (submission.name, submission.type, submission.chroot) == ("submission", "inet", "n")
    assert submission.command.startswith("smtpd -o ")
    assert submission.overrides == {
        "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_tls_security_level": "encrypt",
    }


def test_templates() -> None:
    host = postfix(t=recorded("postconf-t.txt"), b=recorded("postconf-b.txt"))
    found = postconf.templates(host)
    assert [document.names for document in found.documents] == [
        ("failure_template",),
        ("delay_template",),
        ("success_template",),
        ("verify_template",),
    ]
    delay = found.documents[1]
    assert delay.id == "template/delay_template"
    assert delay.title == "delay_template: Delayed Mail (still being retried)"
    assert "$maximal_queue_lifetime_days day(s) old" in delay.data["text"]
    assert "until it is 5 day(s) old" in delay.data["filled"]


@pytest.mark.skipif(Host().which("postconf") is None, reason="Postfix is not installed")
def test_the_real_postconf(tmp_path: Path) -> None:
    class Postfix(Host):
        @property
        def environ(self) -> dict[str, str]:
            return {"MAIL_CONFIG": str(tmp_path)}

    missing = postconf.values(Postfix(), ["maximal_queue_lifetime"])()
    assert missing.parameters["maximal_queue_lifetime"].default == "5d"
    assert "No such file" in missing.reason
    (tmp_path / "main.cf").write_text("maximal_queue_lifetime = 1d\nmyhostname = a.example.com\n")
    proto = Path("/etc/postfix/master.cf.proto")
    if proto.exists():
        shutil.copy(proto, tmp_path / "master.cf")
    values = postconf.values(Postfix(), ["maximal_queue_lifetime", "nosuch"])()
    assert values.parameters == {"maximal_queue_lifetime": ParameterValue("1d", "5d", True)}
    templates = postconf.templates(Postfix()).documents
    assert "1 day(s) old" in templates[1].data["filled"]
