"""Tries each check of ``checks/`` with a configuration that has the fault and with one that has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from mailhelp.conditions import Certificate, Fact
from mailhelp.corpus.compile import Compiled
from mailhelp.corpus.read import CHECKS, Corpus, Fault, place_of
from mailhelp.host import othersettings
from mailhelp.host.postfixfiles import main_cf, master_cf, parted
from mailhelp.host.tablefiles import Text
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration, Other
from mailhelp.review.fault import Known


def known(compiled: Compiled) -> Known:
    """What a review needs, from a compiled corpus."""
    defaults = compiled.tables.get("defaults", {})
    names = {name for each in compiled.documents if each.kind == "parameter" for name in each.names}

    def near(word: str, among: Iterable[str] | None) -> str | None:
        found = get_close_matches(word, list(names if among is None else among), 1, 0.78)
        return found[0] if found else None

    tables = compiled.tables
    return Known(
        tables.get("settings", {}),
        tables.get(CHECKS, {}),
        lambda name: name in names or name in defaults,
        defaults.get,
        near,
        lambda name, value: value,
    )


def configuration(sample: str | Mapping[str, Any]) -> Configuration:
    """The configuration that a sample is; ``files`` are facts, ages in days and modes as chmod takes them."""
    row: Mapping[str, Any] = {"text": sample} if isinstance(sample, str) else sample
    settings, services = parted(row.get("text", "").strip("\n").split("\n"))
    main = main_cf(settings)
    rows, strays = master_cf(row["master"].split("\n") if "master" in row else services)
    others = {
        name: Other(file, read(row[name].split("\n")))
        for name, file, read in (
            ("dovecot", "dovecot.conf", othersettings.dovecot),
            ("opendkim", "opendkim.conf", othersettings.opendkim),
        )
        if row.get(name)
    }
    files = {path: facts(known) for path, known in row.get("files", {}).items()}
    return Configuration(
        main,
        rows or None,
        strays,
        not row.get("part"),
        others,
        lambda path: files[path][0] if path in files else None,
        lambda path: files[path][1] if path in files else None,
        frozenset(row["types"]) if row.get("types") else None,
        lambda path: _text(row.get("tables", {}).get(path)),
    )


def _text(held: str | None) -> Text | None:
    """The text of a table of a sample, where U+FFFD stands for a byte that is no UTF-8."""
    return None if held is None else Text(held.replace("\ufffd", "\udc80").split("\n"))


def facts(row: Mapping[str, Any]) -> tuple[Fact, Certificate]:
    """What a sample says of a file."""
    mode = int(row["mode"], 8) if "mode" in row else None
    key = row.get("key", "")
    shut = key == "encrypted"
    return (
        Fact(row.get("missing", False), row.get("folder", False), mode, row.get("age"), row.get("digest", "")),
        Certificate(
            row.get("expires"), row.get("public", ""), tuple(row.get("names", ())), "" if shut else key, shut
        ),
    )  # fmt: skip


def faults(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    """The checks that are silent where they should speak, or speak where they should be silent; dead links."""
    rows = compiled.own_tables.get(CHECKS, {})
    if not rows:
        return
    about = known(compiled)
    ids = {document.id for document in compiled.documents}
    endings = tuple(about.settings.get("name_endings", {}).get("names", ()))
    subjects = about.settings.get("check_subjects", {}).get("names", ())
    for key, row in rows.items():
        path, line = place_of(corpus.folder, CHECKS, key)
        asked = _with(about, row)
        for which in ("bad", "good"):
            found = checks.faults(asked, configuration(row[which]))
            spoke = [each for each in found if each.row is row]
            if bool(spoke) != (which == "bad"):
                says = "does not find" if which == "bad" else "finds its fault in"
                yield Fault(path, line, f"[{key}] {says} the {which} sample")
            for each in spoke:
                if "  " in each.finding.title or "“”" in each.finding.title + each.finding.meaning:
                    yield Fault(path, line, f"[{key}] a hole of its texts is not filled")
        for id in row.get("related", ()):
            if id not in ids:
                yield Fault(path, line, f"[{key}] related: there is no entry '{id}'")
        if not row.get("when") and not row.get("service") and not row.get("shape"):
            yield Fault(path, line, f"[{key}] has neither 'when' nor 'service' nor 'shape'")
        if key.partition("/")[0] not in subjects:
            yield Fault(path, line, f"[{key}] settings.toml: check_subjects lacks its file")
        for name in _names(row):
            if not about.is_name(name) and not name.endswith(endings):
                yield Fault(path, line, f"[{key}] Postfix has no parameter '{name}'")


def _with(about: Known, row: Mapping[str, Any]) -> Known:
    """What is known, with no checks but ``row``, those that a fault of its title could hide, and the shapes."""
    rows = about.checks.items()
    left = {key: row_ for key, row_ in rows if "shape" in row_ or row_["title"] == row["title"]}
    return about._replace(checks=left)


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    from mailhelp.conditions import parameters

    for name in parameters(row):
        if "*" not in name and "/" not in name:
            yield name
