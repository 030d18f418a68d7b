"""JSON that mailhelp has written itself, read and written without ``json``, whose import brings ``re`` along.

``json`` reads and writes with the same functions of ``_json``; where a Python has no ``_json``, ``json`` does it.
"""

from __future__ import annotations

from mailhelp.light import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from json import dumps as _quoted

    def _scan(text: str, start: int) -> tuple[Any, int]: ...

else:
    try:
        from _json import encode_basestring_ascii as _quoted
        from _json import make_scanner
    except ImportError:
        from json import JSONDecoder
        from json import dumps as _quoted

        _scan = JSONDecoder().scan_once
    else:

        class _Plain:
            """How ``json.loads`` reads: what ``make_scanner`` asks for."""

            strict = True
            object_hook = object_pairs_hook = memo = None
            parse_float, parse_int, parse_constant = float, int, float

        _scan = make_scanner(_Plain)


def read(text: str) -> Any:
    """``text`` as ``write`` or ``json.dumps`` wrote it. Raises ``ValueError`` if it is nothing of the kind."""
    try:
        value, end = _scan(text, 0)
    except StopIteration as wrong:
        raise ValueError(f"no JSON at {wrong.value}") from None
    except RecursionError:
        raise ValueError("JSON that is too deep") from None
    if end != len(text):
        raise ValueError(f"more than JSON at {end}")
    return value


def write(value: Any) -> str:
    """``value`` (of plain dicts, lists, tuples, strings, finite numbers) as JSON; what is neither is a ``TypeError``."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_quoted(key)}: {write(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    raise TypeError(f"{type(value).__name__} is no JSON")
