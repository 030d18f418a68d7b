"""The shell scripts of a checkout say what they do, and what a program wrote only if it failed."""

import subprocess
import tomllib

import pytest

from tests.conftest import CORPUS

SETUP = CORPUS.parent / "tools/setup.sh"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [("echo chatter", 0, "mailhelp: a step\n"), ("echo broken; exit 3", 1, "broken")],
)
def test_a_step_is_one_line_unless_it_fails(command: str, code: int, said: str) -> None:
    script = f'set -eu; . "{SETUP}"; must "a step" sh -c "{command}"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "chatter" not in done.stderr


def test_the_faults_that_are_tried_are_still_there() -> None:
    """A fault whose piece of code has changed would be tried by nobody."""
    top = CORPUS.parent
    faults = tomllib.loads((top / "tools/faults.toml").read_text(encoding="utf-8"))["faults"]
    lost = [
        name
        for name, row in faults.items()
        if (top / row["file"]).read_text(encoding="utf-8").count(row["code"]) != 1
    ]
    assert lost == []
