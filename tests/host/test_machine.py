"""The machine: commands end in time, say why they failed, and never see a shell."""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.host.machine import Host


class HostWith(Host):
    """The real host with other environment variables."""

    def __init__(self, **variables: str) -> None:
        self._variables = variables

    @property
    def environ(self) -> dict[str, str]:
        return self._variables


@pytest.fixture
def host() -> Host:
    return Host()


def test_output_and_status(host: Host) -> None:
    output = host.run("sh", "-c", "echo out; echo err >&2; exit 3")
    assert (output.stdout, output.stderr, output.status) == ("out\n", "err\n", 3)
    assert output.failure == "sh ended with exit status 3: err"


def test_success_has_no_failure(host: Host) -> None:
    assert host.run("true").failure == ""


def test_words_are_never_read_by_a_shell(host: Host) -> None:
    assert host.run("echo", "$(id); `id` > x").stdout == "$(id); `id` > x\n"


def test_a_missing_program_is_named(host: Host) -> None:
    output = host.run("no-such-program")
    assert output.failure == "no-such-program was not found on this host"
    assert output.status is None


def test_a_file_that_is_no_program(host: Host, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")
    assert host.run(str(plain)).failure == "plain cannot be run: Permission denied"


def test_a_word_with_a_nul_is_refused_not_raised(host: Host) -> None:
    assert "cannot be run" in host.run("echo", "a\0b").failure


def test_time_limit_ends_the_whole_process_group(host: Host, tmp_path: Path) -> None:
    late = tmp_path / "late"
    started = time.monotonic()
    output = host.run("sh", "-c", f"(sleep 1; touch {late}) & sleep 60", timeout=0.2)
    assert output.failure == "sh did not end within 0.2 seconds"
    assert output.status is None
    assert time.monotonic() - started < 5
    time.sleep(1.2)
    assert not late.exists()


def test_a_process_that_closes_its_output_and_stays(host: Host) -> None:
    output = host.run("sh", "-c", "exec >&- 2>&-; sleep 60", timeout=0.2)
    assert "did not end" in output.failure


def test_last_words_end_the_wait(host: Host) -> None:
    """postconf sleeps for a second after "postconf: fatal: …"."""
    started = time.monotonic()
    output = host.run(
        "sh", "-c", "echo sh: fatal: no file >&2; exec sleep 60", last_words="sh: fatal: "
    )
    assert output.failure == "sh failed: sh: fatal: no file"
    assert time.monotonic() - started < 5


def test_endless_output_is_stopped(host: Host) -> None:
    output = host.run("yes")
    assert output.failure == "yes was stopped after 8 MiB of output"
    assert output.stdout == ""


def test_bytes_that_are_no_text(host: Host) -> None:
    assert host.run("printf", r"\377a").stdout == "\ufffda"


def test_standard_input(host: Host) -> None:
    """More than a pipe holds goes in and out; without any there is the end of file at once."""
    text = b"x" * 300_000
    assert len(host.run("cat", stdin=text).stdout) == len(text)
    assert host.run("true", stdin=text).failure == ""
    assert host.run("cat").stdout == ""


def test_commands_run_at_once(host: Host) -> None:
    started = time.monotonic()
    running = [host.start("sleep", "0.4") for _ in range(4)]
    assert [handle.result().status for handle in running] == [0] * 4
    assert time.monotonic() - started < 1.2


def test_environment_is_minimal_and_in_the_c_locale() -> None:
    host = HostWith(PATH="bin:/opt/bin::.", HOME="/home/ann", LD_PRELOAD="x.so", LANG="de_DE")
    output = host.run("/usr/bin/env", variables={"MANWIDTH": "78"})
    seen = dict(line.split("=", 1) for line in output.stdout.splitlines())
    assert seen.pop("PATH").split(":")[0] == "/opt/bin"
    assert seen == {"HOME": "/home/ann", "LC_ALL": "C", "MANWIDTH": "78"}


def test_programs_of_the_current_directory_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "postconf"
    trap.write_text("#!/bin/sh\necho trapped\n")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    host = HostWith(PATH=".:")
    assert host.which("postconf") != "./postconf"
    assert host.run("postconf", "mail_version").stdout != "trapped\n"


def test_administrators_programs_are_found(tmp_path: Path) -> None:
    """A user's PATH often lacks /usr/sbin, where postconf is."""
    assert "/usr/sbin" in HostWith(PATH="/usr/bin").run("env").stdout


def test_folders_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("MAILHELP_CACHE_DIR", raising=False)
    if os.uname().sysname == "Linux":
        assert Host().cache_dir == f"{tmp_path}/xdg/mailhelp"
    monkeypatch.setenv("MAILHELP_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("MAILHELP_CONFIG_DIR", str(tmp_path / "conf"))
    assert Host().cache_dir == f"{tmp_path}/own"
    assert Host().config_dir == f"{tmp_path}/conf"


def test_no_home_directory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "_linux_folder", lambda *_: "")
    monkeypatch.setattr(Host, "_platform_folder", lambda *_: "~/.cache")
    with pytest.raises(SourceError, match="no home folder") as caught:
        _ = HostWith().cache_dir
    assert "MAILHELP_CACHE_DIR" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="the short cut is for Linux")
@pytest.mark.parametrize("cache", ["", "/srv/cache", "  "])
def test_folders_are_those_of_platformdirs(cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    for name in ("MAILHELP_CACHE_DIR", "MAILHELP_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    assert Host().cache_dir == platformdirs.user_cache_dir("mailhelp", appauthor=False)
    assert Host().config_dir == platformdirs.user_config_dir("mailhelp", appauthor=False)


def test_terminals(host: Host, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as stream:
        assert not host.is_terminal(stream)
    assert not host.is_terminal(stream)


def test_width_of_no_terminal(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    assert host.size[0] == 132


def test_a_command_left_running_outlives_the_session(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import os; open('said', 'w').write(f'{os.getsid(0)} {os.getpid()} {os.nice(0)} {os.environ[\"X\"]}\\n')"
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # nobody waits for it: that is meant
        host.leave_running(sys.executable, "-c", script, variables={"X": "x"})
    end = time.monotonic() + 30
    said = tmp_path / "said"
    while not (said.exists() and said.read_text().endswith("\n")):
        assert time.monotonic() < end
        time.sleep(0.02)
    session, process, nice, variable = said.read_text().split()
    assert session == process  # the leader of a session of its own
    assert (int(nice), variable) == (19, "x")


def test_a_home_that_others_can_write_is_not_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """man takes its helpers from a file there."""
    for name in ("HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    script = "echo ${HOME-none} ${TMPDIR-none}"
    assert Host().run("sh", "-c", script).stdout == f"{tmp_path} {tmp_path}\n"
    tmp_path.chmod(0o777)
    assert Host().run("sh", "-c", script).stdout == "none none\n"
    tmp_path.chmod(0o700)


def test_a_program_that_others_can_write_is_none(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert Host().which(str(program)) == str(program)
    program.chmod(0o777)
    assert Host().which(str(program)) is None
    assert Host().which("./program") is None
