"""How master.cf is written, and what is wrong with that: columns, programs, options. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from mailhelp import regexes as re
from mailhelp.conditions import items
from mailhelp.host.postfixfiles import ANY_PROGRAM, Logical, Service, names_in
from mailhelp.review.fault import MASTER, Fault, Known
from mailhelp.review.language import ODD_BLANK, Writer


def master_cf(
    known: Known,
    services: Sequence[Service],
    main: Mapping[str, str] | None,
    *,
    strays: Iterable[Logical] = (),
    file: str = MASTER,
) -> Iterator[Fault]:
    """The faults in how a master.cf is written; ``main`` is what main.cf sets, ``None`` if that is not known.

    ``strays`` are indented lines that go on with no service.
    """
    maker = _Master(known, services, main, file)
    yield from maker.faults()
    yield from (maker.fault("orphan", each) for each in strays)


class _Master(Writer):
    def __init__(
        self,
        known: Known,
        services: Sequence[Service],
        main: Mapping[str, str] | None,
        file: str,
    ) -> None:
        super().__init__(known, file)
        self.services = services
        self.main = main

    def faults(self) -> Iterator[Fault]:
        seen: dict[str, int] = {}
        for service in self.services:
            if service.columns and service.columns[0] == "-o":
                yield self.fault("option_outdented", service.logical)
                continue
            yield from self._service(service)
            if service.name in seen:
                line = str(seen[service.name])
                yield self.fault("service_twice", service.logical, service.name, line=line)
            seen[service.name] = service.logical.number

    def _service(self, service: Service) -> Iterator[Fault]:
        logical, columns = service.logical, service.columns
        if ODD_BLANK.search(logical.text):
            yield self.fault("odd_blank", logical, service.name)
        if len(columns) > 1:
            types = self.table["service_types"]["names"]
            if columns[1] not in types:
                yield self.fault("service_type", logical, service.name, type=columns[1])
        if len(columns) != 8:
            yield self.fault("columns", logical, service.name, count=str(len(columns)))
            return
        text = self.table["master_columns"]
        for name in ("private", "unpriv", "chroot"):
            if service.column(name) not in ("y", "n", "-"):
                yield self.fault(
                    "column", logical, column=name, value=service.column(name), text=text[name]
                )
        if not re.fullmatch(r"-|\d+\??", service.column("wakeup")):
            yield self.fault(
                "column", logical, column="wakeup", value=service.column("wakeup"),
                text=text["wakeup"],
            )  # fmt: skip
        if not re.fullmatch(r"-|\d+", service.column("maxproc")):
            yield self.fault(
                "column", logical, column="maxproc", value=service.column("maxproc"),
                text=text["maxproc"],
            )  # fmt: skip
        if columns[1] == "inet" and service.column("private") != "n":
            yield self.fault("private_inet", logical, service.name)
        yield from self._program(service)
        yield from self._overrides(service)
        yield from self._strays(service)

    def _program(self, service: Service) -> Iterator[Fault]:
        program = service.program
        daemons = self.table["daemons"]
        if program.startswith("/") or "/" in program:
            return
        if program not in daemons:
            near = self.known.near(program, daemons)
            key = "daemon_near" if near else "daemon"
            yield self.fault(key, service.logical, service.name, program=program, near=near or "")
        if program in self.table["root_daemons"]["names"]:
            if service.column("chroot") == "y":
                yield self.fault("chroot_where_none", service.logical, program=program)
            if service.column("unpriv") != "n":
                yield self.fault("unpriv_where_root", service.logical, program=program)

    def _overrides(self, service: Service) -> Iterator[Fault]:
        own = {each.name: each.value for each in service.overrides}
        for each in service.overrides:
            logical = service.logical._replace(pieces=piece_of(service.logical, each.line))
            if each.spaced:
                setting = f"{each.name}={each.value}"
                yield self.fault(
                    "option_blanks", logical, each.name, setting=setting, value=each.value
                )
                continue
            if not each.name:
                yield self.fault("option_no_sign", logical, each.name, value=each.value)
                continue
            if each.name in self.table["old_parameters"]:
                text = self.table["old_parameters"][each.name]
                yield self.fault("old", logical, each.name, text=text)
            elif not self._is_known(each.name, own):
                near = self.known.near(each.name, None)
                key = "unknown_near" if near else "unknown"
                yield self.fault(key, logical, each.name, near=near or "")
            yield from self.value(each.name, each.value, logical)
            if "$" not in each.value:
                yield from self.typed(each.name, each.value, logical)
                yield from self.tables(each.name, each.value, logical)
            if each.name in self.table["restriction_lists"]["names"]:
                yield from self.restrictions(each.name, each.value, self._classes(), logical)

    def _strays(self, service: Service) -> Iterator[Fault]:
        """Words that a program does not expect: the rest of a value with a blank in it, or others."""
        takes = self.table["argument_daemons"]["names"]
        ours = service.program in self.table["daemons"] or service.program == ANY_PROGRAM
        if service.program in takes or not ours:
            return
        spaced = any(each.spaced for each in service.overrides)
        for (after, line), group in groupby(service.strays, lambda each: (each.after, each.line)):
            words = " ".join(each.word for each in group)
            name, _, value = after.partition("=")
            logical = service.logical._replace(pieces=piece_of(service.logical, line))
            if not after and spaced:
                continue  # words of the fault that is told of the blanks
            if not after:
                yield self.fault("argument", logical, program=service.program, word=words)
                continue
            joined = ",".join(filter(None, re.split(r"[\s,]+", f"{value} {words}")))
            yield self.fault(
                "option_cut",
                logical,
                name,
                value=value or after,
                word=words,
                setting=f"{name}={joined}",
            )

    def _classes(self) -> list[str]:
        return items((self.main or {}).get(self.table["restriction_lists"]["classes"], ""))

    def _is_known(self, name: str, own: Mapping[str, str]) -> bool:
        values = [*own.values(), *(self.main or {}).values()]
        return (
            self.known.is_name(name)
            or name in self.table["newer_parameters"]
            or name in self.table["expansions"]["names"]
            or any(name.endswith(f"_{ending}") for ending in self.table["name_endings"]["names"])
            or any(name in names_in(value) for value in values)
        )


def piece_of(logical: Logical, line: int) -> tuple[tuple[int, int, str], ...]:
    """The piece of a logical line in the line of this number, else all of it."""
    found = tuple(piece for piece in logical.pieces if piece[0] == line)
    return found or logical.pieces
