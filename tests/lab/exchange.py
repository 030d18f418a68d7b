"""What stands around a mail server: servers that take its mail, a milter, a policy service.

Each runs in threads of the test, on loopback, and decides by the local part of an address, so that a
test knows how a mail must end. The milter and the policy service log as such programs do.
"""

from __future__ import annotations

import contextlib
import itertools
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self


class Log:
    """A log file of its own, in the traditional syslog form."""

    def __init__(self, file: Path, host: str) -> None:
        self.file = file
        self._host = host
        self._lock = threading.Lock()

    def write(self, tag: str, message: str) -> None:
        with self._lock, self.file.open("a", encoding="utf-8") as stream:
            stream.write(f"{time.strftime('%b %e %H:%M:%S')} {self._host} {tag}: {message}\n")


class Server:
    """A TCP server on loopback that handles each connection with ``talk(stream)`` in a thread."""

    def __init__(self, port: int, talk: Callable[[Any], None]) -> None:
        class Handler(socketserver.StreamRequestHandler):
            timeout = 60

            def handle(self) -> None:
                with contextlib.suppress(OSError, EOFError):
                    talk(self)

        class Threads(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Threads(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


class Remote:
    """Another mail server: ``no…`` is refused for good, ``busy…`` for now, ``again…`` at first, ``cut…``
    loses the connection in DATA, ``nobounce…`` takes no notifications; all else is taken. It speaks LMTP too, and then
    ``full…`` is refused when the whole mail is there.

    ``ids`` is what it calls the mails that it takes: any other server's ids.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._numbers = itertools.count(1)
        self.claims: list[str] = []

    def talk(self, stream: Any) -> None:
        def say(text: str) -> None:
            stream.wfile.write(text.encode() + b"\r\n")

        say("220 mx.sink.example ESMTP")
        sender, taken, is_lmtp = "", list[str](), False
        for line in stream.rfile:
            words = line.decode("utf-8", "replace").strip()
            verb = words[:4].upper()
            address = words.partition("<")[2].partition(">")[0]
            if verb in ("EHLO", "HELO", "LHLO"):
                is_lmtp = verb == "LHLO"
                say("250 mx.sink.example")
            elif verb == "MAIL":
                sender, taken = address, []
                say("250 2.1.0 Ok")
            elif verb == "RCPT":
                reply = self._answer(address, sender)
                taken += [address] if reply.startswith("2") else []
                say(reply)
            elif verb == "DATA":
                say("354 go on")
                for body in stream.rfile:
                    if taken[-1].startswith("cut"):
                        return
                    if body == b".\r\n":
                        break
                id = f"{next(self._numbers):05X}F0F"
                if taken[-1].startswith("claim") and self.claims:
                    id = self.claims[0]  # as any server may call its mails
                for each in taken if is_lmtp else ["all"]:
                    is_full = each.startswith("full")
                    say("552 5.2.2 Full" if is_full else f"250 2.0.0 Ok: queued as {id}")
            elif verb == "QUIT":
                say("221 2.0.0 Bye")
                return
            else:
                say("250 2.0.0 Ok")

    def _answer(self, address: str, sender: str) -> str:
        if address.startswith("no") and (sender == "" or not address.startswith("nobounce")):
            return f"550 5.1.1 <{address}>: no such user"
        if address.startswith("busy"):
            return "450 4.2.1 the mailbox is busy"
        if address.startswith("again") and address not in self._seen:
            self._seen.add(address)
            return "450 4.7.1 greylisted, try again"
        return "250 2.1.5 Ok"


class Milter:
    """A milter that refuses senders ``refuse…`` at the end, for now ``try…``, puts ``hold…`` into quarantine, drops
    ``drop…``, refuses recipients ``milterno…``, and logs each mail twice: as opendkim does, and as nobody else.
    """

    def __init__(self, log: Log) -> None:
        self._log = log

    def talk(self, stream: Any) -> None:
        sender, queue_id = "", ""
        while True:
            head = stream.rfile.read(4)
            if len(head) < 4:
                return
            data = stream.rfile.read(struct.unpack(">I", head)[0])
            command, rest = data[:1], data[1:]
            if command == b"O":
                _packet(stream, b"O" + struct.pack(">III", 6, 0x20, 0))
            elif command == b"D":
                names = rest[1:].decode("utf-8", "replace").split("\0")
                macros = dict(zip(names[::2], names[1::2], strict=False))
                queue_id = macros.get("i", queue_id)
            elif command == b"M":
                sender = rest.split(b"\0")[0].decode().strip("<>")
                _packet(stream, b"c")
            elif command == b"R" and rest.startswith(b"<milterno"):
                _packet(stream, b"y550 5.7.1 not this one\0")
            elif command == b"E":
                self._log.write(
                    "opendkim[77]",
                    f"{queue_id}: DKIM-Signature field added (s=mail, d=local.example)",
                )
                self._log.write("ourmilter[78]", f"looked at {queue_id}, nothing to say")
                if sender.startswith("refuse"):
                    _packet(stream, b"y550 5.7.1 we do not like it\0")
                elif sender.startswith("try"):
                    _packet(stream, b"y451 4.7.1 not today\0")
                elif sender.startswith("drop"):
                    _packet(stream, b"d")
                else:
                    if sender.startswith("hold"):
                        _packet(stream, b"qlater\0")
                    _packet(stream, b"a")
            elif command == b"Q":
                return
            elif command in (b"A", b"K"):
                continue
            else:
                _packet(stream, b"c")


def _packet(stream: Any, data: bytes) -> None:
    stream.wfile.write(struct.pack(">I", len(data)) + data)
    stream.wfile.flush()


class Policy:
    """A policy service that has nothing against anybody but recipients ``grey…``, and senders ``late…`` when the
    whole mail is there; it logs the queue ID if there is one.
    """

    def __init__(self, log: Log) -> None:
        self._log = log

    def talk(self, stream: Any) -> None:
        asked: dict[str, str] = {}
        for line in stream.rfile:
            name, _, value = line.decode("utf-8", "replace").strip().partition("=")
            if name:
                asked[name] = value
                continue
            action = "DUNNO"
            if asked.get("recipient", "").startswith("grey"):
                action = "450 4.2.0 Greylisted"
            if asked.get("queue_id"):
                self._log.write(
                    "ourpolicy[79]",
                    f"{asked['queue_id']}: stage={asked['protocol_state']}, score 0",
                )
                if asked["protocol_state"] == "END-OF-MESSAGE" and asked["sender"].startswith(
                    "late"
                ):
                    action = "550 5.7.1 Seen enough of it"
            stream.wfile.write(f"action={action}\n\n".encode())
            asked = {}
