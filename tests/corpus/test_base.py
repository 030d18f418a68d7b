"""What notes build on, asked as a corpus is."""

from mailhelp.corpus.base import Base


def test_what_a_note_can_refer_to(base: Base) -> None:
    assert base.has("topic/proxy-filter")
    assert not base.has("topic/nobody")
    assert base.has_parameter("mynetworks")
    assert not base.has_parameter("my networks")  # a name is exactly one
    assert not base.has_parameter("starttls-check")  # the name of a recipe


def test_its_fields_tables_and_parts_serve(base: Base) -> None:
    assert base.known.fields["client"].forms
    assert base.known.defined == set()
    assert "reject" in base.parts
    assert base.tables["places"]["mail_log"]["default"]
    assert "postfix/smtpd" in base.programs()
    assert "from" in base.filing(["postfix/smtpd"])
    assert {row.program for row in base.patterns(["postfix/smtpd"], ["from"])} == {"postfix/smtpd"}
