"""A shell command → its answer: what each option means, as recipes or this host's manuals say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailhelp.answer import Answer, Span
from mailhelp.explain.page import reference
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library

_PROMPT = re.compile(r"\s*(?:[$#%>]\s+)?(?:sudo\s+)?")
_WORD = re.compile(r"\S+")
_SENTENCE = re.compile(r"(?s)(.{20,300}?[.:])(?:\s|$)")


def program(text: str) -> str:
    """The program that a shell command runs, without its path, a prompt and ``sudo``."""
    prompt = _PROMPT.match(text)
    word = _WORD.match(text, prompt.end() if prompt else 0)
    return word[0].rpartition("/")[2] if word else ""


def known(library: Library, text: str) -> bool:
    """Whether ``text`` is a command with options whose program a recipe or a man page here explains."""
    words = text.split()
    if not any(word.startswith("-") for word in words[1:]):
        return False
    name = program(text)
    recipes = _recipes(library, name)
    documented = {part for recipe in recipes for o in recipe.data["options"] for part in o.split()}
    plain = [word for word in words[1:] if word.isalpha() and word.islower() and word != name]
    # "postmap -q gives nothing" is a sentence: words that are neither options nor operands
    if len([word for word in plain if word not in documented]) > 1:
        return False
    return bool(recipes or library.named(name, "page"))


def explain(library: Library, text: str) -> Answer:
    """The answer for one command; options that nobody explains get no span."""
    name = program(text)
    words = set(text.split())
    recipes = _recipes(library, name)
    # the recipe that is most like the command tells best what an option means here
    recipes.sort(key=lambda recipe: -sum(o.split()[0] in words for o in recipe.data["options"]))
    options: dict[str, str] = {}
    for recipe in recipes:
        for option, meaning in recipe.data["options"].items():
            options.setdefault(option, meaning)
    spans = tuple(_spans(library, text, name, options))
    page = next((library.document(hit.id) for hit in library.named(name, "page")), None)
    return Answer(
        kind="command",
        query=text,
        text=text,
        recognised="entry" if len(spans) > 1 else "generic",
        title=f"{name}: {page.data['summary']}" if page else name,
        spans=spans,
        related=tuple(recipe.id for recipe in recipes),
        sources=(reference(page.data["page"], page.data["section"]),) if page else (),
    )


def _recipes(library: Library, name: str) -> list[Document]:
    return [
        recipe
        for recipe in library.all_of("recipe")
        if any(program(command["run"]) == name for command in recipe.data["commands"])
    ]


def _spans(library: Library, text: str, name: str, options: Mapping[str, str]) -> Iterator[Span]:
    words = list(_WORD.finditer(text))
    skip = 0
    for number, word in enumerate(words):
        if skip:
            skip -= 1
            continue
        found = _documented([each[0] for each in words[number:]], options)
        if found:
            option, meaning = found
            skip = len(option.split()) - 1
            last = words[number + skip]
            yield Span(word.start(), last.end(), "option", text[word.start() : last.end()], meaning)
        elif word[0].startswith("-"):
            meaning = _manual(library, f"{name} {word[0].partition('=')[0]}")
            if meaning:
                yield Span(word.start(), word.end(), "option", word[0], meaning)


def _documented(words: list[str], options: Mapping[str, str]) -> tuple[str, str] | None:
    """The documented option that ``words`` begin with: with its operand before without."""
    for option in sorted(options, key=len, reverse=True):
        wanted = option.split()
        same = all(_fits(want, word) for want, word in zip(wanted, words, strict=False))
        if len(wanted) <= len(words) and words[0] == wanted[0] and same:
            return option, options[option]
    return None


def _fits(wanted: str, word: str) -> bool:
    return wanted == word or "{" in wanted


def _manual(library: Library, name: str) -> str:
    """The first sentence of what a man page of this host says about an option."""
    for hit in library.named(name, "page"):
        document = library.document(hit.id)
        if document is not None:
            text = " ".join(document.data["text"].split())
            sentence = _SENTENCE.match(text)
            return sentence[1] if sentence else text[:300]
    return ""
