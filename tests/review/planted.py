"""Faults as administrators make them, planted into a good configuration (``tests/planted/``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailhelp.answer import Finding
from mailhelp.corpus.checks import facts
from mailhelp.host import othersettings
from mailhelp.host.postfixfiles import main_cf, master_cf
from mailhelp.host.tablefiles import Text
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration, Other
from mailhelp.review.fault import Known

FOLDER = Path(__file__).parent.parent / "planted"


def read(name: str) -> str:
    """The text of a file of the folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


def faults(name: str, kind: str = "fault") -> list[dict[str, Any]]:
    """The planted faults of a file."""
    found: list[dict[str, Any]] = tomllib.loads(read(name))[kind]
    return found


def planted(fault: Mapping[str, Any]) -> Configuration:
    """The good configuration with a fault in it."""
    main = _without(read("good.main.cf"), fault.get("unset", ()))
    lines = fault.get("set", "").split("\n")
    main = _without(main, [line.partition("=")[0].strip() for line in lines])
    main += f"{fault.get('set', '')}\n{fault.get('append', '')}\n"
    edits = fault.get("master", ())
    master = _edited(read("good.master.cf"), [("", edits)] if isinstance(edits, str) else edits)
    known = tomllib.loads(read("good.toml"))["files"] | fault.get("files", {})
    files = {path: facts(row) for path, row in known.items()}
    services, strays = master_cf(master.split("\n"))
    dovecot = _edited(read("good.doveconf"), fault.get("dovecot", ()))
    opendkim = _edited(read("good.opendkim.conf"), fault.get("opendkim", ()))
    return Configuration(
        main_cf(main.split("\n")),
        services,
        strays,
        others={
            "dovecot": Other("doveconf -n", othersettings.dovecot(dovecot.split("\n"))),
            "opendkim": Other("opendkim.conf", othersettings.opendkim(opendkim.split("\n"))),
        },
        fact=lambda path: files[path][0] if path in files else None,
        certificate=lambda path: files[path][1] if path in files else None,
        types=frozenset(fault["types"].split()) if "types" in fault else None,
    )


def is_found(known: Known, fault: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Whether a finding at the place of the fault says what it is; and all that was found."""
    found = [each.finding for each in checks.faults(known, planted(fault))]
    told = [
        f"{each.severity} {each.file}:{each.line}: {each.title} | {each.text[:50]}"
        for each in found
    ]
    return any(_tells(each, fault) for each in found), told


def with_table(fault: Mapping[str, Any]) -> Configuration:
    """The good configuration with a lookup table: that of the fault's place, else the first that it sets."""
    found = planted(fault)
    place = re.search(r"/[\w./]+", fault.get("at", "")) or re.search(r":(/[\w./]+)", fault["set"])
    if place is None:
        return found
    path, lines = place[place.lastindex or 0], fault["table"].split("\n")
    return found._replace(table=lambda asked: Text(lines) if asked == path else None)


def is_found_in_table(known: Known, fault: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Whether a finding at the line of the fault says what it is; and all that was found."""
    found = [each.finding for each in checks.faults(known, with_table(fault))]
    told = [
        f"{each.severity} {each.file}:{each.line}: {each.title} | {each.text}" for each in found
    ]
    right = (
        f"{each.title} {each.meaning}".casefold()
        for each in found
        if f"{each.file}:{each.line}".startswith(fault["at"])
    )
    says = [word.casefold() for word in fault["says"]]
    return any(word in said for said in right for word in says), told


def _tells(finding: Finding, fault: Mapping[str, Any]) -> bool:
    file, _, beginning = fault["at"].partition(" ")
    said = f"{finding.title} {finding.meaning} {finding.text}".casefold()
    if not any(word.casefold() in said for word in fault["says"]):
        return False
    if file.startswith("/"):
        return file in said
    if file in ("dovecot", "opendkim"):
        return beginning.strip().casefold() in said or (finding.file or "").startswith(
            ("dove", file)
        )
    if finding.file not in (file, None):
        return False
    # what only a whole service lacks has no line of its own
    return not beginning or finding.line is None or beginning.strip().casefold() in said or (
        file == "master.cf"
    )  # fmt: skip


def _without(text: str, names: Any) -> str:
    for name in names:
        if name:
            text = re.sub(rf"(?m)^{re.escape(name)}[ \t]*=.*\n(?:[ \t].*\n)*", "", text)
    return text


def _edited(text: str, edits: Any) -> str:
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1) if old else f"{text}{new}\n"
    return text
