"""Names → the answers of what is called so, and the lists of all that is of a kind."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer
from mailhelp.errors import NothingFound
from mailhelp.knowledge.store import Name
from mailhelp.session import Session


def everything(session: Session, name: str) -> Answer:
    """The list of all that the row ``name`` of the corpus' lists says."""
    from mailhelp.explain import search

    library = session.library
    row = library.table("words")["lists"][name]
    documents = [document for kind in row["kinds"] for document in library.all_of(kind)]
    names = []
    for document in documents:
        stem = document.id.partition("/")[2]
        shown = document.data.get("names") or document.data.get("codes") or (stem,)
        names += [Name(document.id, document.kind, each) for each in shown]
    if not names:
        raise NothingFound(row["none"])
    return search.listing(library, name, row["title"], names)


def explain(
    session: Session, text: str, names: Iterable[Name], asked_with: str = ""
) -> tuple[Answer, ...]:
    """The answers for the documents of ``names``; all parameters among them are read at once.

    This host's man pages of the same name are among what is related. ``asked_with`` is the whole question, if ``text`` is not.
    """
    library = session.library
    answers: list[Answer] = []
    parameters: dict[str, list[str]] = {}
    for name in names:
        found = library.document(name.id)
        if found is None:
            continue
        if name.kind == "parameter":
            known = name.shown in found.data["names"]
            parameters.setdefault(name.id, []).append(
                name.shown if known else found.data["names"][0]
            )
        elif name.kind == "recipe":
            from mailhelp.explain import recipe

            answers.append(recipe.explain(library, session.host, found, {}))
        elif name.kind == "page":
            from mailhelp.explain import page

            answers.append(page.explain(text, found))
        elif name.kind == "template":
            from mailhelp.explain import template

            answers.append(template.explain(library, found))
        else:
            from mailhelp.explain import entry

            answers.append(entry.explain(library, text, found, name.shown, asked_with))
    if parameters:
        from mailhelp.explain import parameter

        asked = []
        for id, shown in parameters.items():
            found = library.document(id)
            if found is not None:
                asked.append(parameter.Asked(found, tuple(dict.fromkeys(shown))))
        answers = [*parameter.explain(library, session.host, text, asked), *answers]
    pages = tuple(name.id for name in library.named(text, "page"))
    return tuple(
        answer._replace(related=tuple(dict.fromkeys((*answer.related, *pages))))
        if answer.kind != "page"
        else answer
        for answer in answers
    )
