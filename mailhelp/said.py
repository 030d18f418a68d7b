"""Is a call one, or a sentence that begins with the name of a command (``trace a mail in the log``)?"""

from __future__ import annotations

import os

from mailhelp import api
from mailhelp.arguments import Call, are_said, is_plain
from mailhelp.commands import COMMANDS, FORMATS
from mailhelp.light import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelp.session import Session

_LOG_ENDINGS = (".log", ".gz", ".bz2", ".xz", ".txt", ".1")
_LONGEST_NAME = 5
"""Letters of a word in capitals that is rather a name (SMTP) than the id of a mail."""


def is_sentence(session: Session, call: Call) -> bool:
    """Whether the words of ``call`` name nothing that its command takes, no file, no id, no recipe, but say something."""
    words = call.words
    operand = COMMANDS[call.command].operand if call.command in COMMANDS else None
    if not words or operand is None or call.given:
        return False
    if operand.completes == "file":
        return not any(word == "-" or os.path.exists(word) for word in words) and _names_no_file(
            session, call
        )
    if operand.completes == "recipe":
        is_filled = any("=" in word for word in words)
        return len(words) > 1 and not is_filled and not api.is_recipe(session, words[0])
    if operand.completes == "format":
        return len(words) > 1 and words[0] not in FORMATS
    return operand.completes == "template" and are_said(words)


def _names_no_file(session: Session, call: Call) -> bool:
    words = call.words
    plain = [word for word in words if is_plain(word)]
    if len(words) == 1:  # a log may have any name
        is_word = plain == [*words] and api.is_a_word(session, words[0])
        is_name = call.command == "explain" and not is_log(words[0], alone=False)
        return call.command != "log" and (is_word or (is_name and api.is_named(session, words[0])))
    if call.command == "trace":
        return len(plain) > 1 and not any(map(_may_be_id, set(words).difference(plain)))
    if call.command == "log" and len(words) == 2:
        return are_said(words)
    logs = [word for word in words if is_log(word, alone=False)]
    return not logs or (len(plain) > 1 and len(logs) < len(words))


def _may_be_id(word: str) -> bool:
    """Whether a word that is none of a sentence may name a mail."""
    return not is_log(word, alone=False) and not (word.isalpha() and len(word) <= _LONGEST_NAME)


def is_log(word: str, alone: bool) -> bool:
    """Whether a word of ``trace`` is a file. One that is not there is, if it is called like a log and
    stands beside an id, so that a missing log is said and not looked for as an id.
    """
    if word == "-" or os.path.exists(word):
        return True
    if "@" in word or word.replace(".", "").isdigit():
        return False
    return "/" in word or (word.endswith(_LOG_ENDINGS) and not alone)
