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
        "myhostname": ParameterValue("mail.example.com", "localhost", True, "mail.example.com"),
        "smtpd_tls_security_level": ParameterValue("", "", False),
    }


def test_effective_values_have_their_names_filled_in() -> None:
    names = ("mydestination", "smtpd_relay_restrictions")
    default = "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, defer}}"
    host = FakeHost(
        {
            ("postconf", "-n", *names): Output("mydestination = $myhostname, localhost\n"),
            ("postconf", "-d", *names): Output(
                f"mydestination = $myhostname\nsmtpd_relay_restrictions = {default}\n"
            ),
            ("postconf", "-x", *names, "compatibility_level"): Output(
                "mydestination = mx.example.com, localhost\n"
                "smtpd_relay_restrictions = permit_mynetworks, defer\ncompatibility_level = 3.6\n"
            ),
        }
    )
    found = postconf.values(host, names)().parameters
    assert found == {
        "mydestination": ParameterValue(
            "mx.example.com, localhost", "$myhostname", True, "$myhostname, localhost"
        ),
        "smtpd_relay_restrictions": ParameterValue(
            "permit_mynetworks, defer", "permit_mynetworks, defer", False
        ),
    }


def test_a_readable_main_cf_spares_a_call() -> None:
    host = FakeHost(
        files={
            "/etc/postfix/main.cf": "# c\nmyhostname = a.example,\n  b\n",
            "/etc/postfix/master.cf": "",
        },
        settings={"-x": {"myhostname": "a.example, b"}, "-d": {"myhostname": "localhost"}},
    )
    found = postconf.values(host, ["myhostname"])().parameters
    assert found == {
        "myhostname": ParameterValue("a.example, b", "localhost", True, "a.example,  b")
    }
    assert [argv[1] for argv in host.asked] == ["-d", "-x"]


def test_values_in_force_take_one_postconf() -> None:
    host = FakeHost(
        {("postconf", "-x", "myhostname", "biff"): Output("myhostname = a.example\nbiff = no\n")},
        files={
            "/etc/postfix/main.cf": "# biff = yes\nmyhostname=a.example\n",
            "/etc/postfix/master.cf": "x",
        },
    )
    found = postconf.in_force(host, ["myhostname", "biff"]).parameters
    assert found == {
        "myhostname": ParameterValue("a.example", None, True),
        "biff": ParameterValue("no", None, False),
    }
    assert len(host.asked) == 1


def test_all_values_in_force_with_what_master_cf_sets() -> None:
    host = FakeHost(
        {
            ("postconf", "-n"): Output("myhostname = a.example\n"),
            ("postconf", "-x"): Output("myhostname = a.example\nbiff = no\n"),
            ("postconf", "-P"): Output("smtp/inet/biff = yes\n"),
        }
    )
    found = postconf.in_force(host, ())
    assert found.parameters["myhostname"].set
    assert not found.parameters["biff"].set
    assert found.overrides == (("smtp/inet", "biff", "yes"),)


def test_defaults_are_known_without_a_main_cf() -> None:
    host = postfix(now=NO_MAIN_CF, n=NO_MAIN_CF, d=Output("myhostname = localhost\n"))
    values = postconf.values(host, NAMES)()
    assert values.parameters == {"myhostname": ParameterValue(None, "localhost", False)}
    assert values.reason == ("postconf says: open /etc/postfix/main.cf: No such file or directory.")


def test_no_postfix_at_all() -> None:
    values = postconf.values(FakeHost(), NAMES)()
    assert values.parameters == {}
    assert values.reason == "postconf was not found on this host."
    assert postconf.complaints(FakeHost())().reason == "postconf was not found on this host."
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
        ("postconf", "-d", "myhostname"),
        ("postconf", "-x", "myhostname", "compatibility_level"),
        ("postconf", "-n", "myhostname"),
        ("postconf", "-P"),
    ]
    assert postconf.values(FakeHost(), ["-e"])() == postconf.Values()


def test_complaints_are_told_once() -> None:
    host = postfix(n=Output("my_own = 3\n", UNUSED * 3), M=recorded("postconf-M.txt"))
    found = postconf.complaints(host)()
    assert found.reason == ""
    assert found.warnings == ("/etc/postfix/main.cf: unused parameter: typo_parameter=x",)


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
    assert values.parameters == {"maximal_queue_lifetime": ParameterValue("1d", "5d", True, "1d")}
    templates = postconf.templates(Postfix()).documents
    assert "1 day(s) old" in templates[1].data["filled"]


def test_what_master_cf_sets_for_one_of_several(host: FakeHost) -> None:
    host.files["/etc/postfix/main.cf"] = "one = 1\ntwo = 2\n"
    host.files["/etc/postfix/master.cf"] = "smtp inet n - y - - smtpd\n -o two=3\n"
    host.settings = {"-d": {"one": "0", "two": "0"}, "-P": {"smtp/inet/two": "3"}}
    overrides = (("smtp/inet", "two", "3"),)
    assert postconf.values(host, ["one", "two"])().overrides == overrides
    assert postconf.in_force(host, ["one", "two"]).overrides == overrides
    host.asked.clear()
    assert postconf.values(host, ["one"])().overrides == ()
    assert ("postconf", "-P") not in host.asked  # master.cf does not name it
