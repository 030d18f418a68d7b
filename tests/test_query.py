"""What a text is: names, codes, ports, addresses, replies, beginnings of names, lists, slips."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mailhelp.api import ask
from mailhelp.errors import NothingFound
from mailhelp.query import exact, recognise
from mailhelp.session import Session


def first(session: Session, text: str) -> str | None:
    (answer, *_) = ask(session, text)
    return f"log/{answer.entry}" if answer.kind == "log" else answer.entry


@pytest.mark.parametrize("port", ["25", "110", "143", "465", "587", "993", "995", "4190", "10024", "10025"])  # fmt: skip
def test_ports(session: Session, port: str) -> None:
    assert first(session, port) == f"topic/port-{port}"
    assert first(session, f"port {port}") == f"topic/port-{port}"


@pytest.mark.parametrize("name", ["smtpd", "smtp", "qmgr", "cleanup", "pickup", "master", "local", "virtual", "lmtp",
    "pipe", "bounce", "anvil", "postscreen", "tlsmgr", "proxymap", "trivial-rewrite", "showq", "postdrop", "sendmail",
    "postqueue", "postsuper", "postmap", "postalias", "postconf", "postcat", "postlog"])  # fmt: skip
def test_programs_of_postfix(session: Session, name: str) -> None:
    assert first(session, name) == f"topic/{name}"


@pytest.mark.parametrize("text", ["999", "12345", "9"])
def test_a_number_that_nothing_has(session: Session, text: str) -> None:
    with pytest.raises(NothingFound) as caught:
        ask(session, text)
    assert caught.value.exit_code == 1
    if text == "999":
        assert {"993", "995"} <= set(caught.value.near)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("smtpd_relay_restrictionss_x", "smtpd_relay_restrictions"),
        ("starttlschek", "starttls-check"),
    ],
)
def test_an_unknown_word_lists_near_names(session: Session, text: str, near: str) -> None:
    assert near in session.library.near(text)


def test_a_word_that_is_like_no_other(session: Session) -> None:
    with pytest.raises(NothingFound) as caught:
        ask(session, "xyzzyplugh")
    assert caught.value.near == ()
    assert "mailhelp topics" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("myhostn", "parameter/myhostname"),
        ("recipient delim", "parameter/recipient_delimiter"),
        ("recipient_delim", "parameter/recipient_delimiter"),
        ("smtpd_tls_chain_f", "parameter/smtpd_tls_chain_files"),
        ("smtpd_tls_cer", "parameter/smtpd_tls_chain_files"),
        ("starttls-che", "recipe/starttls-check"),
    ],
)
def test_the_beginning_of_a_name(session: Session, text: str, wanted: str) -> None:
    answers = ask(session, text)
    found = {answer.entry for answer in answers}
    found |= {result.id for answer in answers for result in answer.results}
    assert wanted in found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("smtpd_client_conection_rate_limit", ["smtpd_client_connection_rate_limit"]),
        ("smtpd_conection_rate_limit", ["smtpd_client_connection_rate_limit"]),
        ("smtpd_clinet_connection_rate_limit", ["smtpd_client_connection_rate_limit"]),
        ("smtpd_client_connection_ratelimit", ["smtpd_client_connection_rate_limit"]),
        ("smtpdclient_connection_rate_limit", ["smtpd_client_connection_rate_limit"]),
        ("smtp_bind_adress6", ["smtp_bind_address6"]),
        (
            "smtpd_client_conection_limit",
            ["smtpd_client_connection_count_limit", "smtpd_client_connection_rate_limit"],
        ),
    ],
)
def test_slips_in_a_long_name(session: Session, text: str, wanted: list[str]) -> None:
    answers = ask(session, text)
    assert [answer.parameters[0].name for answer in answers] == wanted
    assert all(text in answer.notes[0] for answer in answers)


def test_the_setting_of_another_program_is_no_slip(session: Session) -> None:
    for text in ("mail_max_userip_connections", "first_valid_uid"):
        try:
            kinds = {answer.kind for answer in ask(session, text)}
        except NothingFound:
            continue
        assert "parameter" not in kinds


@pytest.mark.parametrize(
    "text",
    [
        "5.7.1",
        "dsn=5.7.1",
        "#5.7.1",
        "(#5.7.1)",
        "what does 5.7.1 mean?",
        "What is the meaning of 5.7.1",
        "error code 5.7.1",
        "status=5.7.1",
        "554 5.7.1",
    ],
)
def test_a_code_anywhere(session: Session, text: str) -> None:
    assert first(session, text) == "status/x.7.1"


@pytest.mark.parametrize(
    "text", ["what does error 554 mean", "what is 554", "smtp error 554", "554"]
)
def test_a_reply_code_in_a_sentence(session: Session, text: str) -> None:
    assert first(session, text) == "status/554"


@pytest.mark.parametrize(
    "text", ["queue has 450 mails", "limit of 550 recipients", "192.0.2.550", "version 3.7.11"]
)
def test_a_number_in_a_sentence_is_no_code(session: Session, text: str) -> None:
    question = recognise(session.library, text)
    assert question is None or not any(name.kind == "status" for name in question.names)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("554 5.7.1 Relay access denied", "log/postfix/smtpd/relay-access-denied"),
        ("why do I get 554 5.7.1 relay access denied", "log/postfix/smtpd/relay-access-denied"),
    ],
)
def test_a_code_with_words_is_answered_by_who_writes_them(
    session: Session, text: str, entry: str
) -> None:
    (answer,) = ask(session, text)
    assert f"log/{answer.entry}" == entry
    told = (*answer.related[-2:], *(result.id for result in answer.results[:2]))
    assert {"status/x.7.1", "status/554"} <= set(told)


def test_a_code_with_words_that_nobody_writes(session: Session) -> None:
    (answer,) = ask(session, "5.7.1 when sending to gmail")
    assert answer.entry == "status/x.7.1"
    assert answer.results


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("192.0.2.7", "ip-address"),
        ("[192.0.2.7]", "ip-address"),
        ("2001:db8::7", "ip-address"),
        ("ann@example.com", "mail-address"),
        ("<ann@example.com>", "mail-address"),
    ],
)
def test_an_address(session: Session, text: str, kind: str) -> None:
    question = recognise(session.library, text)
    assert question is not None
    assert question.kind == kind
    (answer,) = ask(session, text)
    assert answer.kind == "recipe"
    word = text.strip("<>[]")
    assert any(word in command.command for command in answer.commands)
    assert answer.commands[0].command == f"mailhelp trace -- {word} FILE"
    assert "log" in answer.notes[0]


@pytest.mark.parametrize(
    "text", ["12:30:45", "192.0.2.550", "1.2.3", "ann@", "@example", "a b@c.d"]
)
def test_no_address(session: Session, text: str) -> None:
    question = recognise(session.library, text)
    assert question is None or question.kind not in ("ip-address", "mail-address")


def test_an_address_with_a_log_at_hand(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Path(__file__).parent / "seed" / "accepted.log"
    monkeypatch.setitem(
        session.library.table("places"), "mail_log", {"files": [str(log)], "default": "/log"}
    )
    assert ask(session, "test@local.example")[0].kind == "story"
    (answer,) = ask(session, "nobody@example.com")
    assert str(log) in answer.notes[0]


@pytest.mark.parametrize("text", ["recipes", "Topics", "parameters", "codes", "list of recipes"])
def test_everything_of_a_kind(session: Session, text: str) -> None:
    (answer,) = ask(session, text)
    assert (answer.kind, answer.recognised) == ("search", "entry")
    assert len(answer.results) > 30
    assert all(result.group for result in answer.results)


@pytest.mark.parametrize(
    "text",
    [
        "the of and",
        '*:()"~ AND OR NOT',
        "\ud800\udfff",
        "x" * 20_000,
        "9" * 5_000,
        ":" * 5_000,
        "1.1.1." * 999,
        " ".join(f"abcd{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}qz" for n in range(3_000)),
    ],
)
def test_what_is_no_question_finds_nothing(session: Session, text: str) -> None:
    with pytest.raises(NothingFound) as caught:
        ask(session, text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text", ["mail queue stuck " * 3_333, "5.7.1 " * 2_000, "Warteschlange " * 3_000]
)
def test_ten_thousand_words_are_a_question(session: Session, text: str) -> None:
    (answer,) = ask(session, text)
    assert answer.explanation
    assert all(len(note) < 200 for note in answer.notes)


def test_templates_before_this_host_is_indexed(session: Session) -> None:
    with pytest.raises(NothingFound, match="mailhelp template"):
        ask(session, "templates")


def test_a_question_is_answered_and_others_are_offered(session: Session) -> None:
    (answer,) = ask(session, "how do I see what is in the mail queue")
    assert (answer.kind, answer.entry) == ("recipe", "recipe/queue-inspect")
    assert any(command.command == "postqueue -p" for command in answer.commands)
    assert len(answer.results) >= 3
    assert all(result.title and result.excerpt for result in answer.results[:3])
    assert not any("fits" in note for note in answer.notes)


def test_a_question_about_one_of_a_family(session: Session) -> None:
    (answer,) = ask(session, "which recipient_canonical_maps table rewrites an address")
    assert answer.parameters[0].name == "recipient_canonical_maps"


@pytest.mark.parametrize(
    "text", ["excel left join example frobnicate", "sourdough bread queue baking"]
)
def test_a_weak_match_says_so(session: Session, text: str) -> None:
    (answer,) = ask(session, text)
    assert "Nothing fits well" in " ".join((answer.title, *answer.notes))


def test_what_hardly_fits_is_only_listed(session: Session) -> None:
    (answer,) = ask(session, "how to bake sourdough bread")
    assert (answer.kind, answer.recognised) == ("search", "generic")
    assert not answer.explanation


def test_help(session: Session) -> None:
    assert first(session, "help") == "topic/mailhelp"


def test_exact_answers_do_without_whoosh(bundled: Path) -> None:
    """Its import takes longer than the answer."""
    script = (
        "import sys; from pathlib import Path; from mailhelp.session import Session;"
        "from mailhelp.api import ask; from mailhelp.host.machine import Host;"
        f"session = Session(Host(), Path({str(bundled)!r}));"
        "[ask(session, text) for text in ('queue_lifetime', '5.7.1', 'what does 5.7.1 mean', '587', 'smtpd',"
        " 'recipe/starttls-check', 'log/postfix/smtpd/connect', 'myhostn', 'recipes')];"
        "sys.exit(any(name in sys.modules for name in ('whoosh', 'rich', 'typer')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


REPLIES = {
    "554 5.7.1 <bob@example.net>: Relay access denied": "postfix/smtpd/relay-access-denied",
    "Relay access denied": "postfix/smtpd/relay-access-denied",
    "relay access denied": "postfix/smtpd/relay-access-denied",
    "User unknown in virtual mailbox table": "postfix/smtpd/user-unknown-virtual-mailbox",
    "450 4.2.0 <bob@example.net>: Recipient address rejected: Greylisted": "postfix/smtpd/greylisted",
    "host mx.example.net[192.0.2.7] said: 550 5.1.1 <bob@example.net>: Recipient address rejected: "
    "User unknown (in reply to RCPT TO command)": "postfix/smtp/remote-user-unknown",
    "<bob@example.net>: host mx.example.net[192.0.2.7] refused to talk to me: 421 4.7.0 [TSS04] "
    "Messages from 203.0.113.5 temporarily deferred due to user complaints": "postfix/smtp/remote-yahoo-deferred",
    "Remote Server returned '550 5.7.520 Access denied, Your organization does not allow external "
    "forwarding.'": "postfix/smtp/remote-forwarding-forbidden",
    "Diagnostic-Code: smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(2018)": (
        "postfix/smtp/remote-user-unknown"
    ),
    "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n"
    "550-5.7.26 Gmail requires all senders to authenticate\n550 5.7.26 x.1 - gsmtp": (
        "postfix/smtp/remote-unauthenticated"
    ),
    "550 5.7.1 Service unavailable, Client host [203.0.113.5] blocked using Spamhaus. To request": (
        "postfix/smtp/remote-blocklisted"
    ),
    "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus. To request removal": (
        "postfix/smtp/remote-domain-listed"
    ),
    "553 5.1.8 <ann@example.org>... Domain of sender address ann@example.org does not exist": (
        "postfix/smtp/remote-sender-refused"
    ),
    "554 5.7.9 Message not accepted for policy reasons. See https://example.com/": (
        "postfix/smtp/remote-unauthenticated"
    ),
    "550 Unrouteable address": "postfix/smtp/remote-user-unknown",
    "550 Verification failed for <ann@example.org>": "postfix/smtp/remote-sender-verify",
    "550 Administrative prohibition": "postfix/smtp/remote-policy",
    "451 Temporary local problem - please try later": "postfix/smtp/remote-system-trouble",
    "550 5.7.1 SPF record for this domain does not exist": "postfix/smtp/remote-unauthenticated",
}


@pytest.mark.parametrize(("text", "entry"), REPLIES.items())
def test_a_reply_is_answered_by_the_entry_that_knows_its_words(
    session: Session, text: str, entry: str
) -> None:
    question = recognise(session.library, text)
    assert question is not None
    assert question.kind == "reply"
    (answer,) = ask(session, text)
    assert answer.entry == entry


def test_then_the_code(session: Session) -> None:
    (answer,) = ask(session, "554 5.7.1 <bob@example.net>: Relay access denied")
    assert answer.related[-2:] == ("status/x.7.1", "status/554")
    assert [section.title.partition(":")[0] for section in answer.sections][-2:] == ["5.7.1", "554"]
    assert answer.verdict is not None
    assert answer.verdict.permanence == "permanent"


def test_values_of_the_reply_fill_the_commands_and_no_invented_ones(session: Session) -> None:
    (answer,) = ask(
        session,
        "550 5.1.1 <eve@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
    )
    commands = " ".join(command.command for command in answer.commands)
    assert "postmap -q eve@example.org" in commands
    assert "invalid" not in str(answer)


@pytest.mark.parametrize("text", ["5.7.1", "554", "554 5.7.1", "550 of 600 mails in the queue"])
def test_a_code_without_known_words_stays_a_code(session: Session, text: str) -> None:
    assert {answer.kind for answer in ask(session, text)} == {"status"}


@pytest.mark.parametrize(
    "text", ["how do I delete all mail", "why is mail rejected as spam", "access denied", "587"]
)
def test_a_question_is_no_reply(session: Session, text: str) -> None:
    question = recognise(session.library, text)
    assert question is None or question.kind != "reply"


@pytest.mark.parametrize("text", ["content_filter", "header checks", "Body-Checks"])
def test_a_parameter_goes_before_a_topic_of_its_name(session: Session, text: str) -> None:
    assert {name.kind for name in session.library.named(text)} == {"parameter", "topic"}
    question = exact(session.library, text)
    assert question is not None
    assert [name.kind for name in question.names] == ["parameter"]


@pytest.mark.parametrize(
    ("text", "wanted", "permanence"),
    [
        ("status=deferred (connect to mx.example.net[192.0.2.5]:25: Connection refused)", "postfix/smtp/connect-refused", "temporary"),
        ("(connect to mx.example.net[192.0.2.5]:25: Connection refused)", "postfix/smtp/connect-refused", "temporary"),
        ("to=<bob@example.com>, relay=none, delay=0.1, delays=0.1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.5]:25: Connection refused)", "postfix/smtp/connect-refused", "temporary"),
        ("dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.5] said: 550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown (in reply to RCPT TO command))", "postfix/smtp/remote-user-unknown", "permanent"),
        ("(host mx.example.net[192.0.2.5] said: 550 5.1.1 <bob@example.net>: User unknown (in reply to RCPT TO command))", "postfix/smtp/remote-user-unknown", "permanent"),
        ("dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS, session=<abc>", "dovecot/login-auth-failed", None),
    ],
)  # fmt: skip
def test_a_piece_of_a_record_is_read_as_if_whole(
    session: Session, text: str, wanted: str, permanence: str | None
) -> None:
    (answer,) = ask(session, text)
    assert answer.entry == wanted
    assert answer.text == text
    # nothing that was made up is shown
    shown = f"{answer.gist} {[each.command for each in answer.commands]} {answer.host}"
    assert not any(each in shown for each in ("somebody", "4ZZZZZ", "4.0.0", "5.0.0"))
    if permanence:
        assert answer.verdict is not None
        assert answer.verdict.permanence == permanence


@pytest.mark.parametrize("text", ["smtp error", "postfix slow", "host not found", "helo rejected"])
def test_plain_words_are_a_question(session: Session, text: str) -> None:
    assert recognise(session.library, text) is None
    (answer,) = ask(session, text)
    assert answer.kind not in ("command", "dialogue")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("disable_plaintext_auth = no", "Dovecot takes passwords without TLS"),
        ("login_trusted_networks = 0.0.0.0/0", "Dovecot trusts everybody as a proxy"),
    ],
)
def test_one_dangerous_setting_of_another_program(session: Session, text: str, title: str) -> None:
    (answer,) = ask(session, text)
    assert answer.danger.startswith(title)


@pytest.mark.parametrize("text", ["dovecot 2.4 sieve before", "what changed in dovecot 2.3.21"])
def test_a_version_is_no_code(session: Session, text: str) -> None:
    meant = recognise(session.library, text)
    assert meant is None or meant.kind != "coded"


@pytest.mark.parametrize(
    "text", ["postfix/master: warning process killed by signal", "dovecot moves from 2.3 to 2.4"]
)
def test_half_a_record_and_a_version_are_questions(session: Session, text: str) -> None:
    assert recognise(session.library, text) is None


def test_the_program_before_the_name_of_a_setting_changes_nothing(session: Session) -> None:
    question = recognise(session.library, "postfix relayhost")
    assert question is not None
    assert [name.id for name in question.names] == ["parameter/relayhost"]
    (answer,) = ask(session, "dovecot ssl_dh")
    assert answer.title.startswith("Dovecot: ssl_dh")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bounce to customer says 554 5.7.1 Spam message rejected, he is no spammer", "postfix/smtp/remote-spam"),
        ("why 5.7.1 relay access denied when i send from my phone", "postfix/smtpd/relay-access-denied"),
        ("outlook answers 550 5.7.606 access denied, banned sending IP [192.0.2.7]", "postfix/smtp/remote-microsoft-banned"),
    ],
)  # fmt: skip
def test_a_reply_inside_a_sentence_is_answered_by_the_entry_of_its_words(
    session: Session, text: str, wanted: str
) -> None:
    (answer,) = ask(session, text)
    assert answer.entry == wanted


@pytest.mark.parametrize(
    "text",
    [
        "554 5.7.1 service unavailable client host blocked",  # two words of a longer text are not its beginning
        "milter connection refused 4.7.1 service unavailable",
        "freshclam error 429 rate limited",
    ],
)
def test_a_few_words_after_a_code_are_no_reply(session: Session, text: str) -> None:
    (answer,) = ask(session, text)
    assert answer.entry not in (
        "postfix/smtpd/reply-code-replaced",
        "postfix/smtp/remote-rate-limited",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("what does myorigin mean?", "parameter/myorigin"),
        ("postfix relayhost", "parameter/relayhost"),
        ("return-path header meaning", "header/return-path"),
    ],
)
def test_a_name_among_words_that_only_ask_for_it(session: Session, text: str, wanted: str) -> None:
    question = recognise(session.library, text)
    assert question is not None
    assert [name.id for name in question.names] == [wanted]


def test_a_name_among_other_words_is_a_question(session: Session) -> None:
    assert recognise(session.library, "what does myorigin do to cron mail") is None


@pytest.mark.parametrize(
    "text",
    [
        "465 or 587 for sending",
        "200 concurrent connections",
        "systemctl status postfix says active",
        "doveadm backup i/o has stalled",
    ],
)
def test_a_sentence_that_begins_like_a_code_or_a_command_is_a_question(
    session: Session, text: str
) -> None:
    assert recognise(session.library, text) is None
