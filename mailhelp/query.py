"""What is this text? Ordered recognisers, each pure: text and library → a question, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, takewhile

from mailhelp import regexes as re
from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import Name
from mailhelp.light import TYPE_CHECKING, NamedTuple, regex
from mailhelp.names import fold, wider_codes

if TYPE_CHECKING:
    from mailhelp.log.read import Read

_SETTING = regex(r"\s*([A-Za-z0-9][A-Za-z0-9_]*)\s*=(?!=)")
_CODE = regex(
    r"(?<![\d.\w])[2-5](?:\d\d|\.\d{1,3}(?:\.\d{1,3})?|xx|\.[xX]\.[xX])(?!\d|\.\d|\w)",
    re.IGNORECASE,
)
_IP_ADDRESS = regex(
    r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}|(?=[^:]*:.*[0-9a-f])(?=.*::|(?:[^:]+:){7})[0-9a-f.:]{2,45}(?:%\w+)?",
    re.IGNORECASE,
)
_MAIL_ADDRESS = regex(r"[^\s@<>:/]++@[^\s@<>/{]+\.[^\s@<>/.{]+")
_CODED = regex(r"\A(?:[\w.-]++=#?|#)")
"""What stands right before a code: ``dsn=5.7.1``, ``#5.7.1``."""
_PROMPT = regex(r"(?:\[?[\w.-]+@[\w.-]+[^\n$#%>]{0,60}[$#%>]|[$#%])\s+\S")
"""What a shell writes before a command."""
_ONE_WORD = regex(r"\s*[\w.+/-]+\s*")
_CAMEL = regex(r"\s*(?:[A-Z][a-z]+)+[A-Z]*\s+\S")
"""A setting without a sign, as OpenDKIM has them."""
_NAME = regex(r"\s*[a-z0-9]+(?:[_-][a-z0-9]+)+\s*", re.IGNORECASE)
"""A name of several words."""
_PLAIN = regex(r"\s*(?:[\w.+/-]+|\w[\w ,.'?!]*)\s*")
"""A word, or words without a sign of the shell."""
MOST_IN_FULL = 4
"""Parameters that fit a part of a name are all explained if they are this few, else listed."""


class Question(NamedTuple):
    """A text that was recognised.

    ``kind`` says as what: ``lines`` (log records or header fields), ``line`` (those of a table or a zone), ``cut`` (a piece of a record, read as if whole), ``reply``, ``queue-id``, ``ip-address``,
    ``mail-address``, ``command``, ``setting`` and ``service`` (a line of main.cf, of master.cf), ``other-setting`` (a line of the settings of the program ``read_as``), ``documents``
    (explain each of ``names``), ``list`` (too many to explain: list ``names``), ``all`` (list all that the row
    ``read_as`` of the corpus' lists says) or ``coded`` (the words ``read_as`` with the codes ``names``).
    ``read_as`` is else the text as it was read where a slip was mended, and what a sentence quotes or asks about; ``reads`` what was found in the records of
    ``lines`` and ``line``.
    """

    kind: str
    names: tuple[Name, ...] = ()
    read_as: str = ""
    reads: tuple[Read, ...] = ()


Recogniser = Callable[[Library, str], "Question | None"]


def recognise(library: Library, text: str) -> Question | None:
    """The first reading of ``text`` that a recogniser finds; ``None`` leaves it to the search."""
    bare = text.strip()
    # names and most questions spare the look at the table
    if not bare[:1].isalnum() and bare in library.table("words").get("signs", {}):
        return None
    for recogniser in RECOGNISERS:
        question = recogniser(library, text)
        if question is not None:
            return question
    return None


def lines(library: Library, text: str) -> Question | None:
    """Log records and mail header fields, with or without what stands in front of a record."""
    bare = text.strip()
    # a short question is not tried against all patterns: what is a record has one of these signs
    if (" " not in bare and "\n" not in bare) or not any(sign in bare for sign in _SIGNS):
        return None
    lines = (line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))
    reads = tuple(library.engine.reads(lines, is_covered=True))
    if not any(map(_is_record, reads)) or (len(reads) == 1 and _is_half_a_record(reads[0])):
        return None
    if len(reads) > 1 and is_prompt(reads[0].record.text) and _is_record(reads[1]):
        reads = reads[1:]  # the command that wrote the records
    if len(reads) == 1:
        reads = (_without_comment(library, reads[0]),)
    return Question("lines", reads=reads)


def is_prompt(line: str) -> bool:
    """Whether a line is a command with the prompt of a shell before it."""
    return _PROMPT.match(line) is not None


def _without_comment(library: Library, read: Read) -> Read:
    """``read``, or what it is without what somebody says of it after a comma, if a better known message is left."""
    record, hit = read.record, read.hit
    if record.time is not None or hit is None or ", " not in record.text:
        return read
    from mailhelp.explain.reply import before_commas  # seldom needed

    for text in before_commas(record.text):
        if _WORDS_ALONE.fullmatch(record.text, len(text)):
            (shorter,) = library.engine.reads([text], is_covered=True)
            if shorter.hit is not None and shorter.hit.literal > hit.literal:
                return shorter
    return read


def _is_half_a_record(read: Read) -> bool:
    """Whether somebody may have typed what he remembers of a record: a program's name, and words that no entry knows."""
    record = read.record
    return record.time is None and record.pid is None and read.hit is None


def is_unknown(read: Read) -> bool:
    """Whether a record that somebody may have typed is known by its shape at most."""
    return read.record.time is None and (read.hit is None or read.hit.generic)


_VOWELS = frozenset("aeiou")
_HEXADECIMAL = frozenset("0123456789abcdef")
_SIGNS = ":=<["
_WRITTEN = "-=:@/"
"""Signs of which a setting, a record or a command with options has one."""
_IN_FILES = "./@=|:<"
"""Signs of which a line of a table or a zone has one if no number begins it; plain questions have none."""
_OPENED = regex(r'\s\((?=[\s"]|$)[^()]*$')
_WORDS_ALONE = regex(r"(?:,? [A-Za-z]+(?:'[a-z]+)?)+[?!.]*")
_MOST_AROUND = 8
"""Words of a question that is about one name."""
_WORDS_AROUND = 3
"""Blanks in a sentence that may quote a reply."""


def _begins_with_record(library: Library, text: str) -> bool:
    """Whether ``text`` begins with a log record that has its time before it."""
    head = text.partition("\n")[0]
    if ":" not in head:
        return False
    record = library.engine.parse(head)
    return record.tag is not None and record.time is not None


def cut_record(library: Library, text: str) -> Question | None:
    """A piece of a log record: the end of a delivery, a reason in brackets, a record without its time."""
    piece = text.strip()
    if len(piece.split(" ", 3)) < _WORDS_OF_RECORD or "\n" in piece or len(piece) > _LONGEST_PIECE:
        return None
    from mailhelp.patterns.holes import holes
    from mailhelp.patterns.pattern import longest_literal, to_regex
    from mailhelp.patterns.pattern import parse as parse_pattern
    from mailhelp.shell import say

    for row in library.table("words").get("cut", {}).get("records", {}).values():
        for pattern in row["patterns"]:
            parts = parse_pattern(pattern)
            if longest_literal(parts) not in piece:
                continue
            found = re.fullmatch(to_regex(parts, library.fields), piece)
            if found is None:
                continue
            values = dict(zip(holes(parts), found.groups(), strict=True))
            whole = say(row["record"], {**values, "piece": piece})
            reads = tuple(library.engine.reads([whole], is_covered=True))
            if reads and reads[0].hit is not None and not reads[0].hit.generic:
                return Question("cut", reads=reads)
    return None


def is_record(library: Library, line: str) -> bool:
    """Whether a line by itself is a log record or a mail header field; one with a prefix is not matched."""
    record = library.engine.parse(line)
    if record.tag is not None:
        return True
    bare = line.strip()
    return (
        " " in bare
        and any(sign in bare for sign in _SIGNS)
        and _is_record(library.engine.read(record))
    )


def is_head(library: Library, lines: Iterable[str]) -> bool:
    """Whether ``lines`` begin with the head of a mail: several header fields, and little else."""
    head = takewhile(str.strip, islice(lines, _HEAD_LINES))
    reads = list(library.engine.reads(head, is_covered=True))
    known = sum(read.is_header for read in reads)
    return known >= _FIELDS and known * 2 >= len(reads)


def _is_record(read: Read) -> bool:
    """Whether a text is a header field, a record, or the message of one without a syslog prefix."""
    if read.record.tag is not None or read.is_header:
        return True
    if read.hit is None or not any(sign in read.record.message for sign in _SIGNS):
        return False
    return not read.hit.generic or read.hit.literal > _SURE


_FIELDS = 3
"""Header fields that make a head; fewer are explained one by one."""
_HEAD_LINES = 200
"""Lines of a pasted text that are looked at to tell what it is."""
_QUOTES = regex(r"^(?:[ \t]*>)*[ \t]*")


def held(library: Library, lines: Iterable[str]) -> str | None:
    """What the first of ``lines`` belong to, of the kinds in ``corpus/shapes.toml``: a bounce, a queue
    listing, a file of settings, …; ``None`` if to none of them. Quotes and indents do not count.
    """
    from mailhelp.patterns.pattern import Shape

    head = [_QUOTES.sub("", line).rstrip() for line in islice(lines, _HEAD_LINES)]
    head = [line for line in head if line]
    whole = "\n".join(head).casefold()
    for kind, row in library.table("shapes").items():
        least = int(row.get("least", 1))
        counted = head
        if "aside" in row:
            aside = [Shape(text, library.fields) for text in row["aside"]]
            counted = [line for line in head if not any(shape.match(line) for shape in aside)]
        if len(counted) < least:
            continue
        shapes = [
            Shape(text, library.fields)
            for text, needs in zip(row["patterns"], row["needs"], strict=True)
            if not needs or any(each in whole for each in needs)
        ]
        fitting = sum(any(shape.match(line) for shape in shapes) for line in counted)
        if fitting >= least and fitting >= len(counted) * row.get("share", 0.0):
            return str(row.get("kind", kind))
    return None


def exact(library: Library, text: str) -> Question | None:
    """The id or exact name of anything but a man page; a parameter goes before other kinds of the same name."""
    whole = text.strip()
    if "/" in whole and library.document(whole) is not None:
        kind, _, rest = whole.partition("/")
        return Question("documents", (Name(whole, kind, rest),))
    found = library.named(text)
    own = [name for name in found if name.kind != "page"]
    if found and (not own or " -" in text):  # what a command does comes before what bears its name
        command = shell_command(library, text)
        if command is not None:
            return command
    parameters = [name for name in own if name.kind == "parameter"]
    own = own or _named_among_words(library, text)
    return Question("documents", tuple(parameters or own)) if own else None


def _named_among_words(library: Library, text: str) -> list[Name]:
    """The parameter or header field in words that say no more than that it is asked for: ``postfix relayhost``."""
    words = [word.strip("?!.,:\"'").casefold() for word in text.split()]
    if not 1 < len(words) <= _MOST_AROUND:
        return []
    row = library.table("words").get("named", {})
    named = [word for word in words if word not in row.get("around", ())]
    if len(named) != 1:
        return []
    kinds = {row["kinds"][word] for word in words if word in row.get("kinds", {})}
    return library.named(named[0], *(kinds or {"parameter"}))


def manual(library: Library, text: str) -> Question | None:
    """The exact name of a man page or a piece of one, where no entry has this name."""
    names = tuple(library.named(text, "page"))
    return Question("documents", names) if names else None


def everything(library: Library, text: str) -> Question | None:
    """A word that stands for all entries of a kind: recipes, topics, codes."""
    asked = fold(text)
    for name, row in library.table("words").get("lists", {}).items():
        if asked == name or asked in row["names"]:
            return Question("all", read_as=name)
    return None


def address(library: Library, text: str) -> Question | None:
    """An IP address or a mail address by itself."""
    word = text.strip().strip("<>[]")
    if len(word) > _LONGEST_ADDRESS:
        return None
    # the guards spare most words the compiling
    if ("." in word or ":" in word) and _IP_ADDRESS.fullmatch(word):
        return Question("ip-address", read_as=word)
    is_mail = "@" in word and _MAIL_ADDRESS.fullmatch(word)
    return Question("mail-address", read_as=word) if is_mail else None


def partial_parameter(library: Library, text: str) -> Question | None:
    """A part of one or more parameters' names."""
    return _by_part(library, text, text, "")


def beginning(library: Library, text: str) -> Question | None:
    """The beginning of a name, or of the words of one: ``myhostn``, ``recipient delim``."""
    words = fold(text).split()
    if len(text.strip()) < _SHORTEST_BEGINNING or len(text.split()) > 2:
        return None
    if len(words) == 1 and words[0] in library.vocabulary:
        return None
    names = _present(library, text, library.named_from(text, "parameter", "recipe", "topic"))
    if len(text.split()) > 1:
        names = [name for name in names if fold(name.shown).startswith(fold(text))]
    if not names:
        return None
    if len(words) > 1 and _is_theme(names):
        return None
    if len({name.id for name in names}) <= MOST_IN_FULL:
        return Question("documents", tuple(names))
    return Question("list", tuple(names))


def queue_id(library: Library, text: str) -> Question | None:
    """A queue ID: hexadecimal with a digit in it, or long and without vowels."""
    word = text.strip()
    if len(word) < _SHORTEST_QUEUE_ID or not any(map(str.isdecimal, word)):
        return None
    if word.islower() and not set(word) <= _HEXADECIMAL:
        return None
    fits = re.fullmatch(library.fields["queue_id"].regex, word)
    # Postfix writes its IDs in capitals, or in both, then without vowels: smtputf8, UGFzc3dvcmQ6 are words of entries
    key = word.casefold()
    is_made = word.isupper() or (not word.islower() and _VOWELS.isdisjoint(key))
    if not is_made and any(store.postings([key]) for store in library.searched):
        return None
    return Question("queue-id") if fits else None


def line_of_file(library: Library, text: str) -> Question | None:
    """A line of a lookup table, of a DNS zone or of another file that an entry knows; or several, if it is so of each."""
    lines = _joined(text)
    if not lines:
        return None
    names = library.all_names("line")
    reads = []
    for line in lines:
        if not (line[0].isdecimal() or any(sign in line for sign in _IN_FILES)):
            return None
        read = library.engine.line(line, names)
        if read is None:
            return None
        reads.append(read)
    return Question("line", reads=tuple(reads))


def _joined(text: str) -> list[str]:
    """The lines of a file with a blank between their words: without comments, each with those that continue it."""
    found: list[str] = []
    is_open = False
    for line in text.strip().split("\n"):
        told = " ".join(line.split())
        if not told or told[0] in "#;":
            continue
        if found and (is_open or line[0] in " \t"):
            found[-1] += f" {told}"
        else:
            found.append(told)
        if len(found) > _HEAD_LINES or len(found[-1]) > _LONGEST_PIECE:
            return []
        # a record of a zone may go on until its bracket is closed
        is_open = _OPENED.search(found[-1]) is not None
    return found


def shell_command(library: Library, text: str) -> Question | None:
    """A shell command of a program that mailhelp or a man page here explains."""
    if _PLAIN.fullmatch(text):  # most are names and questions: a look at a table spares the rest
        one = _ONE_WORD.fullmatch(text)
        first = text.split()[0].rpartition("/")[2]
        if (
            not first
            or first.casefold() in STOP_WORDS
            or not (
                library.table(f"options/{first}") or (not one and library.running("recipe", first))
            )
        ):
            return None
    from mailhelp.explain import command  # seldom needed

    return Question("command") if command.known(library, text) else None


def reply(library: Library, text: str) -> Question | None:
    """The words of an SMTP refusal, quoted in any way, or as they are: those that an entry knows."""
    if " " not in text.strip() or _begins_with_record(library, text):
        return None
    if not any(
        map(str.isdecimal, text)
    ):  # without a code only fixed words of a message of ours count
        first = text.strip()[:1].upper() + text.strip()[1:]
        programs = library.table("replies")["own"]["program"]
        if library.filing(programs).isdisjoint(first.split()):
            return None
    from mailhelp.explain import reply as replies  # most do without

    found = replies.quoted(library, text)
    known = (
        replies.find_typed(library, found) if found else replies.find_words(library, text.strip())
    )
    if known is None or (known.by_code and found is not None and not found.host):
        return None  # the status code says as much
    return Question("reply")


def reply_inside(library: Library, text: str) -> Question | None:
    """An SMTP refusal that a sentence quotes: its codes and words that an entry knows."""
    if not any(map(str.isdecimal, text)) or text.count(" ") < _WORDS_AROUND:
        return None
    from mailhelp.explain import reply as replies  # most do without

    inner = replies.inside(library, text)
    return Question("reply", read_as=inner.text) if inner else None


def status_code(library: Library, text: str) -> Question | None:
    """An SMTP reply code or an enhanced status code: alone, before a reply, or anywhere in a question.

    Enhanced codes, which say more, come first. A code without an entry is answered by its subject
    (``5.7.606`` by ``5.7.0``) or its class.
    """
    if not any(map(str.isdecimal, text)):
        return None
    rules = library.table("words").get("codes", {})
    names: list[Name] = []
    wider: list[Name] = []
    read_as = ""
    rest: list[str] = []
    codes: list[str] = []
    words = text.split()[:_LONGEST_QUESTION]
    said = [word for word in words if fold(word.strip("?!.,")) not in rules.get("without", ())]
    alone = said[0] if len(said) == 1 else ""
    for number, word in enumerate(words):
        bare = word.strip("()[]<>{}.,;:?!\"'")
        code = _CODED.sub("", bare, count=1)
        before = words[number - 1].casefold().strip(".,;:") if number else ""
        after = "".join(words[number + 1 : number + 2]).lstrip("#(")
        is_version = "." in code and before in rules.get("versions", ())
        # 2.4 among words is a version too: nobody asks about success
        is_version = is_version or (
            code.startswith("2.") and len(code) == len("2.4") and len(said) > 1
        )
        if (_CODE.fullmatch(code) and not is_version) and (
            not code.isdigit()
            or not number
            or code != bare
            or before in rules.get("before", ())
            or after.startswith(f"{code[0]}.")
            or alone == word
        ):
            codes.append(code)
        elif number and codes and codes[-1] == words[number - 1] and word[:1] in "-":
            continue
        else:
            rest.append(word)
    for code in sorted(dict.fromkeys(codes), key=lambda code: "." not in code):
        found = library.named(code, "status") or (library.named(code) if "." in code else [])
        if not found and not wider:
            for each in wider_codes(code):
                wider = library.named(each, "status")
                if wider:
                    read_as = each
                    break
        names += found
    asked = [word for word in rest if fold(word.strip("?!.,")) not in rules.get("without", ())]
    if names:
        read_as = ""
    elif asked and all(map(str.isdigit, codes)):
        return None  # 465 or 587 for sending: a number, and no code
    names = list(dict.fromkeys(names or wider))
    if not names:
        return None
    if asked:
        return Question("coded", tuple(names), " ".join(rest))
    # of a reply's two codes the enhanced one says more
    enhanced = [name for name in names if "." in name.shown]
    return Question("documents", tuple(enhanced or names), read_as)


def are_broad(library: Library, codes: Iterable[Name]) -> bool:
    """Whether each of ``codes`` is used for so many reasons that the words beside it say more."""
    broad = library.table("words").get("codes", {}).get("broad", ())
    return all(code.shown.isdigit() or f"x{code.shown[1:]}" in broad for code in codes)


def asked_about(library: Library, text: str) -> Question | None:
    """A setting, a record or a command that a question asks the meaning of; ``read_as`` is it alone."""
    bare = text.strip()
    row = library.table("words").get("about", {})
    rest = bare.rstrip("?! ")
    said = rest.casefold()
    before = next((each for each in row.get("before", ()) if said.startswith(f"{each} ")), "")
    after = next((each for each in row.get("after", ()) if said.endswith(f" {each}")), "")
    rest = rest[len(before) : len(rest) - len(after)].strip(" ,:")
    is_more = " " in rest or "=" in rest
    if not (before or after) or not is_more or not any(sign in rest for sign in _WRITTEN):
        return None
    for recogniser in (setting, line_of_file, shell_command):
        question = recogniser(library, rest)
        if question is not None:
            return question._replace(read_as=question.read_as or rest)
    return None


def setting(library: Library, text: str) -> Question | None:
    """A line of main.cf (``name = value``, also with a misspelt name) or of master.cf."""
    if "\n" in text.strip():
        return None
    found = _SETTING.match(text) if "=" in text else None
    if found is None:
        name, _, value = text.strip().partition(" ")
        forgotten = "_" in name and any(sign in value for sign in ":/")  # the = was
        if forgotten and library.named(name, "parameter"):
            return Question("setting")
        columns = text.split()
        option = columns[:1] == ["-o"]
        if len(columns) < _SERVICE_COLUMNS and not option:
            return None
        if held(library, [text]) != "master-cf":
            return None
        return Question("setting" if option else "service")
    if library.named(found[1], "parameter"):
        return Question("setting")
    from mailhelp.explain import config  # seldom needed

    if config.at_fault(library, "dovecot", text):
        return Question("other-setting", read_as="dovecot")
    if not re.fullmatch(library.fields["shape_main_cf"].regex, text.strip()):
        return None
    return Question("setting") if config.names_of(library, text) else None


def other_setting(library: Library, text: str) -> Question | None:
    """A line of opendkim.conf in which there is a fault."""
    if "\n" in text.strip() or not _CAMEL.match(text):
        return None
    from mailhelp.patterns.pattern import Shape  # seldom needed

    if not any(
        Shape(pattern, library.fields).match(text.strip())
        for pattern in library.table("shapes").get("opendkim", {}).get("patterns", ())
    ):
        return None
    from mailhelp.explain import config  # seldom needed

    at_fault = config.at_fault(library, "opendkim", text)
    return Question("other-setting", read_as="opendkim") if at_fault else None


def misspelt(library: Library, text: str) -> Question | None:
    """A name, or part of one, with a slip of one letter; a whole name also with a few, or without one of its words."""
    words = fold(text).split()
    is_name = ("_" in text or "-" in text) and _NAME.fullmatch(text)
    if len(words) > 4 and not is_name:
        return None
    if all(_is_a_word(library, word) for word in words) and not _NAME.fullmatch(text):
        return None
    from mailhelp.knowledge.words import read_as  # seldom needed

    if read_as(library.table("languages"), text, library.vocabulary):
        return None
    for reading in library.corrected(text):
        question = exact(library, reading) or _by_part(library, reading, text, reading)
        if question is not None:
            return Question(question.kind, question.names, reading)
    if not is_name:
        return None
    names = library.closest(text, "parameter", "recipe")
    if not 0 < len(names) <= MOST_IN_FULL:
        return None
    return Question("documents", tuple(names), " or ".join(name.shown for name in names))


def _by_part(library: Library, text: str, typed: str, read_as: str) -> Question | None:
    # three plain words are a question, whatever name they also stand in
    if len(fold(text)) < 3 or len(typed.split()) > 2:
        return None
    names = _present(library, text, library.named_like(text, "parameter", "recipe", "topic"))
    if " " in typed.strip():
        # two plain words mean a name only where they begin or end it: "user unknown" is a message
        key = fold(text)
        names = [name for name in names if _at_an_end(fold(name.shown), key)]
    if " " in typed.strip() and _is_theme(names):
        return None
    parameters = [name for name in names if name.kind == "parameter"]
    if len(fold(text).split()) > 1 and 0 < len(parameters) <= MOST_IN_FULL:
        return Question("documents", tuple(parameters), read_as)
    if len(names) == 1:
        # one plain word out of a name, such as newaliases, is asked about more than the name is
        plain = text.strip().isalpha()
        return None if plain else Question("documents", tuple(names), read_as)
    return Question("list", tuple(names), read_as) if names else None


def _present(library: Library, text: str, names: Iterable[Name]) -> list[Name]:
    """The names; of those that Postfix has given up none where plain words are typed, which ask for no old name."""
    old = library.table("settings").get("old_parameters", {}) if " " in text.strip() else {}
    return [name for name in names if name.shown not in old]


def _is_theme(names: Iterable[Name]) -> bool:
    """Whether two plain words that these names share are rather what they are about: other programs' settings, whose topics
    a search finds with all else of the theme.
    """
    names = list(names)
    return len(names) > MOST_IN_FULL and all(name.kind == "topic" for name in names)


def _at_an_end(name: str, key: str) -> bool:
    return name.startswith(key) or name.endswith(key)


def _is_a_word(library: Library, word: str) -> bool:
    """Whether ``word`` is right as it stands, though no name has it: loop is no slip for noop."""
    return word.isdigit() or word in library.vocabulary


_SHORTEST_BEGINNING = 4
_LONGEST_ADDRESS = 320
_LONGEST_PIECE, _WORDS_OF_RECORD = 2_000, 2
"""Characters of a piece of a record at most, and words at least."""
_LONGEST_QUESTION = 200
"""Words of a text in which codes are looked for."""
_SHORTEST_QUEUE_ID = 6
_SERVICE_COLUMNS = 8
"""Of a line of master.cf, master(5)."""
_SURE = 8
"""Characters of fixed text that tell a generic shape from an ordinary sentence."""

RECOGNISERS: tuple[Recogniser, ...] = (
    reply,
    lines,
    cut_record,
    exact,
    everything,
    address,
    queue_id,
    asked_about,
    line_of_file,
    reply_inside,
    status_code,
    setting,
    other_setting,
    shell_command,
    partial_parameter,
    manual,
    beginning,
    misspelt,
)
