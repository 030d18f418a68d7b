"""main.cf and master.cf are read as Postfix reads them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mailhelp.conditions import items
from mailhelp.host.postfixfiles import by_level, expand, main_cf, master_cf, names_in

VALUES = {
    "compatibility_level": "3.6",
    "myhostname": "mx.example.com",
    "mydomain": "example.com",
    "stress": "",
    "loop": "$pool",
    "pool": "$loop",
    "empty": "",
}


def test_a_line_goes_on_over_comments_and_empty_lines() -> None:
    found = main_cf(["a = 1,", "# comment", "", "   2", "b=3"])
    assert [(each.name, each.value, each.line) for each in found.settings] == [
        ("a", "1,   2", 1),
        ("b", "3", 5),
    ]
    assert [number for number, _, _ in found.settings[0].logical.pieces] == [1, 4]


def test_the_last_of_two_settings_counts_and_strays_are_kept() -> None:
    found = main_cf([" x = 1", "a = 1", "relayhost", "a = 2"])
    assert found.values == {"a": "2"}
    assert [each.text for each in found.strays] == ["relayhost"]
    assert [each.text for each in found.orphans] == [" x = 1"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$myhostname, localhost.$mydomain", "mx.example.com, localhost.example.com"),
        ("${myhostname} $(mydomain)", "mx.example.com example.com"),
        ("a$$b", "a$b"),
        ("${stress?{10}:{300}}s", "300s"),
        ("${stress?10}${stress:300}s", "300s"),
        ("${mydomain?{has $mydomain}:{none}}", "has example.com"),
        ("${{$compatibility_level} <level {1} ? {old} : {new}}", "new"),
        ("${{$compatibility_level} <level {3.10} ? {old} : {new}}", "old"),
        ("${{a} == {a} ? {yes} : {no}}", "yes"),
        ("${{9} < {10} ? {yes} : {no}}", "yes"),
        ("$unknown", None),
        ("$loop", None),
        ("${myhostname", None),
    ],
)
def test_names_are_filled_in(value: str, expected: str | None) -> None:
    assert expand(value, VALUES.get) == expected


def test_a_list_is_parted_outside_of_braces() -> None:
    assert items("a, b  {c, d} e{f g}") == ["a", "b", "{c, d}", "e{f g}"]
    assert names_in("$a ${b?c} $(d) $$e") == ["a", "b", "d"]


def test_services_with_their_columns_and_settings() -> None:
    found, orphans = master_cf(
        [
            "smtp      inet  n       -       y       -       -       smtpd",
            "  -o smtpd_tls_security_level=may",
            "  # comment",
            "  -o { smtpd_milters = inet:localhost:8891 }",
            "  -o milter_protocol = 6",
            "short inet n - y smtpd",
        ]
    )
    smtp, short = found
    assert not orphans
    assert smtp.name == "smtp/inet"
    assert (smtp.column("chroot"), smtp.program, len(smtp.columns)) == ("y", "smtpd", 8)
    assert [(o.name, o.value, o.line, o.spaced) for o in smtp.overrides] == [
        ("smtpd_tls_security_level", "may", 2, False),
        ("smtpd_milters", "inet:localhost:8891", 4, False),
        ("milter_protocol", "6", 5, True),
    ]
    assert (short.columns, short.program) == (("short", "inet", "n", "-", "y", "smtpd"), "smtpd")


@pytest.mark.skipif(shutil.which("postconf") is None, reason="Postfix is not installed")
def test_postconf_fills_in_the_same(tmp_path: Path) -> None:
    """The parser beside Postfix's own, over a file with every form of reference."""
    text = (
        "compatibility_level = 3.6\nmyhostname = mx.example.com\nmydomain = example.com\n"
        "mydestination = $myhostname,\n# x\n\n  localhost.$mydomain, ${relayhost?{a}:{b}}\n"
        "relayhost = [mail.example.com]:587\nmyorigin = ${mydomain}\n"
        "smtpd_banner = $myhostname ESMTP $$mail_name\n"
    )
    (tmp_path / "main.cf").write_text(text)
    names = ["mydestination", "myorigin", "smtpd_banner"]
    done = subprocess.run(
        ["postconf", "-c", str(tmp_path), "-x", *names],
        capture_output=True, text=True, timeout=10, check=True,
    )  # fmt: skip
    expected = dict(line.split(" = ", 1) for line in done.stdout.splitlines())
    values = main_cf(text.split("\n")).values
    for name in names:
        filled = expand(values[name], values.get)
        assert filled is not None
        assert items(filled) == items(expected[name]), name


def test_an_indented_comment_is_no_part_of_a_setting() -> None:
    found = main_cf(["a = 1,", "   # not this", "   2 # but this"])
    assert found.values == {"a": "1,   2 # but this"}


def test_a_default_by_compatibility_level() -> None:
    value = "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}"
    assert by_level(value) == ("compatibility_level", "3.6", "md5", "sha256")
    assert by_level("$myhostname") is None


def test_a_value_that_doubles_at_each_name_ends() -> None:
    """Were each name filled in anew wherever it stands, this would not come to an end."""
    values = {f"a{n}": f"$a{n - 1}$a{n - 1}" for n in range(1, 30)} | {"a0": "x"}
    assert expand("$a10", values.get) == "x" * 1024
    assert expand("$a29", values.get) is None
    assert expand("$a29", {**values, "a0": ""}.get) == ""
