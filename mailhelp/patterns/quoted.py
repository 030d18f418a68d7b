"""Words that prose quotes, found in a text."""

from __future__ import annotations

from collections.abc import Iterable


def holds(text: str, label: Iterable[str]) -> bool:
    """Whether ``text`` holds the pieces of ``label`` in their order, none of them inside a word."""
    place = 0
    for piece in label:
        place = _end(text, piece, place)
        if place < 0:
            return False
    return True


def _end(text: str, piece: str, start: int) -> int:
    """Where ``piece`` ends in ``text`` from ``start`` on, -1 if it is nowhere a whole word."""
    if not piece:
        return start
    while (found := text.find(piece, start)) >= 0:
        end = found + len(piece)
        begins = not (_is_inside(text[max(found - 1, 0) : found]) and _is_inside(piece[0]))
        if begins and not (_is_inside(text[end : end + 1]) and _is_inside(piece[-1])):
            return end
        start = found + 1
    return -1


def _is_inside(character: str) -> bool:
    """Whether words have the character inside."""
    return character.isalnum() or character == "_"
