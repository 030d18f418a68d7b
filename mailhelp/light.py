"""Named tuples that cost a sixth of ``typing``'s to define, regexes and modules that cost nothing until they are used, names for annotations.

A command defines some eighty named tuples before it answers, and uses ten. ``typing.NamedTuple`` compiles a
constructor for each when its module is imported: an eighth of the time of a short answer. Here a class
compiles its constructor when it has been called a few times. Importing ``typing`` costs another twentieth, so what a short answer
loads takes the names that its annotations need from here. Type checkers see ``typing``'s own, and ``re.compile``.

Modules that use this need ``from __future__ import annotations``, which also keeps Python 3.14 from
evaluating the annotations late.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    import re
    from typing import IO as IO
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
    from typing import TextIO as TextIO
    from typing import TypeVar as TypeVar
    from typing import cast as cast

    regex = re.compile

    def late(*lines: str) -> Any: ...

else:
    from _collections import _tuplegetter as getter

    class Any: ...

    class BinaryIO: ...

    class TextIO: ...

    class Protocol: ...

    IO = dict  # IO[str]

    def TypeVar(name):
        return Any

    def cast(kind, value):
        return value

    _FEW = 20
    """Calls of a class that cost less than to compile a constructor, which is as long as 30 of them."""

    class _Maker(type):
        def __new__(mcls, name, bases, namespace):
            if not bases:
                return super().__new__(mcls, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            namespace |= {field: getter(index, field) for index, field in enumerate(fields)}
            namespace |= {
                "__slots__": (),
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": defaults,
            }
            made = type.__new__(_Maker, name, (_Named, tuple), namespace)

            calls = 0

            def few(cls, *args, **kwargs):
                nonlocal calls
                calls += 1
                if calls > _FEW:
                    made.__new__ = _constructor(made)
                    return made.__new__(cls, *args, **kwargs)
                given = {**defaults, **kwargs}
                values = [*args, *(given[name] for name in fields[len(args) :] if name in given)]
                if len(values) != len(fields) or not kwargs.keys() <= set(fields[len(args) :]):
                    _constructor(made)(cls, *args, **kwargs)  # it says what is wrong
                return tuple.__new__(cls, values)

            made.__new__ = few
            return made

    def _constructor(made):
        parameters = "".join(
            f", {field}=_defaults[{field!r}]" if field in made._field_defaults else f", {field}"
            for field in made._fields
        )
        values = "".join(f"{field}, " for field in made._fields)
        names = {"_tuple": tuple.__new__, "_defaults": made._field_defaults}
        return eval(f"lambda _cls{parameters}: _tuple(_cls, ({values}))", names)

    class _Named:
        """What ``collections.namedtuple`` gives each of its classes."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changes):
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(
                f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True)
            )
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    class NamedTuple(metaclass=_Maker):
        """The base of named tuples; see ``typing.NamedTuple``."""

    class regex:  # it stands for a function
        """``re.compile``, done when the regex is first used: most answers use a few of a module's."""

        def __init__(self, *given):
            self.given = given

        def __getattr__(self, name):
            from mailhelp.regexes import compile

            found = self.__dict__[name] = getattr(compile(*self.given), name)
            return found

    def late(*lines):
        """A module's ``__getattr__`` for names of other modules (a line ``module: name name``), imported when asked for."""
        places = {}
        for line in lines:
            module, _, names = line.partition(": ")
            places |= dict.fromkeys(names.split(), module)

        def found(name):
            if name not in places:
                raise AttributeError(name)
            return getattr(__import__(places[name], fromlist=(name,)), name)

        return found
