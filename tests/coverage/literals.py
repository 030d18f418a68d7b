"""Calls that log, found in source text: name, place of the format → the format with its arguments.

Shapes only: which functions log, and at which level, is said by the tables in ``programs/``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_CONVERSION = re.compile(
    r"%(?:\d+\$)?[-+ #0']*(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?"
    r"(?:hh|h|ll|l|z|j|t|q|L|I64)?(?P<type>[A-Za-z%])"
)
_RSPAMD = re.compile(
    r"%(?:[0-9]*(?:\.[0-9]+|\.?\*)?)?(?:[xXbBHh]|h)?(?:ud|uL|uD|uz|ut|uxL|ux|ui|[a-zA-Z%])"
)
_TOKEN = {
    "c": re.compile(r'"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|[()\[\]{},?:;]|\S', re.DOTALL),
    "perl": re.compile(
        r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[$@%&]?[A-Za-z_](?:\w|::)*|[()\[\]{},?:;]|\S',
        re.DOTALL,
    ),
}
_TOKEN["lua"] = _TOKEN["perl"]
_COMMENTS = {
    "c": re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'|/\*.*?\*/|//[^\n]*', re.DOTALL),
    "perl": re.compile(r"(?m)^\s*#.*$|^=\w.*?^=cut$|\s# .*$"),
}
_ESCAPES = {
    "n": " ",
    "t": " ",
    "r": "",
    "0": "",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "@": "@",
    "$": "$",
}
_PERL_VALUE = re.compile(
    r"(?<!\\)[$@]\{?(?:[A-Za-z_](?:\w|::)*|!|@|\d|(?<=\$)[<>](?!\w)|(?<=\$)\$(?![\w{]))\}?(?:->)?(?:(?:->)?(?:\{[^{}]*\}|\[[^\[\]]*\]))*"
)


class Found(NamedTuple):
    """A logged format: pieces of fixed text with the expression of each value between them."""

    call: str
    pieces: tuple[str, ...]
    values: tuple[str, ...]
    line: int
    head: tuple[str, ...] = ()
    """The arguments before the format."""


def in_c(
    text: str, calls: Mapping[str, int], defines: Mapping[str, str], rspamd: bool = False
) -> Iterator[Found]:
    """Formats that C code logs. ``calls``: name → which argument is the format, from 0."""
    text = _COMMENTS["c"].sub(_blank_comment, text)
    text = re.sub(r"\\\n", " \n", text)
    for call, line, arguments in _calls(text, "c", calls):
        place = calls[call]
        if len(arguments) <= place:
            continue
        values = [" ".join(each) for each in arguments[place + 1 :]]
        head = tuple(" ".join(each) for each in arguments[:place])
        for literal in _c_strings(arguments[place], defines):
            yield _conversions(call, literal, values, line, rspamd, defines)._replace(head=head)


def in_lua(text: str, calls: Mapping[str, int]) -> Iterator[Found]:
    """Formats that Lua code logs: the first argument that is a string, with %s for each that follows."""
    text = re.sub(
        r"--\[\[.*?\]\]|--[^\n]*", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL
    )
    for call, line, arguments in _calls(text, "lua", calls):
        for place, tokens in enumerate(arguments):
            if tokens and tokens[0][0] in "\"'" and len(tokens[0]) > 1:
                pieces, values = _perl_pieces(
                    [each.replace('"', "'") if each[0] == '"' else each for each in tokens]
                )
                rest = [" ".join(each) for each in arguments[place + 1 :]]
                found = _conversions(
                    call, "\0".join(pieces).replace("..\0", "\0"), rest, line, False
                )
                yield _unzipped(found, values)
                break


def in_perl(text: str, calls: Mapping[str, int]) -> Iterator[Found]:
    """Formats that Perl code logs."""
    text = re.split(r"(?m)^__(?:END|DATA)__$", text)[0].replace("=>", ", ")
    text = _COMMENTS["perl"].sub(lambda found: "\n" * found[0].count("\n"), text)
    for call, line, arguments in _calls(text, "perl", calls):
        place = calls[call]
        if len(arguments) <= place:
            continue
        tokens, head = arguments[place], tuple("".join(each) for each in arguments[:place])
        if tokens and tokens[0] == "sprintf":
            inner = _split(tokens[2:-1] if tokens[-1] == ")" else tokens[1:])
            arguments, place, tokens = inner, 0, inner[0] if inner else []
        pieces, values = _perl_pieces(tokens)
        if not any(re.search(r"[A-Za-z]{2}", piece) for piece in pieces):
            continue
        rest = [" ".join(each) for each in arguments[place + 1 :]]
        if rest and "%" in "".join(pieces):
            literal = "\0".join(pieces)
            found = _conversions(call, literal, rest, line, False)
            yield _unzipped(found, values)._replace(head=head)
        else:
            yield Found(call, tuple(pieces), tuple(values), line, head)


def in_python(text: str, calls: Mapping[str, int]) -> Iterator[Found]:
    """Formats that Python code logs; ``calls`` names functions and methods by their last name."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        call = name if name in calls else name.rpartition(".")[2]
        if call not in calls or len(node.args) <= calls[call]:
            continue
        place = calls[call]
        rest = [ast.unparse(each) for each in node.args[place + 1 :]]
        for pieces, values in _python(node.args[place]):
            if not any(re.search(r"[A-Za-z]{2}", piece) for piece in pieces):
                continue
            if rest and not values:
                yield _conversions(call, pieces[0], rest, node.lineno, False)
            else:
                yield Found(call, tuple(pieces), tuple(values), node.lineno)


def defines(text: str) -> dict[str, str]:
    """Names that C code defines as a string."""
    found = re.finditer(
        r'(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t\\\n]+((?:"(?:[^"\\\n]|\\.)*"[ \t\\\n]*)+)', text
    )
    return {each[1]: "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', each[2])) for each in found}


def _blank_comment(found: re.Match[str]) -> str:
    return found[0] if found[0][0] in "\"'" else "\n" * found[0].count("\n")


def _calls(
    text: str, language: str, calls: Mapping[str, int]
) -> Iterator[tuple[str, int, list[list[str]]]]:
    token = _TOKEN[language]
    names = "|".join(sorted(map(re.escape, calls), key=len, reverse=True))
    opened = r"\s*\(" if language == "c" else r"(?:\s*\(|\s+(?=[\"'$s(\w]))"
    before = r"[\w$:]" if language == "perl" else r"[\w$>:]"
    for start in re.finditer(rf"(?<!{before})(?:{names})(?={opened})", text):
        position = start.end()
        bare = re.match(r"\s*\(", text[position:]) is None
        depth, tokens = 0, []
        for each in token.finditer(text, position):
            if each.start() - position > 4000:
                break
            word = each[0]
            if word == ";" or (bare and depth == 0 and word in ("if", "unless", "}")):
                break
            depth += (word in "([{") - (word in ")]}") if len(word) == 1 else 0
            tokens.append(word)
            if depth == 0 and not bare and word == ")":
                break
        if not bare:
            tokens = tokens[1:-1]
        yield start[0], text.count("\n", 0, start.start()) + 1, _split(tokens)


def _split(tokens: Sequence[str]) -> list[list[str]]:
    """Tokens of an argument list → those of each argument."""
    found: list[list[str]] = [[]]
    depth = 0
    for word in tokens:
        if len(word) == 1:
            depth += (word in "([{") - (word in ")]}")
        if word == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(word)
    return found


def _c_strings(tokens: list[str], defined: Mapping[str, str]) -> Iterator[str]:
    while len(tokens) > 3 and tokens[0] in ("_", "gettext", "GT_", "N_") and tokens[1] == "(":
        tokens = tokens[2:-1]
    tokens = [each for each in tokens if each != "@"]
    while tokens[:1] == ["("] and tokens[-1:] == [")"]:
        tokens = tokens[1:-1]
    if "?" in tokens:
        place = tokens.index("?")
        if tokens[0].startswith('"'):
            return
        depth = 0
        for index in range(place + 1, len(tokens)):
            depth += tokens[index] == "?"
            if tokens[index] == ":":
                if depth == 0:
                    yield from _c_strings(tokens[place + 1 : index], defined)
                    yield from _c_strings(tokens[index + 1 :], defined)
                    return
                depth -= 1
        return
    if not any(each.startswith('"') for each in tokens) and not any(
        each in defined for each in tokens
    ):
        return
    text = ""
    for word in tokens:
        if word.startswith('"'):
            text += _unescaped(word[1:-1])
        elif re.fullmatch(r"PRI[diuxX]\w+", word):
            text += "lu"
        elif word in defined:
            text += _unescaped(defined[word])
        elif re.fullmatch(r"[A-Z_0-9]+", word):
            text += "%s"
        else:
            return
    yield text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def _conversions(
    call: str,
    literal: str,
    values: Sequence[str],
    line: int,
    rspamd: bool,
    defined: Mapping[str, str] | None = None,
) -> Found:
    pieces, found, position = [""], [], 0
    left = list(values)
    for each in (_RSPAMD if rspamd else _CONVERSION).finditer(literal):
        pieces[-1] += literal[position : each.start()]
        position = each.end()
        if each[0].endswith("%"):
            pieces[-1] += "%"
            continue
        for _ in range(each[0].count("*")):
            left[:1] = []
        if each[0] == "%m":
            value = "errno"
        elif left:
            value = left.pop(0)
        else:
            value = ""
        if defined and value in defined:
            pieces[-1] += _unescaped(defined[value])
            continue
        kind = each[0][-1]
        if rspamd and kind == "e":  # a GError
            kind, value = "s", "error"
        pieces.append("")
        found.append(
            f"%{'d' if kind in 'diuxXzoLtDP' else 'f' if kind in 'fgeT' else kind} {value}"
        )
    pieces[-1] += literal[position:]
    return Found(call, tuple(pieces), tuple(found), line)


def _unzipped(found: Found, values: Sequence[str]) -> Found:
    """``found`` with the marks in its pieces taken for ``values``."""
    pieces, kept, left = [], [], list(values)
    for index, piece in enumerate(found.pieces):
        parts = piece.split("\0")
        for place, each in enumerate(parts):
            pieces.append(each)
            if place < len(parts) - 1:
                kept.append(left.pop(0) if left else "")
        if index < len(found.values):
            kept.append(found.values[index])
    return Found(found.call, tuple(pieces), tuple(kept), found.line)


def _perl_pieces(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    pieces, values = [""], []
    other: list[str] = []

    def close() -> None:
        if [each for each in other if each != "."]:
            values.append(" ".join(each for each in other if each != "."))
            pieces.append("")
        other.clear()

    depth = 0
    for word in tokens:
        if len(word) == 1:
            depth += (word in "([{") - (word in ")]}")
        if depth == 0 and word[0] in "\"'" and len(word) > 1:
            close()
            text, position = word[1:-1], 0
            if word[0] == '"':
                for each in _PERL_VALUE.finditer(text):
                    pieces[-1] += _unescaped(text[position : each.start()])
                    values.append(each[0])
                    pieces.append("")
                    position = each.end()
            pieces[-1] += _unescaped(text[position:])
        else:
            other.append(word)
    close()
    return pieces, values


def _python(node: ast.expr) -> Iterator[tuple[list[str], list[str]]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield [" ".join(node.value.split("\n"))], []
    elif isinstance(node, ast.JoinedStr):
        pieces, values = [""], []
        for each in node.values:
            if isinstance(each, ast.Constant):
                pieces[-1] += str(each.value)
            else:
                values.append(ast.unparse(each))
                pieces.append("")
        yield pieces, values
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        right = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for pieces, values in _python(node.left):
            found = _conversions(
                "", "".join(pieces), [ast.unparse(each) for each in right], 0, False
            )
            yield list(found.pieces), list(found.values)
            del values
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left_pieces, left_values in _python(node.left) or ():
            for right_pieces, right_values in _python(node.right):
                joined = left_pieces[-1] + right_pieces[0]
                yield [*left_pieces[:-1], joined, *right_pieces[1:]], left_values + right_values
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
    ):
        for pieces, _ in _python(node.func.value):
            parts = re.split(r"\{[^{}]*\}", "".join(pieces))
            values = [ast.unparse(each) for each in node.args][: len(parts) - 1]
            yield parts, values + [""] * (len(parts) - 1 - len(values))
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_" and node.args:
        yield from _python(node.args[0])
    else:
        yield ["", ""], [ast.unparse(node)]
