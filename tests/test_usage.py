"""How a program reads its words: options, clusters, values, subcommands, commands inside commands."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelp import usage
from mailhelp.usage import Command, TableTools

ROWS: dict[str, dict[str, Any]] = {
    "options/tool": {
        "does": "Does it",
        "page": "tool(1)",
        "options": {
            "-r": "Recursive.",
            "-f": {"does": "Force.", "changes": True},
            "-n NUMBER, --lines=NUMBER": "So many.",
            "-starttls PROTOCOL": "Start TLS.",
            "-starttls smtp": "Start TLS as SMTP does.",
            "-o SETTING": "Set it.",
            "-NUMBER": "So many lines.",
            "--recursive": "All.",
            "--reverse": "Backwards.",
        },
        "operands": {"FILE": "The file.", "deferred": "The deferred queue."},
        "words": {"all": "All of them.", "before DATE": "Older than this."},
        "titles": {"-r -f": "Deletes it"},
    },
    "options/alias": {"like": "tool", "does": "Does it too"},
    "options/long": {
        "does": "Has long options",
        "style": "long",
        "options": {"-connect HOST": "Where to."},
        "commands": {
            "s_client": {
                "does": "Connects",
                "options": {"-brief": "Short."},
                "words": {"here": "Here."},
            },
            "s_server": {"does": "Serves", "like": "s_client", "options": {"-once": "Once."}},
        },
    },
    "options/sudo": {"does": "As root", "runs": 0, "options": {"-u USER": "As whom."}},
    "options/ssh": {"does": "Elsewhere", "runs": 1, "options": {"-p PORT": "The port."}},
    "options/sh": {"does": "A shell", "options": {"-c SCRIPT": "The script."}},
}
TOOLS = TableTools(lambda name: ROWS.get(name, {}))


def read(text: str) -> Command:
    return usage.read_all(text, TOOLS)[0]


def pieces(text: str) -> list[tuple[str, str, str | None, str]]:
    """Kind, name, value and meaning of each piece but the program."""
    return [
        (piece.kind, piece.name, piece.value, piece.meaning.does if piece.meaning else "")
        for piece in read(text).pieces
        if piece.kind != "program"
    ]


@pytest.mark.parametrize(
    "text", ["tool -n 5", "tool -n5", "tool --lines=5", "tool --lines 5", "tool --line=5"]
)
def test_a_value_in_every_way_that_it_is_written(text: str) -> None:
    assert pieces(text) == [("option", "-n", "5", "So many.")]


def test_options_in_one_word() -> None:
    assert pieces("tool -rfn 5 x") == [
        ("option", "-r", None, "Recursive."),
        ("option", "-f", None, "Force."),
        ("option", "-n", "5", "So many."),
        ("operand", "x", "x", "The file."),
    ]
    text = "tool -rf"
    assert [text[piece.start : piece.end] for piece in read(text).pieces[1:]] == ["-r", "f"]


def test_what_nobody_explains_has_no_meaning() -> None:
    assert pieces("tool -rx --nobody a b") == [
        ("option", "-r", None, "Recursive."),
        ("option", "-x", None, ""),
        ("option", "--nobody", None, ""),
        ("operand", "a", "a", "The file."),
        ("operand", "b", "b", ""),
    ]
    assert pieces("tool --re") == [("option", "--re", None, "")]  # it could be two


def test_a_value_may_have_a_meaning_of_its_own() -> None:
    assert pieces("tool -starttls smtp")[0][3] == "Start TLS as SMTP does."
    assert pieces("tool -starttls imap")[0][3] == "Start TLS."
    assert pieces("tool -20") == [("option", "-NUMBER", None, "So many lines.")]


def test_operands_by_place_by_pattern_and_by_word() -> None:
    assert [piece[3] for piece in pieces("tool x deferred ALL")] == [
        "The file.", "The deferred queue.", "All of them.",
    ]  # fmt: skip
    assert pieces("tool -- -r")[0][3].startswith("Ends the options")
    assert pieces("tool -- -r")[1] == ("operand", "-r", "-r", "The file.")


def test_a_word_that_takes_the_next_one_along() -> None:
    found = pieces("tool file before 30d all")
    assert ("operand", "before 30d", "before 30d", "Older than this.") in found
    assert ("operand", "all", "all", "All of them.") in found
    assert pieces("tool file before")[-1][1] == "before"


def test_a_subcommand_like_another() -> None:
    told = {name: meaning for _, name, _, meaning in pieces("long s_server -brief -once here")}
    assert (told["-brief"], told["-once"], told["here"]) == ("Short.", "Once.", "Here.")


def test_a_subcommand_has_its_programs_options_too() -> None:
    found = read("long s_client -brief --connect mx.example:25")
    assert found.subcommand == "s_client"
    assert [piece.name for piece in found.options()] == ["-brief", "-connect"]
    assert list(found.options())[1].value == "mx.example:25"


@pytest.mark.parametrize(
    "text",
    ["sudo tool -r x", "sudo -u ann tool -r x", "ssh -p 22 mx tool -r x", "ssh mx 'tool -r x'",
     "sh -c 'tool -r x'", "echo $(tool -r x)", "sudo sh -c \"tool -r x\""],
)  # fmt: skip
def test_the_command_inside_is_read(text: str) -> None:
    inner = list(usage.everything([read(text)]))[-1]
    assert inner.program == "tool"
    assert [piece.name for piece in inner.options()] == ["-r"]
    assert text[inner.start : inner.end] == "tool -r x"


def test_a_variable_before_the_command_inside_is_no_operand() -> None:
    inner = list(usage.everything([read("sudo A=b tool -r")]))[-1]
    assert (inner.program, [piece.name for piece in inner.options()]) == ("tool", ["-r"])


def test_a_tool_like_another_says_what_it_does_itself() -> None:
    found = read("alias -r").tool
    assert found is not None
    assert found.does == "Does it too"
    assert pieces("alias -r")[0][3] == "Recursive."
    assert TOOLS.tool("nobody") is None


def test_redirections_and_assignments_are_pieces() -> None:
    assert [(kind, name, value) for kind, name, value, _ in pieces("A=b tool x >/dev/null")] == [
        ("assignment", "A=b", None),
        ("operand", "x", "x"),
        ("redirection", ">", "/dev/null"),
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("-r -f", "tool -fr x", True),
        ("-r -f", "tool -r x", False),
        ("-n 5", "tool --lines=5", True),
        ("-n 5", "tool -n 6", False),
        ("-n *", "tool -n 6", True),
        ("all", "tool x all", True),
        ("all all", "tool all", False),
        ("/spool/*", "tool -r /spool/deferred", True),
        ("", "tool", True),
    ],
)
def test_a_pattern_is_a_command_line(pattern: str, text: str, expected: bool) -> None:
    assert usage.matches(pattern, read(text), TOOLS) is expected


def test_dangers_worst_first_also_of_a_setting() -> None:
    rows = {
        "small": {"program": ["tool"], "patterns": ["-r"], "severity": "warning"},
        "large": {
            "program": ["tool"], "patterns": ["-f"], "without": ["-n *"], "severity": "fatal",
        },
        "empties": {"program": [">"], "patterns": ["*.cf"], "severity": "error"},
    }  # fmt: skip
    when = [{"parameter": "nets", "is": ["all"]}]
    fix = [{"run": "tool -x {name}", "why": "Closes it."}]
    checks = {
        "open": {"when": when, "severity": "notice", "title": "Open", "meaning": "All.", "fix": fix}
    }

    def names(text: str) -> list[str]:
        found = usage.dangers(rows, usage.read_all(text, TOOLS), TOOLS, lambda name: checks)
        told = {id(row): name for name, row in rows.items()}
        return [told.get(id(row)) or row["danger"] for row in found]

    assert names("sudo tool -rf x >main.cf") == ["large", "empties", "small"]
    assert names("tool -rf -n 5") == ["small"]
    assert names("tool x >>main.cf") == []
    assert names("tool -o 'nets = all'") == ["Open. All."]
    (row,) = usage.dangers(
        {}, usage.read_all("tool -o nets=all", TOOLS), TOOLS, lambda name: checks
    )
    assert row["instead"] == [{"run": "tool -x nets", "why": "Closes it."}]
    assert names("tool -o nets=none") == []
