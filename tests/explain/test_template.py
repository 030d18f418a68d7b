"""A bounce template: as it is, filled in, each variable explained."""

from mailhelp.answer import Section
from mailhelp.explain import template
from mailhelp.knowledge.document import Document
from mailhelp.session import Session

TEXT = "Subject: Delayed\n\nIt is kept for ${maximal_queue_lifetime_days} day(s) at $myhostname.\n"


def document(**data: str) -> Document:
    return Document("template/delay_template", "template", "delay_template: Delayed", data=data)


def test_variables_are_explained_where_they_stand(session: Session) -> None:
    answer = template.explain(session.library, document(text=TEXT))
    assert (answer.kind, answer.entry) == ("template", "template/delay_template")
    assert answer.text == TEXT
    assert [span.value for span in answer.spans] == ["${maximal_queue_lifetime_days", "$myhostname"]
    for span in answer.spans:
        assert TEXT[span.start : span.end] == span.value
    assert answer.spans[1].meaning


def test_as_it_is_sent_from_here(session: Session) -> None:
    answer = template.explain(session.library, document(text=TEXT, filled="Kept for 5 day(s).\n"))
    (section,) = answer.sections
    assert section == Section("As it is sent", section.text)
    assert section.text.blocks == (["code", "Kept for 5 day(s)."],)
    # what cannot be filled in is not told
    assert template.explain(session.library, document(text=TEXT)).sections == ()
