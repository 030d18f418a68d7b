"""A short run of each target, the same each time; ``run.py`` runs one for as long as wanted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds
from tests.hostile import BAD

EXAMPLES = 60
SLOW = {"note": 8, "question": 25, "records": 40, "packed": 40}
"""Examples of the targets that take longest for one."""

PIECES = st.one_of(
    st.sampled_from(seeds()),
    st.sampled_from(seeds()).flatmap(lambda text: st.integers(0, 80).map(lambda at: text[at:])),
    st.sampled_from(BAD),
    st.text(max_size=20),
    st.sampled_from(
        ("\n", " ", ": ", "=", "\n  ", "'", '"', "[", "]", "{", "}", "$", "<", ">", "\0")
    ),
)
INPUTS = st.one_of(
    st.lists(PIECES, max_size=6).map(lambda each: "".join(each).encode("utf-8", "surrogatepass")),
    st.binary(max_size=200),
)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_read(name: str) -> None:
    @settings(
        max_examples=SLOW.get(name, EXAMPLES),
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(INPUTS)
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("records", "\ufdd0\U0001fffe".encode()),
        ("pasted", b"\x04= a\nb"),
        (
            "pasted",
            b"\x08Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@example.net\nAction: odd\n",
        ),
        ("pasted", b"\x04" + b"".join(b"a%d = $a%d\n" % (n, n + 1) for n in range(3000))),
    ],
)
def test_what_was_found_is_mended(name: str, data: bytes) -> None:
    TARGETS[name](data)
