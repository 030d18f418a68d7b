"""This host's values stand wherever a setting decides, and what they open is said."""

from __future__ import annotations

from mailhelp.answer import Answer, Parameter
from mailhelp.explain import here
from mailhelp.host.machine import Output
from mailhelp.session import Session
from tests.fakes import FakeHost

MAIN = "/etc/postfix/main.cf"


def setting(session: Session, each: Parameter, **more: str) -> Parameter:
    (answer,) = here.completed(session, [Answer("log", parameters=(each,))])
    (found,) = answer.parameters
    return found


def with_postfix(host: FakeHost, text: str) -> None:
    host.files[MAIN] = text
    host.files["/etc/postfix/master.cf"] = ""
    set_here = dict(line.split(" = ", 1) for line in text.splitlines())
    host.settings = {
        "-x": {"mynetworks": "127.0.0.0/8", "myhostname": "mx.example.com", **set_here}
    }


def test_without_postfix_answers_stay_as_they_are(session: Session, host: FakeHost) -> None:
    asked = Parameter("mynetworks", "127.0.0.0/8")
    assert setting(session, asked) == asked
    assert host.asked == []


def test_the_value_here_and_whether_main_cf_sets_it(session: Session, host: FakeHost) -> None:
    with_postfix(host, "mynetworks = 10.0.0.0/8\n")
    found = setting(session, Parameter("mynetworks", "127.0.0.0/8"))
    assert (found.value, found.set, found.default, found.danger) == (
        "10.0.0.0/8", True, "127.0.0.0/8", "",
    )  # fmt: skip
    found = setting(session, Parameter("myhostname", "$x.localdomain"))
    # what the default comes to on this host
    assert (found.value, found.set, found.default) == ("mx.example.com", False, "mx.example.com")


def test_what_the_value_here_opens_is_said(session: Session, host: FakeHost) -> None:
    with_postfix(host, "mynetworks = 0.0.0.0/0\n")
    assert "pen relay" in setting(session, Parameter("mynetworks", "x")).danger


def test_a_password_is_covered(session: Session, host: FakeHost) -> None:
    with_postfix(host, "smtp_sasl_password_maps = static:mail:hunter2\n")
    found = setting(session, Parameter("smtp_sasl_password_maps", ""))
    assert found.value
    assert "hunter2" not in found.value


def test_what_master_cf_sets_for_one_service_is_said(session: Session, host: FakeHost) -> None:
    with_postfix(host, "mynetworks = 10.0.0.0/8\n")
    host.files["/etc/postfix/master.cf"] = "submission inet n - y - - smtpd\n -o mynetworks=\n"
    del host.settings["-x"]["myhostname"]
    host.settings["-P"] = {"submission/inet/mynetworks": "127.0.0.1", "smtp/inet/myhostname": "x"}
    answer = Answer("log", parameters=(Parameter("mynetworks", "x"),))
    (found,) = here.completed(session, [answer])
    assert found.notes == ("master.cf sets mynetworks = 127.0.0.1 for submission/inet.",)
    (again,) = here.completed(session, [answer._replace(notes=found.notes)])
    assert again.notes == found.notes


def test_a_stream_asks_postconf_once_and_late(session: Session, host: FakeHost) -> None:
    with_postfix(host, "mynetworks = 10.0.0.0/8\n")
    answers = [
        Answer("log"),
        *[Answer("log", parameters=(Parameter("mynetworks", "x"),)) for _ in range(3)],
    ]
    stream = here.streamed(session, answers)
    next(stream)
    assert host.asked == []
    assert [each.parameters[0].value for each in stream] == ["10.0.0.0/8"] * 3
    assert len([argv for argv in host.asked if "-x" in argv]) == 1


def test_settings_of_a_pasted_text_are_its_own(session: Session, host: FakeHost) -> None:
    with_postfix(host, "mynetworks = 10.0.0.0/8\n")
    pasted = Answer("config", parameters=(Parameter("mynetworks", "x"),))
    assert here.completed(session, [pasted]) == (pasted,)
    host.commands["postconf",] = Output("")
