"""Lists of documents, and the hits of a search: the best one told, the others listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from mailhelp.answer import Answer, Prose, Result, Section
from mailhelp.conditions import fits
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import Name
from mailhelp.light import regex
from mailhelp.sentences import Runs, sentences

Terms = Callable[[str], Iterable[str]]
"""The terms of a text, as the search compares them."""
Fitting = Callable[[str], frozenset[str]]
"""The terms of a question that a text has."""
_CLEARLY = 2
"""So many more terms of the question must another paragraph have than the first, to be told first."""
_FEW = 4
"""Terms of a question of which each counts: one more is enough, if nothing else in the entry has it."""
_SHORT_HEAD = 260
"""Characters of the first paragraph of a topic or parameter that can stand before the section that fits."""
IN_GENERAL = "In general"
"""The title of what an entry says at its beginning, where a section of it is told first."""
_IN_SHORT = 2
"""Commands of a hit that is told in short."""


def listing(library: Library, query: str, title: str, names: Iterable[Name]) -> Answer:
    """A list of the documents behind ``names``, with the name that led to each, by subject."""
    subjects = library.table("subjects")
    order = {
        (kind, group): place
        for kind, groups in subjects.items()
        for place, group in enumerate(groups)
    }
    results = []
    for name in names:
        title_of = library.title(name.id)
        excerpt = title_of if title_of != name.shown else ""
        group = subject(subjects.get(name.kind, {}), name)
        results.append(Result(name.id, name.kind, name.shown, excerpt=excerpt, group=group))
    results.sort(key=lambda result: order.get((result.kind, result.group), len(order)))
    return Answer(
        kind="search", query=query, recognised="entry", title=title, results=tuple(results)
    )


def subject(groups: Mapping[str, Iterable[str]], name: Name) -> str:
    """The first of ``groups`` that lists the name; ``*`` stands for any part of one."""
    for group, listed in groups.items():
        if any(fits(each, name.shown) for each in listed):
            return group
    return ""


def ranked(query: str, results: Iterable[Result]) -> Answer:
    """Hits of which none fits well, best first."""
    return Answer(
        kind="search",
        query=query,
        recognised="generic",
        title="Nothing fits well; nearest:",
        results=tuple(results),
    )


_ITEM = regex(r"\n- ")


def fitted(answer: Answer, question: str, terms: Terms) -> Answer:
    """``answer`` with the section, or the paragraph, that has most of the question's terms told first.

    The head of a long entry says what it is about; what was asked may be answered further down.
    """
    wanted = frozenset(terms(question))
    name = (answer.entry or "").rpartition("/")[2]
    own = frozenset(terms(f"{answer.title} {name}"))

    def of_question(text: str) -> frozenset[str]:
        return (wanted - own).intersection(terms(text))

    def fit(text: str) -> int:
        return len(of_question(text))

    prose = [
        each
        for each in answer.sections
        if not each.aside and any(kind != "code" for kind, _ in each.text.blocks)
    ]
    texts = [f"{each.title}\n{each.text.markdown}" for each in prose]
    head = answer.explanation.markdown
    fits = [fit(text) for text in texts]
    place = fits.index(max(fits)) if fits else -1
    clearly = _CLEARLY
    if place >= 0 and len(wanted) <= _FEW:
        others = " ".join((head, *texts[:place], *texts[place + 1 :]))
        # each word of a few counts: one that only this section has is why it was asked
        clearly = (
            1
            if (wanted - own).intersection(terms(texts[place])).difference(terms(others))
            else _CLEARLY
        )
    if place >= 0 and fits[place] >= fit(head) + clearly:
        best = prose[place]
        rest = tuple(section for section in answer.sections if section is not best)
        first = Prose(f"{best.title}:\n\n{best.text.markdown}", (_named(best), *best.text.blocks))
        about = _short_head(answer)
        first = Prose(
            "\n\n".join(filter(None, (about.markdown, first.markdown))),
            (*about.blocks, *first.blocks),
        )
        general = Section(IN_GENERAL, answer.explanation)
        return answer._replace(explanation=first, brief=Prose(), sections=(general, *rest))
    ordered = _paragraph_first(answer.explanation, of_question, is_short=False)
    if ordered is not answer.explanation:
        return answer._replace(explanation=ordered, brief=Prose())
    if len(wanted) > _FEW:
        return answer
    ordered = _paragraph_first(answer.explanation, of_question, is_short=True)
    if ordered is answer.explanation or not answer.brief.blocks:
        return answer._replace(explanation=ordered)
    # what one word asks for goes beside what the entry says in short
    item = Prose(ordered.markdown.partition("\n\n")[0], ordered.blocks[:1])
    both = Prose(
        f"{answer.brief.markdown}\n\n{item.markdown}", (*answer.brief.blocks, *item.blocks)
    )
    return answer._replace(explanation=both, brief=Prose())


def _short_head(answer: Answer) -> Prose:
    """What the entry says in short, if it can stand before a section; else nothing."""
    if answer.brief.blocks:
        return answer.brief
    kind, content = next(iter(answer.explanation.blocks), ("", ()))
    if answer.kind not in ("topic", "parameter") or kind != "p":
        return Prose()
    said: Runs = ()
    for sentence in sentences(tuple((style, text) for style, text in content)):
        longer = (*said, *((("", " "),) if said else ()), *sentence)
        too_long = sum(len(text) for _, text in longer) > _SHORT_HEAD
        # one that leads to a list says nothing without it
        if (said and too_long) or sentence[-1][1].rstrip().endswith(":"):
            break
        said = longer
    return Prose(_as_markdown(said), (["p", [list(run) for run in said]],)) if said else Prose()


def _as_markdown(runs: Runs) -> str:
    marks = {"code": "`", "strong": "**"}
    return "".join(f"{marks.get(style, '')}{text}{marks.get(style, '')}" for style, text in runs)


def _named(section: Section) -> list[object]:
    return ["p", [["strong", f"{section.title}:"]]]


def _paragraph_first(text: Prose, of_question: Fitting, is_short: bool) -> Prose:
    paragraphs = text.markdown.split("\n\n")
    if len(paragraphs) != len(text.blocks) or len(paragraphs) < 2:
        return text
    fits = [len(of_question(paragraph)) for paragraph in paragraphs]
    best = fits.index(max(fits))
    if text.blocks[best][0] == "ul":
        return _item_first(text, paragraphs, best, of_question, is_short)
    if fits[best] < fits[0] + _CLEARLY:
        return text
    # what an entry says in short stays in front, where it is short and leads to nothing
    leads = paragraphs[0].rstrip().endswith(":")
    front = [0] if len(paragraphs[0]) <= _SHORT_HEAD and not leads else []
    order = list(dict.fromkeys((*front, best, *range(len(paragraphs)))))
    return Prose(
        "\n\n".join(paragraphs[place] for place in order),
        tuple(text.blocks[place] for place in order),
    )


def _item_first(
    text: Prose, paragraphs: list[str], best: int, of_question: Fitting, is_short: bool
) -> Prose:
    """``text`` with the item of its list ``best`` that fits best before all else, as a paragraph of its own.

    Of a short question each word counts: one that no other item has is why it was asked.
    """
    items = _ITEM.split(paragraphs[best].removeprefix("- "))
    blocks = text.blocks[best][1]
    fits = [len(of_question(item)) for item in items]
    chosen = fits.index(max(fits))
    others = (*paragraphs[:best], *items[:chosen], *items[chosen + 1 :])
    alone = of_question(items[chosen]).difference(*map(of_question, others))
    clearly = 1 if is_short and alone else _CLEARLY
    if len(items) != len(blocks) or fits[chosen] < len(of_question(paragraphs[0])) + clearly:
        return text
    paragraphs = [items[chosen], *paragraphs]
    paragraphs[best + 1] = "\n".join(f"- {each}" for each in items if each is not items[chosen])
    left = ["ul", [each for each in blocks if each is not blocks[chosen]]]
    return Prose(
        "\n\n".join(filter(None, paragraphs)),
        (
            *blocks[chosen],
            *text.blocks[:best],
            *([left] if left[1] else ()),
            *text.blocks[best + 1 :],
        ),
    )


def in_short(result: Result, answer: Answer) -> Result:
    """``result`` with the gist of its ``answer``: what it means and its first commands."""
    explanation = answer.brief or answer.explanation
    return result._replace(explanation=explanation, commands=answer.commands[:_IN_SHORT])


def longest_run(words: Sequence[str], text: Sequence[str]) -> int:
    """How many of ``words`` at most stand side by side, in their order, in ``text`` too."""
    longest = 0
    before = [0] * (len(text) + 1)
    for word in words:
        row = [0] * (len(text) + 1)
        for place, other in enumerate(text):
            if word == other:
                row[place + 1] = before[place] + 1
        longest, before = max(longest, *row), row
    return longest
