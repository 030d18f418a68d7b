"""A question in words → the entry that answers it, told in full, and the next best ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from mailhelp import names
from mailhelp import regexes as re
from mailhelp.answer import Answer, Result
from mailhelp.errors import NothingFound, SourceError
from mailhelp.explain import named, search
from mailhelp.knowledge.store import Name
from mailhelp.light import TYPE_CHECKING, Any, regex
from mailhelp.patterns.quoted import holds
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.knowledge.library import Library
    from mailhelp.knowledge.search import Hit

RESULTS = 10
_LONGEST_SHOWN = 60
"""Characters of a question that are repeated when nothing is found for it."""
_FEW_QUOTED, _MOST_OF_IT = 3, 0.5
"""Words in a row that are few, and the share of a message that is most of it."""
_QUOTED, _QUOTED_WITH_CODE = (3, 0.75, 0.0), (3, 0.4, 0.6)
"""How many of a question's words, and what share of them, a message has in a row if it is what is quoted; and what share of
the message they are: who has the code has all of it."""
_LONGEST_REPLY, _MAY_BE_QUOTED = 100, 6
"""Words of a question that are looked at for it, and hits."""
_LONGEST_FORM = 130
"""Characters of a message that are shown: two lines."""
_SIGNS = ".,;:?!()\"'“”‘’="
"""What may stand round a word in a sentence."""
_ANY_OF_DOMAIN = regex(r"@[\w-]+(?:\.[\w-]+)+")
"""A domain with nothing before its @."""
_MEASURED = regex(r"(?<=\w)=\d[\d.]*+(?:/\d[\d.]*+)+")
"""Numbers that a name has in a log (delays=0.1/0/2/1): the name is asked about."""
_NOT_FAR = 0.05
"""The share of the best score that what a question names has at least to go before it."""
_COMPARED = 4
"""Hits among which the topic for a comparison is looked for."""
_BESIDE = 0.1
"""The share of the best score that a topic has at least whose title compares, to go before it."""
_BEFORE_MANUALS = 5
"""Hits that come before those in man pages where nothing fits well."""
_NEARLY, _SHORTLY = 0.25, 2
"""The share of the best score from which a hit is told in short too, and how many are. Chosen on the questions
of tests/questions.toml: one of them is right there for one question in ten."""
_MANY_LETTERS = 20
"""Letters of another server's message from which on it is known without its code."""
_IN_VALUES = "/@[<"
"""Signs of a path, an address or a name, which no message has in its fixed text."""
_FEWEST_HELD, _HELD = 3, 0.5
"""Words of a message that are all in a question, and the share of its letters that they are, if it is this message."""
_FULLER = 0.25
"""By how much more of a question's rare words another message has, to go before the one that is quoted."""
_ENOUGH_OF_RECORD, _ALL, _CLEARLY = 4, 0.98, 0.5
"""Words of a record that no pattern fits, the share of them that an entry has, and of its score that the next one has at
most, if it is that entry's."""
_ENOUGH = 3
"""Words beside a code that tell more than it does."""
_WELL, _HARDLY = 0.52, 0.35
"""The share of a question's rare words that its best answer has. Below the first it is said that it fits
badly, below the second nothing is told in full. Tuned on one half of tests/questions.toml and 10 questions
about other things: of the other half 2 of 94 right answers are called weak, and 9 of 10 strangers."""


def explain(
    session: Session, text: str, codes: tuple[Name, ...] = (), are_broad: bool = False
) -> Answer:
    """The answer to a question: the best hit of the search told in full, the next ones as results.

    The message that a question quotes comes first, then ``codes``, the status codes that
    stood in it; if they ``are_broad``, what fits the words well goes before them. A question in another language is read as English, which is said. Raises
    ``NothingFound`` with near names if there is no hit.
    """
    library = session.library
    if text.strip().isdigit() and not codes:  # a number that has no name says too little
        raise NothingFound(
            f"Nothing is called {_short(text)}.",
            "'mailhelp codes' lists the status codes, 'mailhelp topics' the ports.",
            library.near(text),
        )
    from mailhelp.knowledge import words
    from mailhelp.knowledge.search import Hit
    from mailhelp.knowledge.search import search as find
    from mailhelp.knowledge.terms import terms

    table = library.table("words")
    spelt, signs = _spelt(table.get("signs", {}), _MEASURED.sub("", text))
    reading = words.read_as(library.table("languages"), spelt, library.vocabulary)
    asked = reading.text if reading else spelt
    equals = _equals(table.get("equals", {}).get("groups", ()))
    weights = library.table("ranking").get("weights", {})
    slips: dict[str, str] = {}
    # a word of another language that its table lacks is no slip of an English one
    pasted = any(re.search(each, text) for each in table.get("pasted", {}).get("regexes", ()))
    mend = reading is None and not pasted
    everyday = frozenset(library.table("everyday").get("words", {}).get("plain", "").split())
    hits = find(library.searched, asked, RESULTS, equals, weights, slips, mend, everyday)
    quoted = _QUOTED_WITH_CODE if codes else _QUOTED
    # the words of a translation are nobody's message
    first = _first(library, table, asked, hits, None if reading else quoted)
    if first and not codes:
        hits = list({hit.id: hit for hit in (*first, *hits)}.values())
    if codes:
        best_score = max((hit.score for hit in hits), default=1.0)
        own = [
            Hit(name.id, name.kind, f"{name.shown}: {library.title(name.id)}", best_score, "")
            for name in codes
        ]
        before = first or (_by_words(hits, asked, terms) if are_broad else _surely(hits))
        hits = list({hit.id: hit for hit in (*before, *own, *hits)}.values())[:RESULTS]
    if not hits or (hits[0].share < _WELL and not codes):
        hits = [*hits[:_BEFORE_MANUALS], *in_manuals(session, asked)][:RESULTS]
    if not hits:
        raise NothingFound(
            f"Nothing found for “{_short(text)}”.",
            "'mailhelp topics' and 'mailhelp recipes' list what there is.",
            library.near(text),
        )
    wanted = frozenset(terms(asked))
    meant = wanted.union(
        *(terms(each) for word in names.words(asked) for each in equals.get(word, ()))
    )
    results = [
        Result(hit.id, hit.kind, _title(library, hit, meant, terms), hit.score, hit.excerpt)
        for hit in hits
    ]
    notes = [f"Read as: {_short(_mended(asked, slips))}"] if reading or slips or signs == 1 else []
    best = hits[0]
    chosen = bool(first or codes)  # by more than its words
    if best.share < _HARDLY and not chosen:
        return search.ranked(text, results)._replace(notes=tuple(notes))
    if best.share < _WELL and not chosen:
        notes.append("Nothing fits well; this is the nearest.")
    least = _NEARLY * max(hit.score for hit in hits)
    near = hits[1 : 1 + _SHORTLY] if not (codes and best.id == codes[0].id) else []
    told = [best, *(hit for hit in near if hit.score >= least)]
    shown = [_asked_name(library, hit.id, meant, terms) for hit in told]
    told_names = [Name(hit.id, hit.kind, name) for hit, name in zip(told, shown, strict=True)]
    answers = named.explain(session, shown[0], told_names, text)
    answer, *others = (search.fitted(_answer_of(hit, answers), asked, terms) for hit in told)
    answer = answer._replace(gist=answer.gist or _form(library, best.id, wanted, terms))
    for place, other in enumerate(others, 1):
        results[place] = search.in_short(results[place], other)
    return answer._replace(query=text, results=tuple(results[1:]), notes=(*notes, *answer.notes))


def _answer_of(hit: Hit, answers: Iterable[Answer]) -> Answer:
    """The one of ``answers`` that tells the document of ``hit``."""
    entries = (hit.id, hit.id.partition("/")[2])
    return next(answer for answer in answers if answer.entry in entries)


def in_manuals(session: Session, text: str) -> list[Hit]:
    """What this host's man pages say of ``text``; a damaged index of theirs is done without, and that is said."""
    if session.library.manuals is None:
        return []
    from mailhelp.knowledge import manuals  # takes longer than all the rest

    try:
        return manuals.search(session.library.manuals, text, RESULTS)
    except SourceError as error:
        session.damage(str(error))
        return []


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_SHOWN else f"{words[:_LONGEST_SHOWN]}…"


def _spelt(signs: Mapping[str, str], text: str) -> tuple[str, int]:
    """``text`` with words in the place of the ``signs`` that stand for them, and how many there were."""
    words = text.split()
    spelt = [
        signs.get("@" if _ANY_OF_DOMAIN.fullmatch(word) else word.rstrip("?,"), word)
        for word in words
    ]
    many = sum(one != other for one, other in zip(words, spelt, strict=True))
    return (" ".join(spelt), many) if many else (text, 0)


def _mended(text: str, slips: Mapping[str, str]) -> str:
    """``text`` with the words in the place of those that are slips."""
    return names.WORD.sub(lambda word: slips.get(word[0].casefold(), word[0]), text)


def _equals(groups: Iterable[Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Word → the words that mean the same."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        words = tuple(group)
        for word in words:
            found[word] = (*found.get(word, ()), *(other for other in words if other != word))
    return found


def _first(
    library: Library,
    table: Mapping[str, Any],
    text: str,
    hits: Sequence[Hit],
    quoted: tuple[int, float, float] | None,
) -> list[Hit]:
    """The hit that goes before the best one, if any: of a message that is quoted, of the one thing that is
    named, of a topic that compares. ``quoted`` are the words, and the shares, that make a quote; ``None``: nothing is one.
    """
    name, named = _named_alone(library, _wanted(table.get("instead", {}), text), hits)
    # who asks how to do it, or what an entry says that it is asked, quotes nobody
    is_own = any(hit.is_asked and hit.kind != "log" for hit in hits[:_COMPARED])
    first = text.casefold().partition(" ")[0]
    if is_own or first in table.get("tasks", {}).get("first", ()):
        quoted = None
    message = _quoted_message(library, text, hits, name, quoted) if quoted else []
    return message or named or _comparing(table.get("comparison", {}), text, hits)


def _quoted_message(
    library: Library, text: str, hits: Sequence[Hit], name: str, quoted: tuple[int, float, float]
) -> list[Hit]:
    """The log entry among the best hits whose message ``text`` quotes; more than the ``name`` of a setting in it."""
    from mailhelp.knowledge.terms import terms

    least, share, whole = quoted
    if name:  # messages name settings too: more than that must be in a row
        least = max(least, len(tuple(terms(name))) + 2)
    words = tuple(terms(text))[:_LONGEST_REPLY]
    quoted = (least, share, whole)
    found = [hit for hit in hits[:_MAY_BE_QUOTED] if _quotes(library, hit.id, words, quoted)]
    found = _of_named(text, hits, found)
    if len(found) > 1:  # who does not say that another server said it has seen it in his own log
        said = library.table("remembered")
        ours = [hit for hit in found if said.get(hit.id, {}).get("own", True)]
        found = ours or found
    if found and found[0].id != hits[0].id and _is_piece(library, found[0].id, words):
        found = []  # a few words of a long message, and others fit better
    if found:  # unable to look up host nullMX: the word that is left tells which
        fuller = (hit for hit in hits[:_COMPARED] if hit.kind == "log")
        found = [hit for hit in fuller if hit.share > found[0].share + _FULLER][:1] or found
    return found[:1] or ([] if name else _held(library, text, hits))


def _of_named(text: str, hits: Sequence[Hit], found: list[Hit]) -> list[Hit]:
    """Those of ``found`` that are about the programs that ``text`` names, if it names any that the hits are about."""
    said = set(names.words(text))
    named = [hit for hit in hits if hit.kind == "log" and hit.id.split("/")[1] in said]
    return [hit for hit in found if hit in named] if named else found


def names_message(session: Session, text: str) -> bool:
    """Whether ``text``, which no pattern fits as it is typed, is a message of an entry but for its capitals and signs."""
    from mailhelp.knowledge.search import search as find

    library = session.library
    weights = library.table("ranking").get("weights", {})
    hits = find(library.searched, text, RESULTS, weights=weights, mend=False)
    return bool(_held(library, text, hits)) or _has_all(hits, text)


def is_asked(session: Session, text: str) -> bool:
    """Whether an entry has ``text`` among its questions, word for word, and no other fits as well."""
    from mailhelp.knowledge.search import search as find

    library = session.library
    weights = library.table("ranking").get("weights", {})
    hits = find(library.searched, text, RESULTS, weights=weights, mend=False)
    others = hits[1].score if len(hits) > 1 else 0.0
    return bool(hits) and hits[0].is_asked and others < _CLEARLY * hits[0].score


def _has_all(hits: Sequence[Hit], text: str) -> bool:
    """Whether the best hit is a log entry that has all words of ``text``, which are several, and no other fits as well."""
    others = hits[1].score if len(hits) > 1 else 0.0
    enough = len(names.words(text)) >= _ENOUGH_OF_RECORD
    return (
        bool(hits)
        and enough
        and hits[0].kind == "log"
        and hits[0].share >= _ALL
        and others < _CLEARLY * hits[0].score
    )


def _held(library: Library, text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hit with the longest message of which ``text`` has all fixed pieces, in their order, if that is most of it; the
    best one may have long values.
    """
    typed = names.words(text)[:_LONGEST_REPLY]
    said = " ".join(typed)
    best: list[Hit] = []
    plain = " ".join(word for word in text.split() if not any(sign in word for sign in _IN_VALUES))
    most = _HELD * sum(len(word) for word in names.words(plain) if not word[0].isdigit())
    surely = _surely(hits)
    for hit in surely or hits[:_MAY_BE_QUOTED]:
        document = library.document(hit.id) if hit.kind == "log" else None
        for form in document.data.get("forms", ()) if document is not None else ():
            pieces = [" ".join(names.words(piece)) for piece in form.split("…")]
            wanted = " ".join(pieces).split()
            letters = sum(map(len, wanted))
            if len(wanted) < _FEWEST_HELD:
                continue
            # what is surely meant may have a small word too many or too few
            has_all = hit in surely and {each for each in wanted if len(each) > 3} <= set(typed)
            if has_all or (letters > most and holds(said, filter(None, pieces))):
                best, most = [hit], letters
    if best and most < _MANY_LETTERS and hits[0].id != best[0].id:
        row = library.table("remembered").get(best[0].id, {})
        return best if row.get("own", True) else []
    return best


def _surely(hits: Sequence[Hit]) -> list[Hit]:
    """The log entry that the words alone lead to so surely that it says more than the code beside them."""
    alone = len(hits) < 2 or hits[1].score < _NEARLY * hits[0].score if hits else False
    return [hit for hit in hits[:1] if alone and hit.share >= _WELL and hit.id.startswith("log/")]


def _by_words(hits: Sequence[Hit], text: str, terms: search.Terms) -> list[Hit]:
    """The best hit, if it has most of what are enough words to choose it by."""
    words = {term for term in terms(text) if not term[0].isdigit()}
    return [hit for hit in hits[:1] if len(words) >= _ENOUGH and hit.share >= _WELL]


def _named_alone(library: Library, text: str, hits: Sequence[Hit]) -> tuple[str, list[Hit]]:
    """The name, and the hit, of the one thing that a question names by a name that is no ordinary word, unless another
    one fits by far better.
    """
    words = {word.strip(_SIGNS) for word in text.split() if "_" in word}
    named = {name.id: word for word in words for name in library.named(word) if name.kind != "page"}
    if len(named) != 1:
        return "", []
    least = max((hit.score for hit in hits), default=0.0) * _NOT_FAR
    return next(iter(named.values())), [
        hit for hit in hits if hit.id in named and hit.score > least
    ]


def _wanted(instead: Mapping[str, Collection[str]], text: str) -> str:
    """``text`` without the name that somebody does not want: ``instead of reject_rbl_client``."""
    words = text.split()
    pairs = {tuple(sign.split()) for sign in instead.get("signs", ())}
    unwanted = {
        at + len(pair)
        for pair in pairs
        for at in range(len(words) - len(pair))
        if tuple(map(str.casefold, words[at : at + len(pair)])) == pair
    }
    return " ".join(word for at, word in enumerate(words) if at not in unwanted)


def _comparing(row: Mapping[str, Collection[str]], text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The topic among the best hits that goes first if the question compares things: one whose title compares, else
    the first one. Other entries tell of one side.
    """
    if not any(sign in text.casefold().split() for sign in row.get("signs", ())):
        return []
    topics = [hit for hit in hits[:_COMPARED] if hit.kind == "topic"]
    least = max((hit.score for hit in hits), default=0.0) * _BESIDE
    compares = [
        hit
        for hit in topics
        if hit.score > least and not set(row["titles"]).isdisjoint(names.words(hit.title))
    ]
    return (compares or topics)[:1]


def _runs(library: Library, id: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """How many of ``words`` stand in a row in each message of the log entry ``id``, and how long it is."""
    from mailhelp.knowledge.terms import terms

    document = library.document(id) if id.startswith("log/") else None
    says = document.data.get("says", ()) if document is not None else ()
    messages = [tuple(terms(text)) for text in says]
    return [(search.longest_run(words, message), len(message)) for message in messages]


def _quotes(
    library: Library, id: str, words: tuple[str, ...], quoted: tuple[int, float, float]
) -> bool:
    """Whether so many of ``words``, that share of them and of the message, stand in a row in that of the log entry ``id``."""
    least, share, whole = quoted
    runs = _runs(library, id, words)
    most = max((run for run, length in runs if run >= whole * length), default=0)
    return most >= least and most >= share * len(words)


def _is_piece(library: Library, id: str, words: tuple[str, ...]) -> bool:
    """Whether ``words`` have no more than a few in a row with the message of the log entry ``id``, and not most of it."""
    runs = _runs(library, id, words)
    longest, length = max(runs, default=(0, 1))
    return longest <= _FEW_QUOTED and longest <= _MOST_OF_IT * length


def _title(library: Library, hit: Hit, wanted: frozenset[str], terms: search.Terms) -> str:
    """The title of a hit; a parameter's name goes before it."""
    if hit.kind != "parameter":
        return hit.title
    name = _asked_name(library, hit.id, wanted, terms)
    return hit.title if name in hit.title else f"{name}: {hit.title}"


def _form(library: Library, id: str, wanted: frozenset[str], terms: search.Terms) -> str:
    """The message of the log entry ``id`` that has most of the ``wanted`` terms, so that who remembers half of it knows it."""
    document = library.document(id) if id.startswith("log/") else None
    forms = document.data.get("forms", ()) if document is not None else ()
    best = max(forms, key=lambda form: len(wanted.intersection(terms(form))), default="")
    shown = best if len(best) <= _LONGEST_FORM else f"{best[:_LONGEST_FORM]}…"
    return f"In the log: {shown}" if shown.strip("… ") else ""


def _asked_name(library: Library, id: str, wanted: frozenset[str], terms: search.Terms) -> str:
    """The name of the document ``id`` that is in the question, else the one that has most of the ``wanted`` terms in it and in
    what is said of it; the first of its best ones.
    """
    document = library.document(id)
    data = document.data if document else {}
    members = data.get("members", {})

    def fit(name: str) -> tuple[bool, int, int]:
        own = wanted.intersection(terms(name))
        said = wanted.intersection(terms(members.get(name, {}).get("markdown", "")))
        return name.casefold() in wanted, len(own | said), len(own)

    return str(max(data.get("names") or [id.partition("/")[2]], key=fit))
