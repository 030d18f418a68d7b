"""A real mail server for tests: Postfix with STARTTLS and SASL, amavis with SpamAssassin, Dovecot's auth.

``lab.sh`` starts and stops the servers. This module finds a place and ports for them, talks to
them, reads their logs, and makes sure that nothing of them outlives the test.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

SCRIPT = Path(__file__).with_name("lab.sh")
PORTS = {
    "amavis": 0,
    "smtp": 1,
    "reinject": 2,
    "submission": 3,
    "smtps": 4,
    "expired": 5,
    "selfsigned": 6,
    "old_tls": 7,
    "closed": 8,
}
"""What listens how far above the base port, as ``lab.sh`` sets it up: ``smtp`` is the port 25 of the
lab, with amavis as its filter; ``reinject`` takes amavis' mail and offers no TLS; ``expired`` and
``selfsigned`` show such certificates; ``old_tls`` knows TLS 1.2 only; on ``closed`` nothing listens."""

NAME = "mail.local.example"
"""The server's name; its certificate is for this and for ``localhost``."""
MAILBOX = "test@local.example"
USER, PASSWORD = "test", "secret"
ODD_USER, ODD_PASSWORD = "0day", r"1 %s\n $HOME"
"""A login that shells and ``printf`` spoil if a command quotes it badly."""

DEBIAN13 = Path("/var/cache/mailhelp-lab/debian13/root")
"""Where ``install.sh`` unpacks Debian 13's Postfix, beside the one of this machine."""

_PACKAGES = {
    "postfix": "postfix",
    "amavisd": "amavisd-new",
    "spamassassin": "spamassassin",
    "dovecot": "dovecot-core",
    "doveadm": "dovecot-core",
    "swaks": "swaks",
    "openssl": "openssl",
    "ss": "iproute2",
}
# Debian keeps daemons in sbin, which a user's PATH may lack.
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
# Below the ports that Linux gives to outgoing connections (from 32768).
_FIRST_PORT, _LAST_PORT, _BLOCK = 20000, 32000, 16
_START_LIMIT_S = 120
_STOP_LIMIT_S = 60
_WAIT_LIMIT_S = 90


def missing(postfix: Path | None = None) -> list[str]:
    """What this machine lacks to run the lab: ``program (Debian package NAME)``, and root.

    ``postfix`` is the folder of another Postfix than this machine's, as for ``Lab``.
    """
    lacks = [
        f"{program} (Debian package {package})"
        for program, package in _PACKAGES.items()
        if shutil.which(program, path=_PATH) is None
    ]
    if postfix and not (postfix / "usr/sbin/postconf").exists():
        lacks.append(f"{postfix} (Debian 13's Postfix)")
    if os.geteuid() != 0:
        lacks.append("root: Postfix must change user")
    return lacks


def programs(postfix: Path | None) -> dict[str, str]:
    """Environment variables with which commands, and ``lab.sh``, find that Postfix or this machine's."""
    if postfix is None:
        return {"PATH": _PATH}
    return {"PATH": f"{postfix}/usr/sbin:{_PATH}", "POSTFIX_ROOT": str(postfix)}


class LabError(Exception):
    """The lab did not start, or something in it did not happen within bounded time."""


class Lab:
    """A running mail server; used as a context manager, it is gone at the end.

    ``directory`` holds all its files, ``ports`` its ports by the names of ``PORTS``. ``postfix`` is a folder
    that ``debian13.sh`` made, whose Postfix runs in place of this machine's.
    """

    def __init__(self, postfix: Path | None = None) -> None:
        self.postfix = postfix
        self.directory = Path()
        self.ports: dict[str, int] = {}

    def __enter__(self) -> Self:
        # A port that was free when we looked may be taken when Postfix binds it: once more, then.
        failure = ""
        for _ in range(3):
            self.directory = _new_directory()
            base = free_block()
            self.ports = {name: base + offset for name, offset in PORTS.items()}
            try:
                failure = self._start(base)
            except BaseException:  # Ctrl-C too: what has been started must not stay
                self.stop()
                raise
            if not failure:
                return self
            self.stop()
        raise LabError(f"the lab did not start: {failure}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the servers, kill by process id what does not stop, remove the directory."""
        masters = self.masters()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._script("stop", limit_s=_STOP_LIMIT_S)
        for pid in masters:
            _end_group(pid)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def configuration(self) -> Path:
        """Postfix's configuration folder."""
        return self.directory / "etc"

    @property
    def environment(self) -> dict[str, str]:
        """An environment whose Postfix commands (``postqueue``, ``postconf``, …) mean the lab's Postfix."""
        return {
            **os.environ,
            **programs(self.postfix),
            "LC_ALL": "C",
            "MAIL_CONFIG": str(self.configuration),
        }

    @property
    def ca_file(self) -> Path:
        """Certificate of the authority that signed the server's certificate."""
        return self.directory / "tls" / "ca.pem"

    @property
    def mail_log_file(self) -> Path:
        """Postfix's log; amavis and Dovecot write logs of their own."""
        return self.directory / "log" / "mail.log"

    @property
    def mail_log_files(self) -> list[Path]:
        """Postfix's log, and before it the one that was rotated away, if one was."""
        log = self.mail_log_file
        return [file for file in (log.with_name(f"{log.name}.1"), log) if file.exists()]

    def mail_log(self) -> str:
        """All that Postfix has logged."""
        return "".join(_read(file) for file in self.mail_log_files)

    def amavis_log(self) -> str:
        """All that amavis has logged."""
        return _read(self.directory / "amavis" / "amavis.log")

    def run(
        self,
        command: str,
        *,
        shell: tuple[str, ...] = ("bash",),
        stdin: str = "",
        limit_s: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` as if pasted into ``shell``, with the Postfix commands meaning the lab's.

        Output and errors come together in ``stdout``, as on a terminal. Raises
        ``subprocess.TimeoutExpired``.
        """
        started = subprocess.Popen(
            [*shell, "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self.environment,
            cwd=self.directory,
            start_new_session=True,  # no terminal, so nothing can prompt on it; and one group to kill
        )
        try:
            output, _ = started.communicate(stdin, timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.communicate()
            raise
        return subprocess.CompletedProcess(command, started.returncode, output)

    def send(
        self,
        *options: str,
        to: str = MAILBOX,
        sender: str = "ann@remote.example",
        port: str = "smtp",
        login: bool = False,
        body: str = "Good evening.\n",
        subject: str = "test",
    ) -> subprocess.CompletedProcess[str]:
        """Send a mail with swaks; ``options`` are further ones of swaks, ``login`` logs the user in.

        The transcript is in ``stdout``; the exit status is 0 if the server took the mail.
        """
        command = ["swaks", "--server", f"127.0.0.1:{self.ports[port]}", "--timeout", "50s"]
        command += ["--from", sender, "--to", to, "--header", f"Subject: {subject}", "--body", body]
        environment = self.environment
        if login:
            command += [
                "-tlsc" if port == "smtps" else "-tls",
                "--auth",
                "PLAIN",
                "--auth-user",
                USER,
            ]
            environment["SWAKS_OPT_auth_password"] = PASSWORD
        return subprocess.run(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=60,
        )

    def queue_id(self, **mail: str) -> str:
        """Send a mail as the user, past the filter, and return its queue ID."""
        sent = self.send(port="submission", login=True, **mail)
        queued = re.search(r"queued as (\w+)", sent.stdout)
        if queued is None:
            raise LabError(f"the mail was not taken:\n{sent.stdout}")
        return queued[1]

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Wait until ``condition`` holds; raises ``LabError`` naming ``what`` if it never does."""
        end = time.monotonic() + _WAIT_LIMIT_S
        while not condition():
            if time.monotonic() > end:
                raise LabError(
                    f"{what}: not within {_WAIT_LIMIT_S} s. The log:\n{self.mail_log()[-4000:]}"
                )
            time.sleep(0.1)

    def wait_for_log(self, text: str) -> None:
        """Wait until Postfix's log holds ``text``: records are written after the client has its answer."""
        self.wait_for(lambda: text in self.mail_log(), f"{text!r} in the log")

    def wait_for_port(self, port: int) -> None:
        """Wait until something listens there."""
        self.wait_for(lambda: _listens(port), f"a server on port {port}")

    def set_amavis(self, **settings: str) -> None:
        """Change scalar settings of amavis, ``final_spam_destiny="D_PASS"``, and start it again."""
        file = self.directory / "amavis.conf"
        text = file.read_text(encoding="utf-8")
        for name, value in settings.items():
            setting = f"${name}={value};"
            old = re.search(rf"\${name} *=[^;\n]*;", text)
            if old:
                text = text[: old.start()] + setting + text[old.end() :]
            else:
                text = text.replace("\n1;\n", f"\n{setting}\n1;\n")
        file.write_text(text, encoding="utf-8")
        pid_file = self.directory / "amavis" / "pid"
        before = _pid(pid_file)
        for action in ("stop", "start"):
            self._quiet(["amavisd", "-c", str(file), action], limit_s=_START_LIMIT_S)
        self.wait_for(
            lambda: _pid(pid_file) not in (None, before) and _listens(self.ports["amavis"]),
            "amavis started again",
        )

    def _start(self, base: int) -> str:
        """Start everything; what went wrong, or nothing."""
        try:
            done = self._script("start", str(base), limit_s=_START_LIMIT_S)
        except subprocess.TimeoutExpired:
            done = -1
        log = _read(self.directory / "log" / "start")
        if done == 0 and "Address already in use" not in self.mail_log():
            return ""
        return f"lab.sh: exit status {done}\n{log[-2000:]}\n{self.mail_log()[-2000:]}"

    def _script(self, action: str, *more: str, limit_s: float) -> int:
        return self._quiet(["sh", str(SCRIPT), action, str(self.directory), *more], limit_s=limit_s)

    def _quiet(self, command: list[str], limit_s: float) -> int:
        """The exit status; no pipe, as the daemons that ``command`` starts would keep it open."""
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_without_mail_config(self.environment),
            timeout=limit_s,
        ).returncode

    def masters(self) -> list[int]:
        """The ids of the three servers' first processes, each the leader of its process group."""
        files = ("amavis/pid", "run/master.pid", "spool/pid/master.pid")
        pids = [_pid(self.directory / file) for file in files]
        return [pid for pid in pids if pid is not None]


def _new_directory() -> Path:
    """An empty folder below folders that everybody may enter: the daemons change user."""
    for folder in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.resolve().parents)):
            directory = Path(tempfile.mkdtemp(prefix="mailhelp-lab-", dir=folder))
            directory.chmod(0o755)
            return directory
    raise LabError("no temporary folder that every user may enter")


def free_block() -> int:
    """The first of a block of ports that nothing uses; at random, for tests that run side by side."""
    choices = list(range(_FIRST_PORT, _LAST_PORT, _BLOCK))
    random.shuffle(choices)
    for base in choices:
        if not any(_listens(port) or not _can_bind(port) for port in range(base, base + _BLOCK)):
            return base
    raise LabError("no free block of ports")


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end_group(leader: int) -> None:
    """Kill what is left of the process group that ``leader`` led."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _pid(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _without_mail_config(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != "MAIL_CONFIG"}
