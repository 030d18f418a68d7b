"""The recipes' commands do what their entries say: pasted into real shells, against a real mail server.

Each test takes the command from the corpus, fills it in and runs it. What comes out must be what the
entry's ``[[outputs]]`` call good or bad.
"""

from __future__ import annotations

import base64
import os
import pty
import re
import select
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .lab import NAME, ODD_PASSWORD, ODD_USER, PASSWORD, USER, Lab
from .recipe import Finding, Recipe

SHELLS = {"bash": ("bash",), "dash": ("dash",), "busybox": ("busybox", "sh")}
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def needs(*programs: str) -> None:
    """Skip where a program is missing that is no part of the lab."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


# --- TLS ---


@pytest.mark.parametrize("port", ["smtp", "submission", "old_tls"])
def test_starttls_check_succeeds_with_status_0_and_good_lines_only(
    lab: Lab, recipes: dict[str, Recipe], port: str
) -> None:
    recipe = recipes["starttls-check"]
    done = lab.run(
        recipe.command(host="localhost", port=str(lab.ports[port]), ca_file=str(lab.ca_file))
    )
    assert done.returncode == 0, done.stdout
    assert recipe.results(done.stdout) == {"good"}
    assert Finding("good", "Verified peername: {certificate_name}") in recipe.findings(done.stdout)


@pytest.mark.parametrize(
    ("host", "port", "ca_file", "expected"),
    [
        ("127.0.0.1", "smtp", "tls/ca.pem", "hostname mismatch"),
        ("localhost", "smtp", "tls/selfsigned.crt", "self-signed certificate in certificate chain"),
        ("localhost", "smtp", "tls/no-such-file", "No such file or directory"),
        ("localhost", "expired", "tls/ca.pem", "certificate has expired"),
        ("localhost", "selfsigned", "tls/ca.pem", "self-signed certificate"),
        ("localhost", "reinject", "tls/ca.pem", "Didn't find STARTTLS"),
        ("localhost", "closed", "tls/ca.pem", "connect:errno="),
    ],
)
def test_starttls_check_names_what_is_wrong_and_nothing_good(
    lab: Lab, recipes: dict[str, Recipe], host: str, port: str, ca_file: str, expected: str
) -> None:
    recipe = recipes["starttls-check"]
    done = lab.run(recipe.command(host=host, port=str(lab.ports[port]), ca_file=ca_file))
    assert done.returncode != 0
    findings = recipe.findings(done.stdout)
    assert any(expected in finding.pattern for finding in findings), done.stdout
    assert {finding.result for finding in findings} == {"bad"}


@pytest.mark.parametrize("port", ["reinject", "closed"])
def test_a_failed_handshake_prints_verification_ok_which_no_good_pattern_may_match(
    lab: Lab, recipes: dict[str, Recipe], port: str
) -> None:
    command = f"openssl s_client -starttls smtp -connect localhost:{lab.ports[port]} </dev/null"
    done = lab.run(command)
    assert done.returncode != 0
    assert port == "closed" or "Verification: OK" in done.stdout
    assert "good" not in recipes["starttls-check"].results(done.stdout)


def test_starttls_at_address_checks_the_name_and_not_the_address(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["starttls-at-address"]
    values = {"address": "127.0.0.1", "port": str(lab.ports["smtp"]), "ca_file": str(lab.ca_file)}
    right = lab.run(recipe.command(host=NAME, **values))
    assert (right.returncode, recipe.results(right.stdout)) == (0, {"good"})
    wrong = lab.run(recipe.command(host="other.example", **values))
    assert (wrong.returncode, recipe.results(wrong.stdout)) == (1, {"bad"})


def test_smtps_check_tells_implicit_tls_from_starttls(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["smtps-check"]
    values = {"host": "localhost", "ca_file": str(lab.ca_file)}
    right = lab.run(recipe.command(port=str(lab.ports["smtps"]), **values))
    assert (right.returncode, recipe.results(right.stdout)) == (0, {"good"})
    wrong = lab.run(recipe.command(port=str(lab.ports["smtp"]), **values))
    assert recipe.findings(wrong.stdout) == {Finding("bad", "{text}:wrong version number:{text}")}


@pytest.mark.parametrize(
    ("port", "seconds", "status", "expected"),
    [
        ("smtp", "3600", 0, "Certificate will not expire"),
        ("smtp", "1209600", 1, "Certificate will expire"),
        ("expired", "3600", 1, "Certificate will expire"),
        ("closed", "3600", 1, "Unable to load certificate"),
    ],
)
def test_cert_expiry_says_it_in_words_and_by_its_status(
    lab: Lab, recipes: dict[str, Recipe], port: str, seconds: str, status: int, expected: str
) -> None:
    recipe = recipes["cert-expiry"]
    done = lab.run(recipe.command(host="localhost", port=str(lab.ports[port]), seconds=seconds))
    assert done.returncode == status
    assert expected in {finding.pattern for finding in recipe.findings(done.stdout)}, done.stdout


def test_cert_file_check_accepts_the_servers_files_and_refuses_others(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["cert-file-check"]
    files = {"certificate": "tls/server.pem", "key": "tls/server.key", "ca_file": str(lab.ca_file)}
    verify = recipe.command("openssl verify", host=NAME, **files)
    assert recipe.results(lab.run(verify).stdout) == {"good"}
    wrong_name = lab.run(recipe.command("openssl verify", host="other.example", **files))
    assert recipe.results(wrong_name.stdout) == {"bad"}
    values = {"host": NAME, **files}
    prints = [
        lab.run(recipe.command(part, **values)).stdout for part in ("openssl x509", "openssl pkey")
    ]
    assert prints[0] == prints[1] != ""
    chain = lab.run(recipe.command("openssl crl2pkcs7", **values)).stdout
    assert chain.count("subject=") == 2


def test_tls_versions_offers_one_version_only(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["tls-versions"]
    older = "1_1 -cipher DEFAULT@SECLEVEL=0"
    for version, status, result in ((older, 1, "bad"), ("1_2", 0, "good")):
        begins = f"openssl s_client -starttls smtp -brief -tls{version} -connect"
        done = lab.run(recipe.command(begins, host="localhost", port=str(lab.ports["old_tls"])))
        assert (done.returncode, recipe.results(done.stdout)) == (status, {result}), done.stdout


def test_tls_outbound_check_reads_as_postfix_does(lab: Lab, recipes: dict[str, Recipe]) -> None:
    needs("posttls-finger")
    recipe = recipes["tls-outbound-check"]
    # An address in brackets: no name is looked up, so nothing is asked outside this machine.
    for port, expected in (
        ("closed", "Failed to establish session"),
        ("expired", "Untrusted TLS connection"),
    ):
        destination = f"[127.0.0.1]:{lab.ports[port]}"
        done = lab.run(recipe.command(destination=destination, ca_file=str(lab.ca_file)))
        assert any(expected in finding.pattern for finding in recipe.findings(done.stdout)), (
            done.stdout
        )


# --- login ---


def token(lab: Lab, recipes: dict[str, Recipe], shell: str, user: str, password: str) -> str:
    """What the recipe's first command prints for ``AUTH PLAIN``, with prompts answered from a pipe."""
    command = recipes["sasl-auth-check"].command("( trap")
    done = lab.run(f"( {command} ) 2>/dev/null", shell=SHELLS[shell], stdin=f"{user}\n{password}\n")
    return done.stdout.strip()


def dialogue(lab: Lab, command: str, lines: list[str]) -> str:
    """Type ``lines`` into the session that ``command`` opens, each after the answer to the one before."""
    session = subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=lab.environment,
    )
    guard = threading.Timer(60, session.kill)
    guard.start()
    output = ""
    try:
        assert session.stdin is not None
        assert session.stdout is not None
        for line in lines:
            print(line, file=session.stdin, flush=True)
            begun = not line.startswith("EHLO")  # before it the end of an older answer is shown
            for answer in session.stdout:
                output += answer
                begun = begun or answer.startswith(f"250-{NAME}")
                if begun and re.match(r"\d{3} ", answer):
                    break
        session.stdin.close()
        output += session.stdout.read()
        session.wait()
    finally:
        guard.cancel()
        session.kill()
        session.wait()
        for stream in (session.stdin, session.stdout):
            if stream is not None:
                stream.close()
    return output


@pytest.mark.parametrize("shell", list(SHELLS))
@pytest.mark.parametrize(
    ("user", "password"), [(USER, PASSWORD), (ODD_USER, ODD_PASSWORD), ("x" * 60, "y" * 60)]
)
def test_the_token_holds_user_and_password_as_they_were_typed(
    lab: Lab, recipes: dict[str, Recipe], shell: str, user: str, password: str
) -> None:
    needs(SHELLS[shell][0])
    made = token(lab, recipes, shell, user, password)
    assert base64.b64decode(made, validate=True).decode() == f"\0{user}\0{password}"


@pytest.mark.parametrize("shell", list(SHELLS))
@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [
        (USER, PASSWORD, Finding("good", "235 2.7.0 Authentication successful")),
        (ODD_USER, ODD_PASSWORD, Finding("good", "235 2.7.0 Authentication successful")),
        (
            USER,
            "wrong",
            Finding("bad", "535 5.7.8 Error: authentication failed: {authentication_refusal}"),
        ),
    ],
)
def test_sasl_auth_check_ends_in_235_or_535(
    lab: Lab, recipes: dict[str, Recipe], shell: str, user: str, password: str, expected: Finding
) -> None:
    needs(SHELLS[shell][0])
    recipe = recipes["sasl-auth-check"]
    values = {
        "host": "localhost",
        "port": str(lab.ports["submission"]),
        "ca_file": str(lab.ca_file),
    }
    session = recipe.command("openssl s_client", **values)
    made = token(lab, recipes, shell, user, password)
    output = dialogue(lab, session, ["EHLO test", f"AUTH PLAIN {made}", "QUIT"])
    findings = recipe.findings(output)
    assert expected in findings, output
    assert Finding("good", "250-AUTH {mechanism_list}") in findings


def test_sasl_auth_check_says_where_no_login_is_offered(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["sasl-auth-check"]
    values = {"host": "localhost", "port": str(lab.ports["smtp"]), "ca_file": str(lab.ca_file)}
    session = recipe.command("openssl s_client", **values)
    output = dialogue(lab, session, ["EHLO test", "AUTH PLAIN AHgAeA==", "QUIT"])
    assert recipe.findings(output) == {
        Finding("bad", "503 5.5.1 Error: authentication not enabled")
    }


@pytest.mark.parametrize("shell", list(SHELLS))
def test_the_password_is_not_shown_while_it_is_typed(
    recipes: dict[str, Recipe], shell: str
) -> None:
    needs(SHELLS[shell][0])
    command = recipes["sasl-auth-check"].command("( trap")
    terminal, other_end = pty.openpty()
    typed = subprocess.Popen(
        [*SHELLS[shell], "-c", command],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    try:
        output = read_until(terminal, "user: ")
        os.write(terminal, f"{USER}\n".encode())
        output += read_until(terminal, "password: ")
        os.write(terminal, b"not-to-be-seen\n")
        output += read_until(terminal, None)
    finally:
        os.close(terminal)
        typed.kill()
        typed.wait()
    assert USER in output
    assert "not-to-be-seen" not in output
    assert base64.b64encode(f"\0{USER}\0not-to-be-seen".encode()).decode() in output


def read_until(terminal: int, text: str | None) -> str:
    """What appears on the terminal until ``text`` does (``None``: until its program ends)."""
    seen = ""
    end = time.monotonic() + 30
    while text is None or text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, f"{text!r} did not come: {seen!r}"
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not piece:
            break
        seen += piece.decode(errors="replace")
    return seen


@pytest.mark.parametrize(
    ("password", "status", "result"), [(PASSWORD, 0, {"good"}), ("wrong", 28, {"good", "bad"})]
)
def test_login_test_asks_for_the_password_and_logs_in(
    lab: Lab, recipes: dict[str, Recipe], password: str, status: int, result: set[str]
) -> None:
    recipe = recipes["login-test"]
    values = {
        "host": "localhost",
        "port": str(lab.ports["submission"]),
        "ca_file": str(lab.ca_file),
    }
    done = lab.run(recipe.command(user=USER, **values), stdin=f"{password}\n")
    assert (done.returncode, recipe.results(done.stdout)) == (status, result), done.stdout
    assert base64.b64encode(f"\0{USER}\0{password}".encode()).decode() not in done.stdout


def test_login_test_sends_no_password_when_the_certificate_is_bad(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["login-test"]
    values = {
        "host": "localhost",
        "port": str(lab.ports["submission"]),
        "ca_file": "tls/selfsigned.crt",
    }
    done = lab.run(recipe.command(user=USER, **values), stdin=f"{PASSWORD}\n")
    assert Finding("bad", "*** TLS startup failed ({text})") in recipe.findings(done.stdout), (
        done.stdout
    )
    assert "AUTH PLAIN" not in done.stdout


@pytest.mark.parametrize(
    ("password", "status", "result"), [(PASSWORD, 0, "good"), ("wrong", 77, "bad")]
)
def test_dovecot_auth_test_asks_dovecot_alone(
    lab: Lab, recipes: dict[str, Recipe], password: str, status: int, result: str
) -> None:
    recipe = recipes["dovecot-auth-test"]
    command = recipe.command("doveadm", user=USER).replace("doveadm", "doveadm -c dovecot.conf", 1)
    done = lab.run(command, stdin=f"{password}\n")
    assert (done.returncode, recipe.results(done.stdout)) == (status, {result}), done.stdout


# --- relaying, test mails, spam ---


def test_relay_test_shows_a_refusal_for_strangers_and_no_refusal_for_own_mailboxes(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["relay-test"]
    server = {"host": "localhost", "port": str(lab.ports["smtp"]), "sender": "ann@remote.example"}
    refused = lab.run(recipe.command(outside="bob@later.example", **server))
    assert recipe.results(refused.stdout) == {"good"}, refused.stdout
    accepted = lab.run(recipe.command(outside="test@local.example", **server))
    assert recipe.results(accepted.stdout) == {"bad"}, accepted.stdout
    assert "DATA" not in accepted.stdout


def test_send_test_mail_is_taken_or_refused_in_words(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["send-test-mail"]
    server = {"host": "localhost", "port": str(lab.ports["smtp"]), "sender": "ann@remote.example"}
    for command in ("--quit-after RCPT", "--header"):
        taken = lab.run(with_option(recipe, command, recipient="test@local.example", **server))
        assert (taken.returncode, recipe.results(taken.stdout)) == (0, {"good"}), taken.stdout
    refused = lab.run(with_option(recipe, "--header", recipient="nobody@local.example", **server))
    assert recipe.results(refused.stdout) == {"bad"}, refused.stdout


def with_option(recipe: Recipe, option: str, **values: str) -> str:
    """The recipe's first swaks command that has ``option``."""
    unused = {"user": USER} if "user" in recipe.entry.front["placeholders"] else {}
    for command in recipe.commands(**values, **unused):
        if command.startswith("swaks") and option in command:
            return command
    raise AssertionError(option)


def test_spam_test_is_refused_and_passes_where_amavis_lets_spam_pass(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["spam-test"]
    values = {"host": "localhost", "port": str(lab.ports["smtp"]), "sender": "ann@remote.example"}
    command = recipe.command(recipient="test@local.example", **values)
    assert GTUBE in command
    refused = lab.run(command)
    assert recipe.findings(refused.stdout) == {
        Finding("good", "{swaks_answer} 554 5.7.0 Reject, id={amavis_id} - spam")
    }, refused.stdout
    lab.set_amavis(final_spam_destiny="D_PASS")
    try:
        passed = lab.run(command)
    finally:
        lab.set_amavis(final_spam_destiny="D_REJECT")
    assert recipe.results(passed.stdout) == {"bad"}, passed.stdout


def test_spam_score_shows_the_rules_that_fit(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["spam-score"]
    mail = lab.directory / "spam.eml"
    mail.write_text(f"From: ann@remote.example\nSubject: test\n\n{GTUBE}\n", encoding="ascii")
    command = next(text for text in recipe.commands(mail_file=str(mail)) if " -L " in text)
    # SpamAssassin makes a folder in the user's home.
    done = lab.run(f"HOME={lab.directory}; export HOME; {command}")
    assert recipe.results(done.stdout) == {"good", "bad"}, done.stdout


# --- the queue ---


@pytest.fixture
def waiting(lab: Lab) -> Iterator[str]:
    """The queue ID of a deferred mail; the queue is empty before and after."""
    lab.run("postsuper -d ALL")
    queue_id = lab.queue_id(sender="ann@local.example", to="bob@later.example")
    lab.wait_for(lambda: in_queue(lab, "deferred", queue_id), "the mail is deferred")
    yield queue_id
    lab.run("postsuper -d ALL")


def in_queue(lab: Lab, name: str, queue_id: str) -> bool:
    return any((lab.directory / "spool" / name).rglob(queue_id))


def test_queue_inspect_lists_mail_counts_it_and_names_the_reason(
    lab: Lab, recipes: dict[str, Recipe], waiting: str
) -> None:
    recipe = recipes["queue-inspect"]
    listing = lab.run(recipe.command("postqueue -p"))
    assert waiting in listing.stdout
    assert recipe.results(listing.stdout) == {"good", "bad"}, listing.stdout
    count = lab.run(recipe.command("postqueue -p |"))
    assert recipe.findings(count.stdout) == {
        Finding("good", "-- {kilobytes} Kbytes in {message_count} Request.")
    }
    reasons = lab.run(recipe.command("postqueue -j"))
    assert reasons.stdout.split()[0] == "1"
    assert "Connection refused" in reasons.stdout
    assert recipe.results(reasons.stdout) == {"bad"}
    shape = lab.run(recipe.command("qshape deferred"))
    assert "later.example" in shape.stdout


def test_queue_inspect_of_an_empty_queue_is_good(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["queue-inspect"]
    lab.run("postsuper -d ALL")
    empty = lab.run(recipe.command("postqueue -p"))
    assert recipe.findings(empty.stdout) == {Finding("good", "Mail queue is empty")}, empty.stdout


def test_queued_mail_show_prints_header_and_envelope(
    lab: Lab, recipes: dict[str, Recipe], waiting: str
) -> None:
    recipe = recipes["queued-mail-show"]
    header = lab.run(recipe.command("postcat -hq", queue_id=waiting))
    assert "Subject: test" in header.stdout
    assert "Good evening" not in header.stdout
    envelope = lab.run(recipe.command("postcat -eq", queue_id=waiting))
    assert recipe.results(envelope.stdout) == {"good"}
    assert "sasl_username=test" in envelope.stdout
    assert "Subject" not in envelope.stdout
    gone = lab.run(recipe.command("postcat -q", queue_id="ABCDEF"))
    assert (gone.returncode, recipe.results(gone.stdout)) == (1, {"bad"})


def test_hold_and_release(lab: Lab, recipes: dict[str, Recipe], waiting: str) -> None:
    recipe = recipes["hold-and-release"]
    held = lab.run(recipe.command("postsuper -h", queue_id=waiting))
    assert recipe.results(held.stdout) == {"good"}
    assert f"{waiting}!" in lab.run("postqueue -p").stdout
    released = lab.run(recipe.command("postsuper -H", queue_id=waiting))
    assert recipe.results(released.stdout) == {"good"}
    assert f"{waiting}!" not in lab.run("postqueue -p").stdout
    nothing = lab.run(recipe.command("postsuper -H", queue_id="ABCDEF"))
    assert recipe.results(nothing.stdout) == {"bad"}


def test_queue_flush_tries_one_mail_again(
    lab: Lab, recipes: dict[str, Recipe], waiting: str
) -> None:
    deferred = f"{waiting}: to=<bob@later.example>"
    before = lab.mail_log().count(deferred)
    done = lab.run(recipes["queue-flush"].command("postqueue -i", queue_id=waiting))
    assert (done.returncode, done.stdout) == (0, "")
    lab.wait_for(lambda: lab.mail_log().count(deferred) > before, "another try")


def test_queue_requeue_gives_the_mail_a_new_life(
    lab: Lab, recipes: dict[str, Recipe], waiting: str
) -> None:
    recipe = recipes["queue-requeue"]
    done = lab.run(recipe.command("postsuper -r", queue_id=waiting))
    assert recipe.results(done.stdout) == {"good"}, done.stdout
    # pickup looks for requeued mail once a minute; the recipe says how to wake it.
    assert "`postqueue -f` wakes it" in recipe.entry.sections["Pitfalls"]
    lab.run("postqueue -f")
    lab.wait_for_log(f"orig_id={waiting}")


def test_queue_delete_gives_a_mail_up_with_a_bounce(
    lab: Lab, recipes: dict[str, Recipe], waiting: str
) -> None:
    recipe = recipes["queue-delete"]
    expired = lab.run(recipe.command("postsuper -e", queue_id=waiting))
    assert recipe.results(expired.stdout) == {"good"}, expired.stdout
    lab.run(recipe.command("postqueue -i", queue_id=waiting))
    lab.wait_for_log(
        f"{waiting}: from=<ann@local.example>, status=force-expired, returned to sender"
    )
    gone = lab.run(recipe.command("postsuper -d", queue_id="ABCDEF"))
    assert recipe.results(gone.stdout) == {"bad"}


@pytest.mark.parametrize("form", ["postqueue -j", "postqueue -p"])
def test_queue_delete_by_sender_finds_that_senders_mail_only(
    lab: Lab, recipes: dict[str, Recipe], waiting: str, form: str
) -> None:
    if form == "postqueue -j":
        needs("jq")
    recipe = recipes["queue-delete-by-sender"]
    other = lab.queue_id(sender="carol@local.example", to="bob@later.example")
    lab.wait_for(lambda: in_queue(lab, "deferred", other), "the other mail is deferred")
    listed = lab.run(recipe.command(form, sender="ann@local.example"))
    if form == "postqueue -j":
        assert listed.stdout.strip() == "1"
        deleted = lab.run(recipe.command("postsuper -d -", queue_id=waiting))
    else:
        assert listed.stdout.split() == [waiting]
        deleted = lab.run("postsuper -d -", stdin=listed.stdout)
    assert recipe.results(deleted.stdout) == {"good"}, deleted.stdout
    left = lab.run("postqueue -p").stdout
    assert other in left
    assert waiting not in left


# --- logs ---


def test_trace_message_leads_from_the_address_to_the_delivery(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["trace-message"]
    sent = lab.send(sender="trace@remote.example")
    queued = re.search(r"queued as (\w+)", sent.stdout)
    assert queued, sent.stdout
    lab.wait_for_log(f"{queued[1]}: removed")
    lab.wait_for_log(f"queued as {queued[1]}; from=")
    log = str(lab.mail_log_file)
    first = lab.run(recipe.command("grep", address="trace@remote.example", log_file=log))
    assert f"{queued[1]}: from=<trace@remote.example>" in first.stdout
    second = next(
        text
        for text in recipe.commands(queue_id=queued[1], log_file=log)
        if f"-- {queued[1]}" in text
    )
    story = lab.run(second)
    assert recipe.results(story.stdout) == {"good"}, story.stdout
    assert len(recipe.findings(story.stdout)) == 3


def test_trace_message_shows_the_filters_refusal(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["trace-message"]
    refused = lab.send(body=GTUBE)
    found = re.search(r"id=(\d+-\d+)", refused.stdout)
    assert found, refused.stdout
    lab.wait_for_log(found[0])
    command = next(
        text
        for text in recipe.commands(amavis_id=found[1], log_file=str(lab.mail_log_file))
        if found[1] in text
    )
    assert recipe.results(lab.run(command).stdout) == {"bad"}


def test_who_sends_most_counts_logins(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["who-sends-most"]
    lab.queue_id(sender="ann@local.example", to="test@local.example")
    for command in recipe.commands(log_file=str(lab.mail_log_file)):
        done = lab.run(command)
        assert recipe.results(done.stdout) <= {"good"}, done.stdout
    logins = lab.run(recipe.command('grep -E "^($(date', log_file=str(lab.mail_log_file)))
    assert f"sasl_username={USER}\n" in logins.stdout


# --- settings and tables ---


def test_lookup_test_and_table_rebuild(lab: Lab, recipes: dict[str, Recipe]) -> None:
    ask, build = recipes["lookup-test"], recipes["table-rebuild"]
    source = lab.directory / "aliases-of-test"
    source.write_text("a@local.example b@local.example\n", encoding="ascii")
    values = {"key": "a@local.example", "table": f"hash:{source}"}
    missing = lab.run(ask.command("postmap -q", **values))
    assert missing.returncode == 1
    assert Finding("bad", "postmap: fatal: open database {path}: {errno}") in ask.findings(
        missing.stdout
    )
    assert lab.run(build.command("postmap", **values)).stdout == ""
    assert lab.run(ask.command("postmap -q", **values)).stdout == "b@local.example\n"
    assert (
        lab.run(ask.command("postmap -s", **values)).stdout == "a@local.example\tb@local.example\n"
    )
    none = lab.run(ask.command("postmap -q", key="x@local.example", table=f"hash:{source}"))
    assert (none.returncode, none.stdout) == (1, "")


def test_which_settings_and_reload_and_check_find_a_slip_in_a_name(
    lab: Lab, recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    show, check = recipes["which-settings"], recipes["reload-and-check"]
    listing = lab.run(show.command("postconf -n"))
    assert show.results(listing.stdout) == {"good"}, listing.stdout
    overrides = lab.run(show.command("postconf -P"))
    assert show.results(overrides.stdout) == {"good"}
    warnings = check.command("postconf -n 2>&1")
    assert lab.run(warnings).stdout == ""
    shutil.copytree(lab.configuration, tmp_path / "etc")
    elsewhere = f"MAIL_CONFIG={tmp_path}/etc; export MAIL_CONFIG; "
    lab.run(
        elsewhere + check.command("postconf -e", parameter="mydestinatoin", value="local.example")
    )
    slip = lab.run(elsewhere + warnings)
    assert check.results(slip.stdout) == {"bad"}, slip.stdout


def test_bounce_template_preview_shows_this_hosts_name(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["bounce-template-preview"]
    preview = lab.run(recipe.command("postconf -b"))
    assert f"This is the mail system at host {NAME}." in preview.stdout
    assert recipe.results(preview.stdout) == {"good"}
    templates = lab.run(recipe.command("postconf -t"))
    assert templates.stdout.count(" = <<EOF") == 4
    absent = lab.run(recipe.command("postconf -b ", template_file=str(lab.directory / "none.cf")))
    assert recipe.results(absent.stdout) == {"bad"}, absent.stdout


def test_address_test_names_the_delivery_agent(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["address-test"]
    for recipient, result in (("test@local.example", "good"), ("nobody@local.example", "bad")):
        values = {"sender": "test@local.example", "recipient": recipient}
        sent = lab.run(recipe.command("sendmail", **values))
        assert recipe.results(sent.stdout) == {"good"}, sent.stdout
        status = "deliverable" if result == "good" else "undeliverable"
        wait_for_status(lab, recipient, status)
    results = lab.run(recipe.command("grep", log_file=str(lab.mail_log_file)))
    assert recipe.results(results.stdout) == {"good", "bad"}


def wait_for_status(lab: Lab, recipient: str, status: str) -> None:
    line = re.compile(rf": to=<{recipient}>.* status={status} ")
    lab.wait_for(lambda: line.search(lab.mail_log()), f"{recipient} is {status}")


def test_listening_ports_names_the_program(lab: Lab, recipes: dict[str, Recipe]) -> None:
    recipe = recipes["listening-ports"]
    listens = lab.run(recipe.command("ss -H", port=str(lab.ports["smtp"])))
    assert recipe.results(listens.stdout) == {"good"}, listens.stdout
    assert "master" in listens.stdout
    assert lab.run(recipe.command("ss -H", port=str(lab.ports["closed"]))).stdout == ""
    assert lab.run(recipe.command("postfix status")).returncode == 0


def test_help_offline_finds_the_page_that_the_seeds_command_misses(
    lab: Lab, recipes: dict[str, Recipe]
) -> None:
    recipe = recipes["help-offline"]
    names = lab.run(recipe.command("postconf -d", word="queue_lifetime"))
    assert "maximal_queue_lifetime = 5d" in names.stdout
    needs("man", "apropos")
    if "postconf.5" not in lab.run("man -w 5 postconf").stdout:
        pytest.skip("the man pages are not installed")
    pages = lab.run(recipe.command("man -wK", word="queue_lifetime"))
    assert "postconf.5" in pages.stdout
    assert recipe.results(pages.stdout) == {"good"}
    titles = lab.run(recipe.command("apropos postfix"))
    if "nothing appropriate" not in titles.stdout:
        assert recipe.results(titles.stdout) == {"good"}
        assert all(page in titles.stdout for page in ("postconf (5)", "postqueue (1)"))


# --- every recipe ---


@pytest.mark.parametrize("shell", list(SHELLS))
def test_every_command_is_good_syntax_in_every_shell(
    recipes: dict[str, Recipe], shell: str
) -> None:
    needs(SHELLS[shell][0])
    for recipe in recipes.values():
        for command in recipe.commands():
            checked = subprocess.run(
                [*SHELLS[shell], "-n", "-c", command], capture_output=True, text=True
            )
            assert (checked.returncode, checked.stderr) == (0, ""), f"{recipe.entry.id}: {command}"
