"""Times as people give them to options → ISO 8601, in the time of the log's host."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from mailhelp import regexes as re
from mailhelp.errors import UsageError

_FORMS = ("%b %d", "%b %d %H:%M", "%b %d %H:%M:%S", "%d %b")
"""As syslog writes a time, without a year: the last such day."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def moment(text: str, now: datetime) -> str:
    """A time: ``2026-11-22``, ``2026-11-22 06:00``, ``Nov 22 06:00`` as logs write it, ``06:00`` of today, ``today``,
    ``yesterday``, ``2h`` ago.

    Raises ``UsageError`` for what is none of these.
    """
    said = text.strip().lower()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 0, "yesterday": 1}
    if said in days:
        return _iso(midnight - timedelta(days=days[said]))
    if re.fullmatch(r"\d+[smhdw]", said):
        return span(said, now)
    if re.fullmatch(r"\d\d?:\d\d(?::\d\d)?", said):
        said = f"{now.date().isoformat()} {said.zfill(len(said) + (said[1] == ':'))}"
    for form in _FORMS if said[:1].isalpha() or said[-1:].isalpha() else ():
        with suppress(ValueError):
            found = datetime.strptime(f"{now.year} {' '.join(said.split())}", f"%Y {form}")
            return _iso(found if found.date() <= now.date() else found.replace(year=now.year - 1))
    try:
        return _iso(datetime.fromisoformat(said).replace(tzinfo=None))
    except ValueError:
        raise UsageError(
            f"“{text}” is no time.",
            "For example: 2026-11-22, '2026-11-22 06:00', 'Nov 22 06:00', 06:00, yesterday",
        ) from None


def span(text: str, now: datetime) -> str:
    """The time that lies ``text`` (``30m``, ``2h``, ``3d``) before ``now``. Raises ``UsageError``."""
    found = re.fullmatch(r"(\d{1,6})\s*([smhdw])", text.strip().lower())
    if not found:
        raise UsageError(f"“{text}” is no span of time.", "For example: 30m, 2h, 3d")
    try:
        return _iso(now - timedelta(seconds=int(found[1]) * _UNITS[found[2]]))
    except OverflowError:
        return ""


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
