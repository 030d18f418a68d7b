"""The bar while an index is built: for who sits at a terminal, and for nobody else."""

import pytest

from mailhelp.progress import shown
from tests.fakes import FakeHost


@pytest.mark.parametrize(
    ("terminal", "quiet", "drawn"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_a_bar_where_somebody_sits(
    host: FakeHost, terminal: bool, quiet: bool, drawn: bool
) -> None:
    host.terminal = terminal
    with shown(host, quiet) as progress:
        progress(1, 2, "postconf -t")
    assert ("Reading this host's manuals" in host.said.getvalue()) == drawn
    assert host.written.getvalue() == ""
