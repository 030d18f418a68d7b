"""What the lab's servers really write is recognised, and its mails are traced."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .lab import MAILBOX, Lab

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@pytest.fixture(scope="module", params=["lab", "lab13"])
def lab(request: pytest.FixtureRequest) -> Lab:
    """The lab with each Postfix."""
    running: Lab = request.getfixturevalue(request.param)
    return running


def mailhelp(lab: Lab, bundled: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **lab.environment,
        "HOME": str(home),
        "MAILHELP_INDEX": str(bundled),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return subprocess.run(
        [sys.executable, "-m", "mailhelp", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


def logs(lab: Lab) -> list[str]:
    return [str(lab.mail_log_file), str(lab.directory / "amavis" / "amavis.log")]


def traced(lab: Lab, bundled: Path, home: Path, name: str) -> dict[str, Any]:
    done = mailhelp(lab, bundled, home, "trace", "--json", name, *logs(lab))
    assert done.returncode == 0, done.stderr
    stories = [json.loads(line)["story"] for line in done.stdout.splitlines()]
    assert len(stories) == 1
    return dict(stories[0])


def test_a_mail_through_the_filter(lab: Lab, bundled: Path, tmp_path: Path) -> None:
    sent = lab.send(sender="through@remote.example")
    assert sent.returncode == 0, sent.stdout
    queue_id = re.findall(r"queued as (\w+)", sent.stdout)[-1]
    lab.wait_for_log(f"{queue_id}: removed")
    lab.wait_for(lambda: f"queued_as: {queue_id}" in lab.amavis_log(), "amavis's summary")
    story = traced(lab, bundled, tmp_path, queue_id)
    programs = [step["program"] for step in story["flow"]]
    assert programs == [
        "postfix/smtpd", "amavis", "postfix/smtpd", "postfix/cleanup", "postfix/qmgr", "postfix/virtual"
    ]  # fmt: skip
    assert story["outcome"] == "delivered"
    assert story["missing"] == []
    assert story["sender"] == "through@remote.example"
    assert story["told"].endswith(f"queued as {queue_id}")
    (recipient,) = story["recipients"]
    assert (recipient["address"], recipient["status"]) == (MAILBOX, "sent")
    assert story["amavis_ids"]
    assert story["mail_ids"]
    again = traced(lab, bundled, tmp_path, story["amavis_ids"][0])
    assert again["queue_ids"] == [queue_id]


def test_spam_that_is_refused(lab: Lab, bundled: Path, tmp_path: Path) -> None:
    sent = lab.send(sender="spammer@remote.example", body=GTUBE)
    assert sent.returncode != 0
    lab.wait_for_log("from=<spammer@remote.example>")
    lab.wait_for(lambda: "Blocked SPAM" in lab.amavis_log(), "amavis's verdict")
    story = traced(lab, bundled, tmp_path, "spammer@remote.example")
    assert story["outcome"] == "rejected"
    assert story["told"].startswith("554 5.7.0 Reject, id=")
    assert [step["program"] for step in story["flow"]] == ["postfix/smtpd", "amavis"]
    assert story["queue_ids"] == []


def test_every_record_of_the_lab_has_an_entry(lab: Lab, bundled: Path, tmp_path: Path) -> None:
    lab.send("--quit-after", "RCPT", to="bob@example.net")  # relaying, refused
    lab.send("-tls", port="submission", login=True)
    lab.wait_for_log("Relay access denied")
    done = mailhelp(lab, bundled, tmp_path, "explain", "--json", *logs(lab))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) > 20
    unknown = [answer["text"] for answer in answers if answer["recognised"] != "entry"]
    assert unknown == []


def test_the_value_of_a_setting_on_this_host(lab: Lab, bundled: Path, tmp_path: Path) -> None:
    done = mailhelp(lab, bundled, tmp_path, "--json", "myhostname")
    own = json.loads(done.stdout)["parameters"][0]
    assert (own["name"], own["value"], own["set"]) == ("myhostname", "mail.local.example", True)


def test_the_settings_and_templates_of_this_host(lab: Lab, bundled: Path, tmp_path: Path) -> None:
    config = json.loads(mailhelp(lab, bundled, tmp_path, "--json", "config").stdout)
    assert "virtual_mailbox_domains" in [each["name"] for each in config["parameters"]]
    template = json.loads(mailhelp(lab, bundled, tmp_path, "--json", "template", "failure").stdout)
    assert "$myhostname" in template["text"]
    assert "mail.local.example" in template["sections"][0]["text"]


def test_the_printed_starttls_check_works_when_pasted(
    lab: Lab, bundled: Path, tmp_path: Path
) -> None:
    values = ("host=localhost", f"port={lab.ports['smtp']}", f"ca_file={lab.ca_file}")
    done = mailhelp(lab, bundled, tmp_path, "--json", "recipe", "starttls-check", *values)
    answer = json.loads(done.stdout)
    for shell in ("bash", "dash"):
        ran = lab.run(answer["commands"][0]["command"], shell=(shell,))
        assert ran.returncode == 0, ran.stdout
        assert "Ciphersuite: TLS_" in ran.stdout
    plain = mailhelp(lab, bundled, tmp_path, "recipe", "starttls-check", *values).stdout
    assert answer["commands"][0]["command"] in plain
