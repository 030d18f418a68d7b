"""A question in words is answered by the entry that fits, and the next ones are offered."""

import pytest

from mailhelp.api import ask
from mailhelp.errors import NothingFound
from mailhelp.session import Session

LIFETIMES = {"parameter/maximal_queue_lifetime", "parameter/bounce_queue_lifetime"}


def test_a_question_is_searched(session: Session) -> None:
    (answer,) = ask(session, "how long is mail kept in the queue before it bounces")
    assert answer.entry in LIFETIMES
    assert answer.explanation
    assert answer.commands
    assert answer.entry not in {result.id for result in answer.results}
    assert len(answer.results) >= 3


def test_nothing_found(session: Session) -> None:
    with pytest.raises(NothingFound):
        ask(session, "xyzzyplugh")


def test_a_hit_that_hardly_fits_is_listed_not_told(session: Session) -> None:
    (answer,) = ask(session, "wallpaper for the kitchen of a queue of unicorns and wombats")
    assert answer.kind == "search"
    assert answer.results
    assert not answer.explanation


def test_a_question_in_another_language_says_how_it_is_read(session: Session) -> None:
    (answer,) = ask(session, "warum hängt meine Mail in der Warteschlange")
    assert any(note.startswith("Read as: ") for note in answer.notes)


def test_a_message_that_is_quoted_goes_before_what_only_shares_its_words(session: Session) -> None:
    (answer,) = ask(session, "what means mail transport unavailable in the log")
    assert answer.entry is not None
    assert "mail transport unavailable" in str(answer).lower()


def test_a_number_without_a_name_is_not_searched(session: Session) -> None:
    with pytest.raises(NothingFound, match="Nothing is called 1234"):
        ask(session, "1234")


def read_as(session: Session, text: str) -> str:
    (answer,) = ask(session, text)
    return next((note for note in answer.notes if note.startswith("Read as: ")), "")


def test_a_slip_is_said(session: Session) -> None:
    assert read_as(session, "certifcate expired on our server").startswith("Read as: certificate ")
    assert not read_as(session, "~all or -all which one")  # two of them repeat themselves
    assert read_as(session, "why is mail defferred").startswith("Read as: why is mail deferred")
    assert not read_as(session, "certificate expired on our server")


def test_an_unknown_word_of_another_language_is_no_slip_of_an_english_one(session: Session) -> None:
    assert "hausmeister" in read_as(session, "warteschlange vom hausmeister leeren")


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("~all", "topic/spf-all"),
        ("-all", "topic/spf-all"),
        ("@example.com", "topic/catch-all"),
        ("what does %u stand for", "topic/sql-and-ldap-tables"),
    ],
)
def test_signs_have_a_meaning(session: Session, text: str, entry: str) -> None:
    (answer,) = ask(session, text)
    assert answer.entry == entry
    assert read_as(session, text)


def test_what_is_compared_goes_before_either_side(session: Session) -> None:
    (answer,) = ask(session, "difference between smtp and smtpd settings")
    assert answer.entry == "topic/smtp-or-smtpd"


def test_a_code_with_a_part_of_a_message_does_not_quote_it(session: Session) -> None:
    (answer,) = ask(session, "421 4.7.0 try again later")
    assert answer.entry != "postfix/smtpd/try-again-later"


def test_a_log_entry_shows_the_message_that_was_half_remembered(session: Session) -> None:
    (answer,) = ask(session, "improper command pipelining what is that")
    assert "improper command pipelining after" in answer.gist


def test_words_beside_a_code_that_is_used_for_anything_say_more_than_it(session: Session) -> None:
    (told,) = ask(
        session, "remote host said 421 too many connections from your ip, what can I do on my side"
    )
    assert told.entry == "topic/too-many-connections-there"
    assert told.results[0].id == "status/421"


def test_a_code_of_one_meaning_goes_before_words(session: Session) -> None:
    (told,) = ask(session, "452 4.3.1 though df shows plenty free")
    assert told.entry == "status/x.3.1"


def test_what_is_not_wanted_is_not_told(session: Session) -> None:
    (told,) = ask(session, "use zen with postscreen rather than reject_rbl_client")
    assert told.entry is not None
    assert "reject-rbl-client" not in told.entry


def test_a_topic_that_compares_goes_before_those_of_one_side(session: Session) -> None:
    (told,) = ask(session, "MTA-STS vs DANE, which one should we publish")
    assert told.entry == "topic/dane-or-mta-sts"


def test_our_own_message_goes_before_the_same_words_of_another_server(session: Session) -> None:
    (told,) = ask(session, "Can't send email - loops back to myself")
    assert told.entry == "postfix/smtp/loops-back"


def test_a_question_about_no_program_is_not_told_a_debug_message(session: Session) -> None:
    (told,) = ask(session, "unzip missing decoder amavis")
    assert told.entry is not None
    assert "debug" not in told.entry


@pytest.mark.parametrize("text", ["how to flush the queue", "flush mail queue"])
def test_who_asks_how_or_what_an_entry_is_asked_quotes_no_message(
    session: Session, text: str
) -> None:
    """Though a message has these words in a row: “… is not allowed to flush the mail queue”."""
    (answer,) = ask(session, text)
    assert answer.entry == "recipe/queue-flush"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("max message size", "topic/large-mail"),
        ("mx lookup error servfail", "postfix/smtp/dns-try-again"),
        ("unable to look up host nullMX", "postfix/smtp/null-mx"),
        ("disable smtp connection cache", "parameter/smtp_connection_cache_on_demand"),
        ("delays=0.08/412/0.3/1.1", "topic/delays"),
        ("delays=0.08/2/0.3/1.1 which is what", "topic/delays"),
    ],
)
def test_a_few_words_of_a_long_message_are_no_quote_and_numbers_no_words(
    session: Session, text: str, entry: str
) -> None:
    assert ask(session, text)[0].entry == entry


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("minimum TLS version for outgoing mail", "smtp_tls_protocols"),
        ("make mail go to maildir instead of mbox", "home_mailbox"),
        ("pin a certificate for outgoing mail", "smtp_tls_fingerprint_cert_match"),
        ("smtpd_tls_mandatory_protocols for 587", "smtpd_tls_mandatory_protocols"),
    ],
)
def test_of_a_family_the_one_that_is_meant_is_told(session: Session, text: str, name: str) -> None:
    assert ask(session, text)[0].parameters[0].name == name


def test_a_word_of_an_entry_is_no_queue_id(session: Session) -> None:
    assert ask(session, "UGFzc3dvcmQ6")[0].entry == "postfix/smtpd/sasl-auth-failed"


def test_parts_of_names_that_nobody_knows_make_no_question_far(session: Session) -> None:
    (answer,) = ask(session, "rename user account jane.doe to jane.smith keep mails")
    assert answer.entry == "topic/rename-mailbox"
    assert not read_as(session, "why was user jane locked out")


def test_the_program_that_is_named_decides_between_messages(session: Session) -> None:
    (answer,) = ask(session, "postfix tlsv1 alert protocol version")
    assert answer.entry is not None
    assert answer.entry.startswith("postfix/")


def test_an_entry_that_is_asked_in_these_very_words_is_compared(session: Session) -> None:
    assert ask(session, "why was my mail rejected")[0].entry == "topic/read-a-bounce"


def test_of_several_messages_the_one_that_is_quoted_is_told_first(session: Session) -> None:
    text = "unable to create lock file /var/mail/mail.lock: Permission denied"
    (found,) = ask(session, text)
    assert found.entry == "postfix/local/mailbox-not-updated"
    assert found.explanation.markdown.startswith("`Permission denied`: ")
    general = ask(session, "mailbox locked or not writable")[0]
    assert general.explanation.markdown.startswith("Postfix could not add")
