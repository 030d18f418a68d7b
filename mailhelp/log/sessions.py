"""What one process does between two records → the mails (SMTP transactions) that it is about.

A client may try several mails in one session. Those that got a queue ID are told by it; a record
without one belongs to the mail that was tried when it was written: one with the same sender, not yet
ended, that has not named this recipient before. The number of mails that the last record of the
session gives decides where that leaves a choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailhelp.light import NamedTuple

_NEVER, _SURE, _LIKELY = 9, 5, 3
"""How unlikely it is that two items in a row are of one mail."""


class Item(NamedTuple):
    """A record of a session, or a mail in the queue (``queued``) that it begins.

    ``number`` is its place in the session; ``begins`` and ``ends`` say that a mail does so with it;
    ``tail`` that it belongs to the mail before it, whichever that is.
    """

    number: int
    sender: str = ""
    recipient: str = ""
    begins: bool = False
    ends: bool = False
    queued: bool = False
    tail: bool = False
    moment: float | None = None


def transactions(items: Sequence[Item], count: int | None = None) -> list[list[Item]]:
    """The items of each mail; ``count`` is how many mails the client tried, if that is known."""
    if not items:
        return []
    strengths = _strengths(items)
    cuts = {place for place, strength in enumerate(strengths) if strength >= _LIKELY}
    if count is not None:
        # what is said before MAIL FROM has no sender, and is no mail of the count
        mails = sum(
            any(item.sender or item.queued or item.begins for item in group)
            for group in _cut(items, cuts)
        )
        weak = [place for place, strength in enumerate(strengths) if strength == 0]
        weak = [place for place in weak if not (items[place].begins or items[place + 1].ends)]
        weak.sort(key=lambda place: -_gap(items[place], items[place + 1]))
        cuts |= set(weak[: max(count - mails, 0)])
        doubtful = sorted(
            (place for place in cuts if strengths[place] < _NEVER),
            key=lambda place: strengths[place],
        )
        cuts -= set(doubtful[: max(mails - count, 0)])
    return _cut(items, cuts)


def _cut(items: Sequence[Item], cuts: set[int]) -> list[list[Item]]:
    found: list[list[Item]] = [[]]
    for place, item in enumerate(items):
        found[-1].append(item)
        if place in cuts and place + 1 < len(items):
            found.append([])
    return found


def _strengths(items: Sequence[Item]) -> list[int]:
    """For each item but the last, how surely another mail begins after it."""
    found: list[int] = []
    begun = ended = queued = False
    sender = ""
    recipients: set[str] = set()
    for place, item in enumerate(items):
        if place:
            strength = 0
            if item.tail:
                strength = -1
            elif ended or queued or (begun and item.begins):
                strength = _NEVER
            elif (
                not begun and bool(sender) != bool(item.sender) and not (item.queued or item.begins)
            ) or (sender and item.sender and sender != item.sender):
                strength = _SURE
            elif item.recipient and item.recipient in recipients and not begun:
                strength = _LIKELY
            found.append(strength)
            if strength >= _LIKELY:
                begun = ended = queued = False
                sender = ""
                recipients = set()
        begun = begun or item.begins
        ended = ended or item.ends
        queued = queued or item.queued
        sender = sender or item.sender
        if item.recipient and not item.ends:
            recipients.add(item.recipient)
    return found


def _gap(before: Item, after: Item) -> float:
    if before.moment is None or after.moment is None:
        return 0.0
    return after.moment - before.moment
