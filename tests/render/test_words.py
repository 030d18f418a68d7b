"""The words in which a verdict, a value and a place are told."""

import pytest

from mailhelp.answer import Answer, Hop, Parameter, Verdict
from mailhelp.render import words


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("log", event="rejected", verdict=Verdict("this-server", "permanent")),
         "refused for good, by this server"),
        (Answer("log", event="rejected", verdict=Verdict("remote-server", "temporary", True)),
         "refused for now, by the other server (harmless)"),
        (Answer("status", verdict=Verdict("policy", "permanent")),
         "refused for good, by a policy or filter"),
        (Answer("log", verdict=Verdict("client", "none", True)), "harmless"),
        (Answer("log", event="delivery", verdict=Verdict("network", "temporary")),
         "tried again later, the network"),
        (Answer("log", severity="fatal", verdict=Verdict("operator")), "fatal, a setting here"),
        (Answer("log", severity="notice", verdict=Verdict("operator")), ""),
        (Answer("log"), ""),
    ],
)  # fmt: skip
def test_how_bad_it_is_and_who_decided(answer: Answer, said: str) -> None:
    assert words.verdict(answer) == said


def test_the_whole_verdict() -> None:
    verdict = Verdict("remote-server", "temporary", True)
    assert words.decided(verdict) == "decided by the other server, temporary, harmless"
    assert words.decided(Verdict()) == ""


@pytest.mark.parametrize(
    ("parameter", "origin", "value", "setting"),
    [
        (Parameter("x", "5d", "1d", True), "set in main.cf", "1d", " = 1d (set here; default: 5d)"),
        (Parameter("x", "5d", "5d", False), "default", "5d", " = 5d (the default)"),
        (Parameter("x", "", "", False), "default", "(empty)", " = (empty) (the default)"),
        (
            Parameter("x", "5d", unit="days"),
            "the default; not read here",
            "5d",
            " (default: 5d); unit: days",
        ),
        (Parameter("x", "y" * 40), "the default; not read here", "y" * 40, ""),
        (
            Parameter("x", "y" * 40, asked=True),
            "the default; not read here",
            "y" * 40,
            f" (default: {'y' * 40})",
        ),
        (Parameter("x"), "", "", ""),
    ],
)
def test_a_value_and_where_it_comes_from(
    parameter: Parameter, origin: str, value: str, setting: str
) -> None:
    assert words.origin(parameter) == origin
    assert words.value(parameter) == value
    assert words.setting(parameter) == setting


def test_the_style_for_what_is_bad() -> None:
    styles = {each: words.urgency(each) for each in ("panic", "error", "warning", "info", None)}
    assert styles == {
        "panic": "act",
        "error": "act",
        "warning": "care",
        "info": "title",
        None: "title",
    }
    ranks = [
        words.rank(each) for each in ("panic", "fatal", "error", "warning", "notice", "info", "x")
    ]
    assert ranks == sorted(set(ranks))


def test_a_process_and_a_title() -> None:
    assert words.process(Hop("postfix/smtpd", 7)) == "smtpd[7]"
    assert words.process(Hop("amavis")) == "amavis"
    assert words.title(Answer("log")) == "mailhelp has no entry for this record"
    assert words.title(Answer("status", title="x")) == "x"
