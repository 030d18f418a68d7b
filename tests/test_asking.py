"""What a user types is recognised as what it is, and answered whole."""

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask
from mailhelp.errors import NothingFound, UsageError
from mailhelp.session import Session
from tests.fakes import FakeHost

LIFETIMES = {"parameter/maximal_queue_lifetime", "parameter/bounce_queue_lifetime"}
REJECT = (
    "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <bob@example.net>: "
    "Relay access denied; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<mx>"
)


def entries(answers: tuple[Answer, ...]) -> set[str | None]:
    return {answer.entry for answer in answers}


@pytest.mark.parametrize(
    "words",
    ["queue_lifetime", "Queue-Lifetime", "queue lifetime", "queue_lifetme", "queu lifetime"],
)
def test_both_lifetimes_whatever_the_spelling(session: Session, words: str) -> None:
    answers = ask(session, words)
    assert entries(answers) == LIFETIMES
    for answer in answers:
        assert answer.kind == "parameter"
        assert answer.parameters[0].default == "5d"
        assert answer.explanation
        assert any(section.title == "At the limit" for section in answer.sections)
        shown = " ".join(command.command for command in answer.commands)
        name = answer.parameters[0].name
        for expected in (
            f"postconf {name}",
            f"postconf -e {name}=",
            "postfix reload",
            "apropos",
        ):
            assert expected in shown


def test_a_mended_slip_is_said(session: Session) -> None:
    assert "queue_lifetme" in ask(session, "queue_lifetme")[0].notes[0]


def test_the_value_on_this_host(session: Session, host: FakeHost) -> None:
    name = "maximal_queue_lifetime"
    host.settings = {"-n": {name: "2d"}, "-d": {name: "5d"}}
    (answer,) = ask(session, name)
    own = answer.parameters[0]
    assert (own.name, own.value, own.default, own.set) == (name, "2d", "5d", True)
    # what is in force already is not offered as something to set
    settings = [c.command for c in answer.commands if f"-e {name}=" in c.command]
    assert settings
    assert not any(command.endswith("=2d") for command in settings)


def test_what_master_cf_sets_for_a_service_is_said(session: Session, host: FakeHost) -> None:
    name = "smtpd_tls_security_level"
    overrides = {f"submission/inet/{name}": "encrypt", "smtp/inet/other": "x"}
    host.settings = {"-d": {name: ""}, "-P": overrides}
    (answer,) = ask(session, name)
    assert f"master.cf sets {name} = encrypt for submission/inet." in answer.notes
    assert not any("other" in note for note in answer.notes)


def test_a_password_in_a_setting_is_covered(session: Session, host: FakeHost) -> None:
    name = "smtp_sasl_password_maps"
    host.settings = {"-n": {name: "static:user:hunter2"}, "-d": {name: ""}}
    (answer,) = ask(session, name)
    assert answer.parameters[0].value == "static:user:*******"
    assert "hunter2" not in str(answer)
    assert any(each.command.startswith(f"postconf -e {name}=") for each in answer.commands)


def test_without_postconf_the_reason_is_said(session: Session) -> None:
    (answer,) = ask(session, "maximal_queue_lifetime")
    assert answer.parameters[0].value is None
    assert any("postconf was not found" in each.text.markdown for each in answer.sections)


@pytest.mark.parametrize("words", [REJECT, f"postfix/smtpd[1]: {REJECT}"])
def test_a_log_line_with_and_without_prefix(session: Session, words: str) -> None:
    (answer,) = ask(session, words)
    assert answer.entry == "postfix/smtpd/relay-access-denied"
    assert answer.verdict is not None
    assert (answer.verdict.who, answer.verdict.permanence) == ("this-server", "permanent")


def test_a_temporary_code_makes_a_temporary_verdict(session: Session) -> None:
    (answer,) = ask(session, REJECT.replace("554 5.7.1", "454 4.7.1"))
    assert answer.verdict is not None
    assert answer.verdict.permanence == "temporary"


@pytest.mark.parametrize("code", ["5.7.1", "554", "dsn=5.7.1", "#5.7.1", "what does 5.7.1 mean?"])
def test_codes(session: Session, code: str) -> None:
    answers = ask(session, code)
    assert {answer.kind for answer in answers} == {"status"}


def test_a_shell_command_is_explained_option_by_option(session: Session) -> None:
    text = "$ sudo openssl s_client -starttls smtp -brief -connect mail.example.com:25"
    (answer,) = ask(session, text)
    assert (answer.kind, answer.recognised) == ("command", "entry")
    told = {span.value: span.meaning for span in answer.spans}
    assert "STARTTLS" in told["-starttls smtp"]
    assert told["-connect mail.example.com:25"]
    assert "recipe/starttls-check" in answer.related


def test_a_question_about_a_program_is_no_command(session: Session) -> None:
    (answer,) = ask(session, "openssl certificate expired")
    assert answer.kind != "command"
    assert answer.results


@pytest.mark.parametrize("text", ["5541", "55555555", "192.0.2.550"])
def test_a_longer_number_is_no_code(session: Session, text: str) -> None:
    with pytest.raises(NothingFound):
        ask(session, text)


def test_a_line_of_main_cf(session: Session) -> None:
    (answer,) = ask(session, "maximal_queue_lifetime = 1d")
    assert answer.entry == "parameter/maximal_queue_lifetime"


def test_a_recipe_and_a_topic_by_name(session: Session) -> None:
    assert ask(session, "starttls-check")[0].kind == "recipe"
    assert ask(session, "topic/proxy-filter")[0].kind == "topic"


def test_many_names_are_listed(session: Session) -> None:
    (answer,) = ask(session, "smtpd_tls")
    assert answer.kind == "search"
    assert len(answer.results) > 10


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_asked(session: Session, text: str) -> None:
    with pytest.raises(UsageError):
        ask(session, text)


def test_an_unknown_record_says_so_and_offers_a_draft(session: Session) -> None:
    (answer,) = ask(session, "Nov 22 06:25:16 mx postfix/smtpd[1]: access wombat denied; frobbed")
    assert (answer.recognised, answer.entry) == ("no", None)
    assert "wombat" in answer.draft
    assert answer.program == "postfix/smtpd"


def test_no_two_spans_overlap_but_by_containment(session: Session) -> None:
    (answer,) = ask(session, f"Nov 22 06:25:16 mx postfix/smtpd[1]: {REJECT}")
    for left in answer.spans:
        assert answer.text[left.start : left.end] == left.value
        for right in answer.spans:
            apart = left.end <= right.start or right.end <= left.start
            inside = left.start >= right.start and left.end <= right.end
            assert apart or inside or (right.start >= left.start and right.end <= left.end)


def test_a_pasted_setting_is_about_its_own_value(session: Session) -> None:
    (answer,) = ask(session, "smtpd_tls_security_level=may")
    assert answer.title == "smtpd_tls_security_level = may"
    assert any(
        each.command == "postconf -e smtpd_tls_security_level=may" for each in answer.commands
    )


def test_a_record_whose_queue_id_was_cut_is_read(session: Session) -> None:
    (answer,) = ask(
        session,
        "0F3: host mta7.am0.yahoodns.net[192.0.2.5] refused to talk to me: 421 4.7.0 [TSS04] Messages from "
        "203.0.113.5 temporarily deferred due to unexpected volume or user complaints",
    )
    assert (answer.kind, answer.entry) == ("log", "postfix/smtp/remote-yahoo-deferred")
    assert answer.verdict is not None
    assert answer.verdict.permanence == "temporary"


def test_no_word_of_a_pasted_record_is_mended(session: Session) -> None:
    answers = ask(
        session, "to=<ann@example.org>, relay=mta7.am0.yahoodns.net[192.0.2.5]:25, sttus=sent"
    )
    assert not any("yahooinc" in note for answer in answers for note in answer.notes)
    assert not any("Read as" in note for answer in answers for note in answer.notes)


def test_a_setting_with_a_comment_above_it_is_that_setting(session: Session) -> None:
    (answer, *_) = ask(session, "# main.cf of the old host\nmynetworks = 0.0.0.0/0\n")
    assert answer.danger


def test_a_word_of_the_trade_is_no_queue_id(session: Session) -> None:
    (answer, *_) = ask(session, "smtputf8")
    assert answer.kind == "search"
    assert answer.results


def test_of_two_codes_the_enhanced_one_is_told(session: Session) -> None:
    (answer,) = ask(session, "550 5.7.26")
    assert answer.title.startswith("5.7.26:")
    assert answer.verdict is not None
    assert answer.verdict.permanence == "permanent"


def test_what_somebody_says_of_a_record_after_a_comma_hides_it_not(session: Session) -> None:
    text = "connect to mx.example.net[192.0.2.7]:25: Connection timed out"
    (alone,) = ask(session, text)
    (said,) = ask(session, f"{text}, same for every other server")
    assert said.entry == alone.entry == "postfix/smtp/connect-timed-out"


def test_a_comma_of_the_record_itself_is_no_comment(session: Session) -> None:
    text = "Host or domain name not found. Name service error for name=example.com type=MX: Host not found, try again"
    (answer,) = ask(session, text)
    assert (answer.query, answer.entry) == (text, "postfix/smtp/dns-try-again")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("what does postsuper -r ALL do?", "postsuper -r ALL"),
        ("explain smtpd_tls_security_level = may", "smtpd_tls_security_level = may"),
        ("smtp_destination_recipient_limit=1 why", "smtp_destination_recipient_limit=1"),
        ("what does -o smtpd_tls_wrappermode=yes do", "-o smtpd_tls_wrappermode=yes"),
        ("v=spf1 a ?all is that good", "v=spf1 a ?all"),
    ],
)
def test_what_a_question_asks_the_meaning_of_is_told_as_it_is_alone(
    session: Session, text: str, told: str
) -> None:
    (asked,), (alone,) = ask(session, text), ask(session, told)
    assert (asked.kind, asked.title, asked.explanation) == (
        alone.kind,
        alone.title,
        alone.explanation,
    )


@pytest.mark.parametrize("text", ["what is a bounce", "what is smtpd_relay_restrictions"])
def test_a_question_about_a_name_stays_one(session: Session, text: str) -> None:
    (told,) = ask(session, text)
    assert told.kind in ("topic", "parameter")


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        # small letters, a sign too few, a value that the pattern has elsewhere
        (
            "postmap: fatal: open database /etc/aliases.db: no such file or directory",
            "postfix/any/open-database",
        ),
        (
            "warning: connect to milter service inet:127.0.0.1:8891: connection refused",
            "postfix/any/milter-connect",
        ),
        (
            "newaliases: fatal: bad string length 0 < 1 setgid_group",
            "postfix/any/bad-string-length",
        ),
    ],
)
def test_a_record_typed_from_memory_is_known(session: Session, text: str, entry: str) -> None:
    (told,) = ask(session, text)
    assert told.entry == entry


def test_a_record_that_nobody_knows_is_called_unknown(session: Session) -> None:
    (told,) = ask(session, "smtpd: warning: the wombat frobbed 7 of 9 times")
    assert told.recognised != "entry"


def test_an_output_that_nobody_knows_is_searched_for(session: Session) -> None:
    (told,) = ask(session, "s_client: unexpected eof while reading")
    assert told.recognised == "entry"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (
            "postmap: warning: expected format: key whitespace value",
            "postfix/any/table-source-line",
        ),
        ("cleanup: warning: premature end-of-input on cleanup socket", "postfix/any/service-talk"),
        ("postfix/smtpd: warning: foo bar baz", None),
    ],
)
def test_a_message_without_its_values_is_told_by_the_entry_that_has_all_its_words(
    session: Session, text: str, entry: str | None
) -> None:
    (answer,) = ask(session, text)
    assert answer.entry == entry or (entry is None and answer.recognised != "entry")


def test_the_prompt_before_a_record_is_no_record(session: Session) -> None:
    (answer,) = ask(
        session,
        "root@mail:~# postfix start\npostfix/postfix-script: fatal: the Postfix mail system is already running",
    )
    assert answer.title == "Postfix is already running"


def test_a_connection_without_a_turn_is_an_output(session: Session) -> None:
    telnet = "Trying 203.0.113.7...\nConnected to mail.example.com.\nEscape character is '^]'."
    (answer,) = ask(session, telnet)
    assert answer.title.startswith("The port is open")
    assert ask(session, f"{telnet}\n220 mail.example.com ESMTP Postfix")[0].kind == "dialogue"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("521 5.5.2 bare LF", "postfix/smtpd/bare-newline"),
        ("450 4.7.25 client host rejected", "topic/restriction-reject-unknown-client-hostname"),
        ("550 5.1.1", "status/x.1.1"),
    ],
)
def test_words_beside_a_code_that_an_entry_is_asked_by_go_before_the_code(
    session: Session, text: str, entry: str
) -> None:
    assert ask(session, text)[0].entry == entry
