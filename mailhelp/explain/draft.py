"""An unknown record → the draft of an entry for it, with typed holes, to be filled in by who knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailhelp import regexes as re
from mailhelp.light import Any
from mailhelp.log.read import Read
from mailhelp.log.reader import Engine
from mailhelp.patterns.pattern import parse, to_regex

_LONGEST = 500
_FENCES = ("```", "~~~")
_BLANK = "\N{SYMBOL FOR SPACE}"
"""What stands for a blank in a sample where it would be misread; ``corpus/README.md`` tells."""
_BEFORE = r"(?<![\w@./-])"
_BEHIND = r"(?![\w@/-]|\.\w)"


class Drafts:
    """Writes drafts. ``guesses`` is ``corpus/drafts.toml``: what values look like in any message."""

    def __init__(self, engine: Engine, guesses: Mapping[str, Mapping[str, Any]]) -> None:
        self._engine = engine
        self._looks = [(_looks(row, engine), row) for row in guesses.values()]

    def draft(self, read: Read) -> str:
        """A corpus entry for this record, as the file of a note; it passes ``mailhelp check`` as it is.

        Addresses in its sample are those for examples.
        """
        record = read.record
        message = record.message.strip()
        shown = message[:_LONGEST].partition("\r")[0].rstrip()
        if not shown or _BLANK in shown or shown.startswith(_FENCES):
            return ""  # nothing that a sample could show
        pattern, sample = self._typed(shown)
        if len(message) > len(shown):
            pattern += "{text}"
        program = self._engine.program(record.tag) or record.tag or "postfix/any"
        steps = re.sub(r"[^\w./-]", "_", program).split("/")
        place = "/".join(step for step in steps if step.strip(".")) or "other"
        named = "" if place == program else f"program = [{_string(program)}]\n"
        return (
            "+++\n"
            f"# save as NAME.md in ~/.config/mailhelp/notes/log/{place}/\n"
            'title = "What happened, in a few words"\n'
            f"{named}"
            f"patterns = [{_string(pattern)}]\n"
            'severity = "info"\n'
            'verdict = { who = "this-server", permanence = "none" }\n'
            'sources = ["our own notes"]\n'
            "+++\n"
            "What it means.\n\n"
            "## Samples\n\n"
            f"```\n{_sample_line(sample)}\n```\n"
        )

    def _typed(self, message: str) -> tuple[str, str]:
        """The pattern of ``message`` with holes where its values are, and a sample that fits it."""
        pattern = sample = ""
        after_hole = False
        for text, row in self._pieces(message):
            # where one hole ends and the next begins could not be told: the second stays as it is
            if row and after_hole and row["pattern"].startswith("{"):
                row = None
            pattern += row["pattern"] if row else _escaped(text)
            sample += str(row.get("example", text)) if row else text
            after_hole = row is not None and row["pattern"].endswith("}")
        if re.match(to_regex(parse(pattern), self._engine.fields), sample, re.DOTALL):
            return pattern, sample
        return _escaped(sample), sample

    def _pieces(self, message: str) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
        """``message`` in pieces, each with the row of the value that it is, if it is one."""
        position = start = 0
        while position < len(message):
            for regex, row in self._looks:
                found = None if row.get("first") and position else regex.match(message, position)
                if found and found.end() > position:
                    if position > start:
                        yield message[start:position], None
                    yield found[0], row
                    start = position = found.end()
                    break
            else:
                position += 1
        if start < len(message):
            yield message[start:], None


def _looks(row: Mapping[str, Any], engine: Engine) -> re.Pattern[str]:
    behind = "" if row.get("anywhere") or row.get("first") else _BEHIND
    regex = row.get("looks") or to_regex(parse(row["pattern"]), engine.fields, end=behind)
    before = "" if row.get("anywhere") or row.get("first") or regex[:1] in "</" else _BEFORE
    return re.compile(f"{before}(?:{regex}){behind}", re.DOTALL)


def _sample_line(text: str) -> str:
    """``text`` as a line below ``## Samples``; one that begins with dots would be what is inside a frame."""
    return text.replace("... ", f"...{_BLANK}", 1) if text.startswith("... ") else text


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _string(text: str) -> str:
    """A string of TOML, as it is read best."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    # what JSON escapes TOML reads; this one character JSON lets through
    import json

    return json.dumps(text, ensure_ascii=not text.isprintable()).replace("\x7f", "\\u007f")
