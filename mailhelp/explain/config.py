"""main.cf and master.cf → their answer: faults first, then what is set, explained.

A line that somebody typed, a text that was pasted, a copied folder, or this host's own files: all are read by
the same parser, so that none of them needs Postfix.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from mailhelp import regexes as re
from mailhelp.answer import Answer, Command, Finding, Parameter, Section, Span
from mailhelp.conditions import SEVERE, fits, items, sentence
from mailhelp.conditions import parameters as parameters_of
from mailhelp.errors import SourceError
from mailhelp.explain import common, parameter
from mailhelp.host import postconf
from mailhelp.host.machine import Host
from mailhelp.host.postfixfiles import (
    ANY_PROGRAM,
    COLUMNS,
    MOST_LINES,
    Logical,
    MainCf,
    Override,
    Service,
    Setting,
    expand,
    main_cf,
    master_cf,
    options_alone,
    parted,
)
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import Name
from mailhelp.light import TYPE_CHECKING, regex
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration, Other
from mailhelp.review.fault import MAIN, MASTER, Fault, Known

if TYPE_CHECKING:
    from mailhelp.host.filefacts import Files

_SOURCES = ("postconf(1)", "postconf(5)", "master(5)")
_OF_SERVICE = regex(r"([^/\s]+/[^/\s]+)/([A-Za-z0-9_]+)$")
_QUOTE = regex(r"(?:[ \t]*>)+ ?")
_WORD = regex(r"[^\s,]+")
_MOST_SPANS = 2000
_MOST_COMMANDS = 4
_MOST_NEAR = 200
"""Words for which a near one is looked for."""
_LONGEST_LINE = 65_536
"""Characters of a line of a file that are read as one."""


def known(library: Library) -> Known:
    """What the review needs, from the library."""

    asked: set[str] = set()

    @functools.cache
    def is_name(name: str) -> bool:
        return any(hit.shown == name for hit in library.named(name, "parameter"))

    @functools.cache
    def default(name: str) -> str | None:
        return common.parameter(library, name).default

    @functools.cache
    def nearest(word: str) -> str | None:
        return next((name.shown for name in library.closest(word, "parameter")), None)

    def near(word: str, among: Iterable[str] | None) -> str | None:
        from difflib import get_close_matches

        if len(asked) >= _MOST_NEAR and word not in asked:
            return None  # so many misspelt words are no configuration
        asked.add(word)
        if among is None:
            return nearest(word)
        found = get_close_matches(word, list(among), 1, 0.78)
        return found[0] if found else None

    def cover(name: str, value: str) -> str:
        covered = (
            library.redactor.cover_value(name, value) if name else library.redactor.cover(value)
        )
        return covered or value

    settings = library.table("settings")
    return Known(settings, library.table("checks"), is_name, default, near, cover)


def explain_line(library: Library, host: Host, text: str) -> Answer:
    """The answer for one line of main.cf, or for one ``-o`` of master.cf."""
    text = text.strip()
    option = options_alone([text])
    review_of = main_cf([text]) if option is None else _settings_of(option)
    read = Configuration(review_of) if option is None else Configuration(None, [option])
    faults = checks.faults(known(library), read._replace(whole=False))
    written = review_of.settings[0].name if review_of.settings else text.split()[0]
    near = next((fault.values["near"] for fault in faults if fault.values.get("near")), None)
    name = written if library.named(written, "parameter") else near
    pasted = _pasted(library, review_of) if name == written else ""
    # what is at fault is no start for a command
    severe = [each for each in faults if each.finding.severity in SEVERE]
    value = "" if severe or pasted.endswith("= (empty)") else pasted.partition(" = ")[2]
    base = _parameter_answer(library, host, name, value) if name else None
    spans = tuple(span for each in review_of.settings for span in _setting_spans(library, each))
    title, danger = _headline(faults, base.title if base else written)
    told = next((fault for fault in faults if fault.finding.title == title), None)
    gist = told.finding.meaning if told else ""
    if pasted and base is not None:
        gist = title if title != written else gist
        title = pasted
    made = Answer(
        kind="config",
        query=text,
        recognised="entry" if base else "generic",
        title=title,
        severity=faults[0].finding.severity if faults else None,
        danger=danger,
        gist=gist,
        text=text,
        spans=spans,
        findings=tuple(fault.finding._replace(file=None) for fault in faults),
        commands=mends(faults),
        sources=_SOURCES,
    )
    if base is None:
        return made
    # what changes main.cf does not change what master.cf says
    own = [each for each in base.commands if option is None or not each.changes]
    return base._replace(
        kind=made.kind,
        query=text,
        title=title,
        severity=made.severity,
        danger=danger,
        gist=made.gist,
        parameters=_unasked(base.parameters),
        notes=(*_here(base.parameters), *base.notes) if pasted else base.notes,
        text=text,
        spans=spans,
        findings=made.findings,
        commands=tuple(dict.fromkeys(parameter.meant((*mends(severe), *own, *made.commands)))),
    )


def _settings_of(option: Service) -> MainCf:
    """What ``-o`` sets, as settings."""
    settings = (Setting(each.name, each.value, option.logical) for each in option.overrides)
    return MainCf(tuple(settings), (), ())


def _pasted(library: Library, main: MainCf) -> str:
    """The setting as it was given, on one line; the question is about this value, not about the one here."""
    if len(main.settings) != 1:
        return ""
    setting = main.settings[0]
    value = library.redactor.cover_value(setting.name, " ".join(setting.value.split()))
    return f"{setting.name} = {value or '(empty)'}"


def _here(parameters: Iterable[Parameter]) -> Iterator[str]:
    """What the setting that was pasted is on this host, else by default."""
    for each in parameters:
        if each.asked and each.value is not None:
            yield f"On this host it is {each.value or 'empty'}{'' if each.set else ', the default'}."
        elif each.asked and each.default is not None:
            yield f"The default is {each.default or 'empty'}."


def _unasked(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters of a line: the question was not about their values."""
    return tuple(each._replace(asked=False) for each in parameters)


def _parameter_answer(library: Library, host: Host, name: str, value: str) -> Answer | None:
    found = library.named(name, "parameter")
    document = library.document(found[0].id) if found else None
    if document is None:
        return None
    names = tuple(hit.shown for hit in found if hit.id == document.id)
    return parameter.explain(library, host, name, [parameter.Asked(document, names, value)])[0]


def _headline(faults: Sequence[Fault], title: str) -> tuple[str, str]:
    """Title and danger: the worst fault is what the answer begins with."""
    danger = next((_sentence(f) for f in faults if f.danger and f.finding.severity in SEVERE), "")
    if faults and not faults[0].danger and faults[0].finding.severity in SEVERE:
        return faults[0].finding.title, danger
    return title, danger


def _sentence(fault: Fault) -> str:
    return sentence(fault.row, fault.values) if fault.danger else fault.finding.title


def mends(faults: Iterable[Fault]) -> tuple[Command, ...]:
    """The commands that mend the faults, of the worst first."""
    found = (each for fault in faults for each in fault.finding.fix)
    return tuple(dict.fromkeys(found))[:_MOST_COMMANDS]


def explain_text(library: Library, lines: Iterable[str]) -> Answer:
    """The answer for lines of main.cf, master.cf, or what postconf printed of them, in any mixture."""
    from itertools import islice

    kept = _unquoted([line.rstrip("\n") for line in islice(lines, MOST_LINES)])
    text = "\n".join(kept)
    alone = options_alone(kept)
    settings, services = parted(kept) if alone is None else ([], [])
    main = main_cf(settings)
    rows, _ = master_cf(services) if alone is None else ([alone], [])
    own, of_services = _of_services(main)
    rows = _with_overrides(rows, of_services)
    given = own if own.settings or own.strays else None
    read = Configuration(given, rows or None, whole=False)
    faults = checks.faults(known(library), read)
    spans = [span for each in main.settings for span in _setting_spans(library, each)]
    spans += [span for each in rows for span in _service_spans(library, each)]
    counted = _counted(len(own.settings), len(rows), [each.finding for each in faults])
    title, danger = _headline(faults, counted)
    known_as = "" if faults or own.settings else _what_it_is(library, rows)
    return Answer(
        kind="config",
        recognised="entry",
        title=known_as or (title if len(faults) == 1 and not danger else counted),
        gist=f"{counted}." if known_as else "",
        severity=faults[0].finding.severity if faults else None,
        danger=danger,
        text=text if len(kept) <= _MOST_SPANS else "",
        spans=tuple(spans[:_MOST_SPANS]) if len(kept) <= _MOST_SPANS else (),
        findings=tuple(fault.finding._replace(file=None) for fault in faults),
        commands=mends(faults),
        parameters=tuple(_given(library, own, faults)),
        notes=() if known_as else tuple(_told_services(library, rows)),
        sources=_SOURCES,
    )


def at_fault(library: Library, program: str, line: str) -> bool:
    """Whether one line of another program's settings has a fault that it shows by itself."""
    return bool(_faults_of_other(library, program, [line]))


def _faults_of_other(library: Library, program: str, lines: Iterable[str]) -> list[Fault]:
    from mailhelp.host import othersettings

    settings = othersettings.READERS[program](lines)
    read = Configuration(None, None, whole=False, others={program: Other("", settings)})
    return checks.faults(known(library), read)


def explain_other(library: Library, program: str, lines: Iterable[str]) -> Answer:
    """The answer for pasted settings of another program (``host.othersettings.READERS``): the faults that they show by
    themselves, and those beside Postfix's defaults.
    """
    from itertools import islice

    from mailhelp.host import othersettings

    kept = _unquoted([line.rstrip("\n") for line in islice(lines, MOST_LINES)])
    settings = othersettings.READERS[program](kept)
    faults = _faults_of_other(library, program, kept)
    counted = _counted(len(settings), 0, [each.finding for each in faults])
    looked = _looked_at(library, program, settings)
    title, danger = _headline(faults, counted)
    return Answer(
        kind="config",
        recognised="entry",
        title=title if len(faults) == 1 and not danger else counted,
        severity=faults[0].finding.severity if faults else None,
        danger=danger,
        text=library.redactor.cover("\n".join(kept)),
        findings=tuple(fault.finding._replace(file=None) for fault in faults),
        commands=mends(faults),
        notes=(f"Looked at {'is' if looked == 1 else 'are'} {looked} of them: {_OTHER}",),
        related=tuple(dict.fromkeys(id for fault in faults for id in fault.finding.related)),
        sources=_sources(faults)[len(_SOURCES) :],
    )


_OTHER = "what concerns Postfix, logins and their secrecy. All else is not explained."


def _looked_at(library: Library, program: str, settings: Iterable[str]) -> int:
    """How many of another program's settings a check is about."""
    rows = library.table("checks").values()
    asked = {
        name.partition("/")[2].casefold()
        for row in rows
        for name in parameters_of(row)
        if name.startswith(f"{program}/")
    }
    return sum(any(fits(pattern, each) for pattern in asked) for each in settings)


def _unquoted(lines: list[str]) -> list[str]:
    """The lines without the ``>`` of a reply or a ticket, where all have it; indents stay, for they count."""
    written = [line for line in lines if line.strip()]
    if not written or not all(line.lstrip().startswith(">") for line in written):
        return lines
    return [_QUOTE.sub("", line) for line in lines]


Found = dict[str, list[tuple[Override, Logical]]]


def _of_services(main: MainCf) -> tuple[MainCf, Found]:
    """The settings without those of ``postconf -P`` (service/type/name = value), and those by service."""
    own: list[Setting] = []
    found: Found = {}
    for setting in main.settings:
        of = _OF_SERVICE.fullmatch(setting.name)
        if of:
            override = Override(of[2], setting.value, setting.line)
            found.setdefault(of[1], []).append((override, setting.logical))
        else:
            own.append(setting)
    return main._replace(settings=tuple(own)), found


def _with_overrides(rows: list[Service], found: Found) -> list[Service]:
    """The services, and those of which only what ``-o`` sets is known."""
    made = list(rows)
    for service, pairs in found.items():
        name, _, kind = service.partition("/")
        pieces = tuple(piece for _, logical in pairs for piece in logical.pieces)
        overrides = tuple(override for override, _ in pairs)
        columns = (name, kind, "n" if kind == "inet" else "-", "-", "-", "-", "-", "")
        made.append(Service(columns, ANY_PROGRAM, overrides, Logical(pieces)))
    return made


def _counted(settings: int, services: int, findings: Sequence[Finding]) -> str:
    what = []
    if settings:
        what.append(f"{settings} setting{'s' * (settings != 1)}")
    if services:
        what.append(f"{services} service{'s' * (services != 1)}")
    where = " and ".join(what) or "nothing that is a setting"
    said = _how_many(findings)
    return f"{said[:1].upper()}{said[1:]} in {where}"


def _how_many(findings: Sequence[Finding]) -> str:
    """How many faults and hints there are, as many as are shown."""
    faults = sum(each.severity in SEVERE for each in findings)
    hints = len(findings) - faults
    said = f"{faults} fault{'s' * (faults != 1)}" if faults else "no fault found"
    more = f"{hints} hint{'s' * (hints != 1)}"
    return f"{said}{' and' if faults else ','} {more}" if hints else said


def _given(library: Library, main: MainCf, faults: Sequence[Fault]) -> Iterator[Parameter]:
    """The settings of a text, each with what it is for; of a name that is there twice the last."""
    dangers = {fault.name: _sentence(fault) for fault in reversed(faults) if fault.danger}
    for name, value in main.values.items():
        about = common.parameter(library, name)
        covered = library.redactor.cover_value(name, value)
        yield about._replace(value=covered, set=True, danger=dangers.get(name, ""))


def _setting_spans(library: Library, setting: Setting) -> Iterator[Span]:
    """The name of a setting, and the words of its value that have a meaning of their own."""
    number, offset, raw = setting.logical.pieces[0]
    start = offset + raw.find(setting.name)
    name = setting.name.rpartition("/")[2]
    if name and setting.name in raw:  # one can be missing, or go on in the next line
        meaning = common.parameter(library, name).meaning
        meaning = f"{meaning}." if meaning else ""
        yield Span(start, start + len(setting.name), "parameter", setting.name, meaning)
    words = library.table("settings")["restrictions"]
    lists = library.table("settings")["restriction_lists"]["names"]
    tables = library.table("settings")["lookup_tables"]
    asks = library.table("settings")["restriction_operands"]["service"]
    word = ""
    after = len(raw.partition("=")[0]) + 1
    for number, offset, raw in setting.logical.pieces:
        for found in _WORD.finditer(raw, after if number == setting.line else 0):
            before, word = word, found[0]
            kind = word.lstrip("!").partition(":")
            if name in lists and word.casefold() in words:
                told, what = words[word.casefold()], "restriction"
            elif kind[1] and kind[0] in tables and kind[2] and before not in asks:
                told, what = tables[kind[0]], "table"
            else:
                continue
            yield Span(offset + found.start(), offset + found.end(), what, word, told)


def _service_spans(library: Library, service: Service) -> Iterator[Span]:
    if len(service.columns) != len(COLUMNS) or service.program == ANY_PROGRAM:
        return
    table = library.table("settings")
    number, offset, raw = service.logical.pieces[0]
    for column, found in zip(COLUMNS, re.finditer(r"\S+", raw), strict=False):
        told = table["master_values"].get(column, {}).get(found[0], table["master_columns"][column])
        if column == "command":
            told = table["daemons"].get(found[0], told)
        yield Span(offset + found.start(), offset + found.end(), column, found[0], told)
    for override in service.overrides:
        for number, offset, raw in service.logical.pieces:
            place = raw.find(override.name) if number == override.line else -1
            if override.name and place >= 0:
                told = common.parameter(library, override.name).meaning
                told_of = f"{override.name}={override.value}"
                shown = told_of if raw.startswith(told_of, place) else override.name
                place += offset
                yield Span(place, place + len(shown), "parameter", shown, told and f"{told}.")


def _what_it_is(library: Library, services: Sequence[Service]) -> str:
    """One service, in a few words; empty for several, and for one whose program nobody knows."""
    told = library.table("settings")["daemons"].get(services[0].program) if services else None
    return f"{services[0].name}: {told.rstrip('.')}" if told and len(services) == 1 else ""


def _told_services(library: Library, services: Iterable[Service]) -> Iterator[str]:
    """What master.cf sets for single services, one sentence a setting."""
    for service in services:
        for each in service.overrides:
            if each.name and not each.spaced:
                value = library.redactor.cover_value(each.name, each.value)
                of = f"{service.name}" if service.columns[0] else "the service above it"
                yield f"master.cf sets {each.name} = {value} for {of}."


def explain_place(
    library: Library, host: Host, place: str, lines: list[str] | None = None
) -> Answer:
    """The answer for a copied folder with main.cf and master.cf, or for one such file, of which ``lines`` were read.

    Raises ``SourceError`` if there is nothing to read.
    """
    if os.path.isdir(place):
        texts = {name: lines_of(os.path.join(place, name)) for name in (MAIN, MASTER)}
        if not any(text is not None for text in texts.values()):
            raise SourceError(
                f"In {place} there is neither a main.cf nor a master.cf that can be read.",
                "Name a folder such as /etc/postfix, or one file.",
            )
        if os.path.realpath(place) == os.path.realpath(_folder(library, host)):
            return explain_here(library, host)
        from mailhelp.host import filefacts

        original = library.places.values["config_directory"]
        endings = _endings(library)
        text = "\n".join(texts[MAIN] or ())
        files = filefacts.Files(host, filefacts.copied(place, original, endings, text))
        others = dict(_others_of_copy(files, place, original))
        answer = _explain_files(library, place, texts[MAIN], texts[MASTER], files, others)
        missing = [f"{name} was not read." for name, text in texts.items() if text is None]
        return answer._replace(notes=(*missing, *answer.notes, _COPY))
    if lines is None:
        raise SourceError(
            f"{place} cannot be read.", "Name a folder with main.cf and master.cf, or one file."
        )
    if any(line.strip() for line in parted(lines)[1]):
        return _explain_files(library, place, None, lines)
    return _explain_files(library, place, lines, None)


_COPY = "A copy: files that it does not hold were not looked at."


def _folder(library: Library, host: Host) -> str:
    return host.environ.get("MAIL_CONFIG") or postconf.FOLDER


def _endings(library: Library) -> list[str]:
    return [each for row in library.table("settings")["built_tables"].values() for each in row]


def lines_of(path: str) -> list[str] | None:
    """The lines of a file, packed or not; ``None`` if it cannot be read."""
    from io import TextIOWrapper
    from itertools import islice

    from mailhelp.log.files import open_text

    try:
        with open_text(path) as packed, TextIOWrapper(packed, "utf-8", "replace") as stream:
            lines = iter(lambda: stream.readline(_LONGEST_LINE), "")
            return [line.rstrip("\n") for line in islice(lines, MOST_LINES)]
    except (OSError, ValueError, SourceError):
        return None


def explain_here(library: Library, host: Host) -> Answer:
    """The answer for this host's own files. Raises ``SourceError`` if they cannot be read."""
    from mailhelp.host import filefacts

    reading = postconf.complaints(host)
    types = host.start("postconf", "-m", timeout=_SECONDS, last_words="postconf: fatal: ")
    dovecot = host.start("doveconf", "-n", timeout=_SECONDS) if host.which("doveconf") else None
    folder = _folder(library, host)
    main, master = (host.text_of(f"{folder}/{name}") for name in (MAIN, MASTER))
    complaints = reading()
    if main is None:
        reason = complaints.reason or f"{folder}/main.cf cannot be read."
        raise SourceError(
            f"The settings cannot be read: {reason}",
            "Name a copy of its folder: mailhelp config -c FOLDER",
        )
    files = filefacts.Files(host, filefacts.in_place)
    others = dict(_others(dovecot.result().stdout if dovecot else "", host.text_of(_OPENDKIM)))
    answer = _explain_files(
        library,
        folder,
        main.split("\n")[:MOST_LINES],
        master.split("\n")[:MOST_LINES] if master is not None else None,
        files,
        others,
        frozenset(types.result().stdout.split()) or None,
    )
    refused = (f"{complaints.reason} What follows is read from the files.",)
    notes = refused if complaints.reason else ()
    unread = (f"{path} cannot be read." for path in dict.fromkeys(files.unread))
    return answer._replace(notes=(*notes, *unread, *answer.notes, *complaints.warnings))


_SECONDS = 5.0
_OPENDKIM = "/etc/opendkim.conf"
_DOVECOT = "doveconf -n"


def _others(dovecot: str, opendkim: str | None) -> Iterator[tuple[str, Other]]:
    """The settings of the programs around Postfix."""
    from mailhelp.host import othersettings

    if dovecot:
        yield "dovecot", Other(_DOVECOT, othersettings.dovecot(dovecot.split("\n")))
    if opendkim:
        yield "opendkim", Other(_OPENDKIM, othersettings.opendkim(opendkim.split("\n")))


def _others_of_copy(files: Files, place: str, original: str) -> Iterator[tuple[str, Other]]:
    """The same of a copied tree."""
    if files.fact(_OPENDKIM) is not None:
        root = os.path.abspath(place).removesuffix(original)
        yield from _others("", "\n".join(lines_of(f"{root}{_OPENDKIM}") or []))


def _explain_files(
    library: Library,
    place: str,
    main_lines: list[str] | None,
    master_lines: list[str] | None,
    files: Files | None = None,
    others: Mapping[str, Other] = MappingProxyType({}),
    types: frozenset[str] | None = None,
) -> Answer:
    main = main_cf(main_lines or ())
    services, strays = master_cf(master_lines or ())
    read = Configuration(
        main if main_lines is not None else None,
        services if master_lines is not None else None,
        strays,
        others=others,
        types=types,
    )
    if files is not None:
        read = read._replace(fact=files.fact, certificate=files.certificate, table=files.table)
    faults = checks.faults(known(library), read)
    settings = tuple(_changed(library, main, faults))
    findings = tuple(
        each.finding if files is not None else each.finding._replace(file=None) for each in faults
    )
    worst = faults[0].finding if faults else None
    danger = f"{worst.title}." if worst and worst.severity == "fatal" else ""
    services_set = common.paragraphs(_told_services(library, services))
    return Answer(
        kind="config",
        query=place,
        recognised="entry",
        title=f"{place}: {_summary(findings, len(settings) if main_lines else None)}",
        severity=findings[0].severity if findings else None,
        danger=danger,
        findings=findings,
        commands=mends(faults),
        parameters=settings,
        notes=(
            *_cut((MAIN, main_lines), (MASTER, master_lines)),
            *(f"Of {path} only the beginning was read." for path in (files.cut if files else ())),
        ),
        sections=(Section(_OF_SERVICES, services_set, aside=True),) if services_set else (),
        related=tuple(dict.fromkeys(id for each in findings for id in each.related)),
        sources=_sources(faults),
    )


def _cut(*files: tuple[str, list[str] | None]) -> Iterator[str]:
    """Which files are too long to be read whole."""
    for name, lines in files:
        if lines is not None and len(lines) >= MOST_LINES:
            yield f"Of {name} only the first {MOST_LINES:,} lines were read."


def _sources(faults: Iterable[Fault]) -> tuple[str, ...]:
    own = (source for fault in faults for source in fault.row.get("sources", ()))
    return tuple(dict.fromkeys((*_SOURCES, *own)))


_OF_SERVICES = "What master.cf sets for single services"


def _summary(findings: Sequence[Finding], settings: int | None) -> str:
    said = _how_many(findings)
    if settings is None:
        return said
    many = settings != 1
    return f"{said}, {settings} setting{'s' * many} differ{'s' * (not many)} from the default"


def _changed(library: Library, main: MainCf, faults: Sequence[Fault]) -> Iterator[Parameter]:
    """What main.cf sets to something else than the default, with the value that counts."""
    values = main.values

    def lookup(name: str) -> str | None:
        value = values.get(name)
        return common.parameter(library, name).default if value is None else value

    for each in _given(library, main, faults):
        default = each.default
        raw = values[each.name]
        if default is not None and items(raw) == items(default):
            continue
        effective = expand(raw, lookup)
        shown = library.redactor.cover_value(each.name, raw if effective is None else effective)
        if default is not None and "$" in default:
            expanded = expand(default, lookup)
            if expanded is not None and items(expanded) == items(shown or ""):
                continue
        yield each._replace(value=shown)


def names_of(library: Library, text: str) -> list[Name]:
    """The parameters that a line ``name = value`` sets, whether spelt right or nearly."""
    name = text.partition("=")[0].strip()
    found = library.named(name, "parameter")
    if found:
        return found
    near = known(library).near(name, None)
    return library.named(near, "parameter") if near else []
