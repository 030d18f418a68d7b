"""Secrets in pasted lines are covered before anything else sees them."""

import pytest

from mailhelp.session import Session

SECRETS = [
    ("request longer than 2048: AUTH PLAIN AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("< client[192.0.2.7]: AUTH PLAIN AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("connect to mysql://mail:hunter2@db.example/x failed", "hunter2"),
    ("dict_ldap: bind password=hunter2 rejected", "hunter2"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_covered(session: Session, line: str, secret: str) -> None:
    covered = session.redactor.cover(line)
    assert secret not in covered
    assert len(covered) == len(line)


def test_ordinary_lines_stay(session: Session) -> None:
    line = "warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
    assert session.redactor.cover(line) == line
