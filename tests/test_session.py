"""One run: where its texts come from, and who may read them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.session import Session


def test_standard_input_or_what_is_read_in_its_place(session: Session) -> None:
    session.host.piped = BytesIO(b"piped")  # type: ignore[attr-defined]
    assert session.open("-").read() == b"piped"
    session.replayed = "replayed"
    assert session.open("-").read() == b"replayed"


@pytest.mark.parametrize(
    ("mode", "said"),
    [(0o640, "readable by group"), (0o600, "Only its owner"), (None, "sudo")],
)
def test_who_may_read_a_log(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None, said: str
) -> None:
    path = tmp_path / "mail.log"
    if mode is not None:
        path.write_text("x")
        path.chmod(mode)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(SourceError) as caught:
        session.open(str(path))
    assert "Permission denied" in str(caught.value)
    assert said in caught.value.hint
    if mode == 0o640:
        import grp

        assert grp.getgrgid(os.stat(path).st_gid).gr_name in caught.value.hint
