"""Samples as tests, references, and single files against the whole corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.check import check, check_files
from mailhelp.corpus.show import patterns
from mailhelp.errors import NothingFound
from tests.conftest import CORPUS
from tests.corpus.conftest import FRONT, Faults, Write, entry, shown

PLACE = "log/postfix/smtpd/a.md"
TOPIC = "title = 'T'\nasked_as = ['t']\nsources = ['us']\n"


def samples(*lines: str) -> str:
    return "\n".join(("", "## Samples", "", "```", *lines, "```", ""))


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["zork from unknown[192.0.2.7]", "  client_address = 192.0.2.7"], None),
        (["blork"], "a.md:13: sample fits none of its patterns: blork"),
        (["zork from unknown[192.0.2.7]", "connect from unknown[192.0.2.7]"],
         "a.md:14: sample is taken by log/postfix/smtpd/connect"),
        (["zork from unknown[192.0.2.7]", "  client_address = 192.0.2.8"],
         "a.md:13: sample: client_address is '192.0.2.7', not '192.0.2.8'"),
        (["zork from unknown[192.0.2.7]", "  sender = x"],
         "a.md:13: sample: sender is not there, not 'x'"),
        (["zork from unknown[8.8.8.8]"], "a.md:13: 8.8.8.8 is not an address for documentation"),
        (["... zork from unknown[192.0.2.7]"], "a.md:13: no part of this entry has frames"),
    ],
)  # fmt: skip
def test_a_sample_that_fails_is_named(
    write: Write, faults: Faults, lines: list[str], fault: str | None
) -> None:
    write(PLACE, entry(samples=samples(*lines)))
    found = faults()
    assert any(text.startswith(fault) for text in found) if fault else found == []


def test_every_pattern_needs_a_sample(write: Write, faults: Faults) -> None:
    front = FRONT.replace("['zork from {client}']", "[\n  'zork from {client}',\n  'plugh',\n]")
    write(PLACE, entry(front))
    assert faults() == ["a.md:5: this pattern has no sample: plugh"]


def test_an_inner_sample_is_tried_in_every_frame(write: Write, faults: Faults) -> None:
    use = FRONT + "use = ['reject']\n"
    write(
        PLACE,
        entry(
            use, samples=samples("... zork from unknown[192.0.2.7]", "  client_address = 192.0.2.7")
        ),
    )
    assert faults() == []
    write(PLACE, entry(use, samples=samples("... blork")))
    assert len([text for text in faults() if "a.md:14: sample is taken by" in text]) == 4


def test_a_part_shows_a_line_of_each_frame(write: Write, faults: Faults) -> None:
    write("parts/p.md", entry(
        "title = 'P'\nframes = ['one {...}', 'two {...}']\n", samples=samples("one {...}", "two", "three {...}")
    ))  # fmt: skip
    assert faults() == [
        "p.md:3: this frame has no sample: two {...}",
        "p.md:11: a part's sample is a whole line with {...} in it",
        "p.md:12: sample fits none of its frames",
    ]


def test_references_lead_somewhere(write: Write, faults: Faults) -> None:
    write("topics/t.md", entry(
        TOPIC + "related = ['topic/proxy-filter', 'topic/nobody']\nparameters = ['mynetworks', 'mynetwork']\n",
        samples="",
    ))  # fmt: skip
    assert faults() == [
        "t.md:5: related: there is no entry 'topic/nobody'",
        "t.md:6: parameters: Postfix has no 'mynetwork'",
    ]


def test_a_path_of_this_host_is_no_path_of_another(write: Write, faults: Faults) -> None:
    write("topics/t.md", entry(
        TOPIC + "[[commands]]\nrun = 'grep x /var/log/maillog /var/spool/postfix.old'\nwhy = 'y'\n", samples=""
    ))  # fmt: skip
    assert faults() == ["t.md:6: /var/log/maillog is another one elsewhere: write {mail_log}"]


def test_the_text_of_a_family_says_what_each_name_is(write: Write, faults: Faults) -> None:
    front = TOPIC + "names = ['one_limit', 'one_limit_more']\n"
    write("parameters/one_limit.md", entry(front, "- `one_limit_more`: More.\n", samples=""))
    assert faults() == ["one_limit.md:5: names: the text does not say what 'one_limit' is"]
    write("parameters/one_limit.md", entry(
        front + "units = { two = 'bytes' }\n", "- `one_limit`, `one_limit_more`: It.\n", samples=""
    ))  # fmt: skip
    assert faults() == ["one_limit.md:6: units: 'two' is none of the names"]


def test_a_recipe_explains_its_options(write: Write, faults: Faults) -> None:
    write("recipes/r.md", entry(
        TOPIC + "requires = ['x']\n[options]\n'-a {h}' = 'A.'\n"
        "[placeholders.h]\nmeaning = 'H.'\ncheck = 'number'\nexample = 'x'\n"
        "[[commands]]\nrun = 'x -a {h} --bee'\nwhy = 'y'\n"
        "[[outputs]]\nresult = 'good'\npattern = 'ok'\nsample = 'ok'\nmeaning = 'Good.'\n",
        samples="",
    ))  # fmt: skip
    assert sorted(text.partition(": ")[2] for text in faults()) == [
        "option --bee is not explained in [options]",
        "placeholder h: the example 'x' fails its check",
    ]


def test_the_words_that_tell_are_words_of_the_output(write: Write, faults: Faults) -> None:
    write("recipes/r.md", entry(
        TOPIC + "requires = ['x']\n[options]\n'-a' = 'A.'\n[[commands]]\nrun = 'x -a'\nwhy = 'y'\n"
        "[[outputs]]\nresult = 'good'\npattern = 'all ok'\nsample = 'all ok'\ntells = 'no'\nmeaning = 'Good.'\n",
        samples="",
    ))  # fmt: skip
    (fault,) = faults()
    assert "the line 'all ok' does not hold 'no'" in fault


def test_a_note_may_fit_as_well_as_a_bundled_entry(write: Write, faults: Faults) -> None:
    front = FRONT.replace("zork", "connect")
    write(PLACE, entry(front, samples=samples("connect from unknown[192.0.2.7]")))
    assert faults() == []


def test_one_file_is_checked_against_all_others(base: Base, tmp_path: Path) -> None:
    path = CORPUS / "log/postfix/smtpd/relay-access-denied.md"
    compiled, faults = check_files(CORPUS, [path], base)
    assert (faults, [document.id for document in compiled.documents]) == (
        [],
        ["log/postfix/smtpd/relay-access-denied"],
    )
    copy = tmp_path / "log/postfix/smtpd/copy.md"
    copy.parent.mkdir(parents=True)
    copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "defaults.toml").touch()
    _, faults = check_files(tmp_path, [copy], base)
    assert all("taken by" in shown(fault) or "just as well" in shown(fault) for fault in faults)
    assert faults


def test_patterns_are_shown_with_their_frames(base: Base) -> None:
    lines = list(patterns(CORPUS, "log/postfix/smtpd/relay-access-denied", base))
    assert lines[0] == "<{address}>: Relay access denied"
    assert lines[1].startswith("  postfix/smtpd: {queue_id}: {reject_action}: {smtp_stage} from")
    assert lines[2].startswith("    (?>(NOQUEUE|")
    with pytest.raises(NothingFound):
        list(patterns(CORPUS, "log/postfix/smtpd/nobody", base))


def test_a_whole_corpus_refers_only_to_itself(write: Write, tmp_path: Path) -> None:
    write("defaults.toml", "mynetworks = 'x'\n")
    write("topics/t.md", entry(
        TOPIC + "related = ['topic/u', 'topic/proxy-filter']\nparameters = ['mynetworks', 'mydomain']\n",
        samples="",
    ))  # fmt: skip
    write("topics/u.md", entry(TOPIC, samples=""))
    _, found = check(tmp_path / "notes")
    assert [shown(fault) for fault in found] == [
        "t.md:5: related: there is no entry 'topic/proxy-filter'",
        "t.md:6: parameters: Postfix has no 'mydomain'",
    ]


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        (
            "postfix/oqmgr",
            "a.md:7: program: records of 'postfix/oqmgr' are those of 'postfix/qmgr'",
        ),
        ("postfix/qmgr", None),
        ("postfix/any", None),
        ("zorkd", None),
    ],
)
def test_a_program_whose_records_are_read_as_another_is_named(
    write: Write, faults: Faults, program: str, fault: str | None
) -> None:
    write(PLACE, entry(f"{FRONT}program = ['{program}']\n"))
    assert faults() == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("checked", "good"),
    [("3.10.13 and 3.7.11: smtpd.c; lab", True), ("smtpd.c", False), ("3.10.13", False)],
)
def test_a_second_reading_names_version_and_files(
    write: Write, faults: Faults, checked: str, good: bool
) -> None:
    write(PLACE, entry(f"{FRONT}checked = '{checked}'\n"))
    assert (faults() == []) is good


@pytest.mark.parametrize(
    ("command", "good"),
    [
        ("run = 'echo x >/tmp/a'", False),
        ("run = 'echo x >/tmp/a'\nchanges = true", True),
        ("run = 'echo x >/tmp/a'\nchanges = false", True),
        ("run = 'postconf -n 2>/dev/null'", True),
    ],
)
def test_a_command_that_writes_says_that_it_changes_something(
    write: Write, faults: Faults, command: str, good: bool
) -> None:
    write(PLACE, entry(f"{FRONT}[[commands]]\n{command}\nwhy = 'x'\n"))
    assert (faults() == []) is good


def test_a_label_is_whole_words_of_a_message(write: Write, faults: Faults) -> None:
    write("log/x.md", entry(text="A client.\n\n- `zork fr`: It waits.\n- `zork from`: It went.\n"))
    assert faults() == ["x.md:10: the label `zork fr` begins or ends inside a word of the message"]
