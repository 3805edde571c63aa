"""Values with names: what ``dataclasses`` makes, made when it is first used.

A command imports hundreds of them and uses a dozen, and ``dataclasses`` compiles the
methods of each at once: half a millisecond a class, and ``inspect`` first. Here
``__init__`` is compiled once it was called often, and nothing else at all. What
``fields``, ``asdict``, ``is_dataclass`` and classes that extend one of these look
for is there, and type checkers see ``dataclasses`` itself.

Only the arguments are known that are used: ``frozen``, ``slots``, ``kw_only``,
``eq`` and ``repr``; of a field, its default, ``default_factory``, ``repr`` and
``compare``.

Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace  # noqa: TC004 - ours is made below

    __all__ = ("dataclass", "field", "names_of", "replace")

FEW: Final = 32
"""So many values of a class are made before its ``__init__`` is compiled."""
_OURS: Final = "__value_fields__"
"""Where a class keeps its fields, those that it inherits among them."""


class _Missing:
    """What a field without a default has for one."""


_MISSING: Final = _Missing()


class _Field:
    """One field, as its class says it."""

    __slots__ = ("compare", "default", "factory", "kind", "kw_only", "repr")

    def __init__(
        self,
        *,
        default: object = _MISSING,
        default_factory: Callable[[], object] | None = None,
        repr: bool = True,
        compare: bool = True,
    ) -> None:
        self.default, self.factory = default, default_factory
        self.repr, self.compare = repr, compare
        self.kind: object = None
        self.kw_only = False

    def usual(self) -> Any:  # noqa: ANN401 - whatever dataclasses says it is
        """Return the field that ``dataclasses`` knows."""
        from dataclasses import MISSING, field  # noqa: PLC0415 - rarely asked for

        said: dict[str, Any] = {"repr": self.repr, "compare": self.compare}
        if self.factory is not None:
            said["default_factory"] = self.factory
        default = MISSING if self.default is _MISSING else self.default
        return field(default=default, kw_only=self.kw_only, **said)


_Fields = Mapping[str, _Field]


def names_of(kind: type) -> Iterable[str] | None:
    """Return the names of the fields of one of our classes; None of another one."""
    fields: _Fields | None = kind.__dict__.get(_OURS)
    return fields


def _replace(value: Any, /, **changes: object) -> object:  # noqa: ANN401 - any value
    kind = type(value)
    fields = kind.__dict__.get(_OURS)
    if fields is None:
        from dataclasses import replace  # noqa: PLC0415 - not one of ours

        return replace(value, **changes)
    for name in fields:
        if name not in changes:
            changes[name] = getattr(value, name)
    return kind(**changes)


def _dataclass(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    eq: bool = True,
    repr: bool = True,
) -> Any:  # noqa: ANN401 - the class, or what makes it
    def made(cls: type) -> type:
        own = _own_fields(cls, kw_only=kw_only)
        fields = {**_inherited(cls), **own}
        cls = _slotted(cls, own) if slots else _with_defaults(cls, own)
        methods: dict[str, object] = {
            "__init__": _late_init(cls, fields, is_frozen=frozen),
            "__match_args__": tuple(n for n, one in fields.items() if not one.kw_only),
        }
        if repr:
            methods["__repr__"] = _repr_of(fields)
        if eq:
            methods |= _comparing(cls, fields, is_frozen=frozen)
        if frozen:
            methods |= _freezing(cls, fields)
        if frozen and slots:
            methods |= _copying(fields)
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)
        setattr(cls, _OURS, fields)
        facts = _Usual(cls, fields, frozen=frozen)
        setattr(cls, "__dataclass_fields__", facts)  # noqa: B010 - no type has it
        setattr(cls, "__dataclass_params__", _UsualParams(facts))  # noqa: B010
        return cls

    return made if cls is None else made(cls)


def _own_fields(cls: type, *, kw_only: bool) -> dict[str, _Field]:
    """Return what the class itself says.

    Raises:
        ValueError: A default can be changed, and all values would share it.
    """
    found = {}
    said = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - without inspect
    for name, kind in said.items():
        if kind is ClassVar or getattr(kind, "__origin__", None) is ClassVar:
            continue
        one = cls.__dict__.get(name, _MISSING)
        if not isinstance(one, _Field):
            one = _Field(default=one)
        if one.default.__class__.__hash__ is None:
            raise ValueError(f"{cls.__name__}.{name} needs a default_factory.")
        one.kind, one.kw_only = kind, kw_only
        found[name] = one
    return found


def _inherited(cls: type) -> dict[str, _Field]:
    found: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= base.__dict__.get(_OURS, {})
    return found


def _slotted(cls: type, own: _Fields) -> type:
    """Return the class again, with a slot for each field."""
    kept = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in own and name not in {"__dict__", "__weakref__"}
    }
    taken = {slot for base in cls.__mro__[1:] for slot in _slots_of(base)}
    kept["__slots__"] = tuple(name for name in own if name not in taken)
    made = type(cls)(cls.__name__, cls.__bases__, kept)
    made.__qualname__ = cls.__qualname__
    return made


def _slots_of(cls: type) -> tuple[str, ...]:
    slots: str | tuple[str, ...] = cls.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _with_defaults(cls: type, own: _Fields) -> type:
    for name, one in own.items():
        if one.default is not _MISSING:
            setattr(cls, name, one.default)
        elif name in cls.__dict__:
            delattr(cls, name)
    return cls


def _late_init(cls: type, fields: _Fields, *, is_frozen: bool) -> Callable[..., None]:
    """Return an ``__init__`` that is compiled once it was called often.

    Until then it does the same from what it knows of the fields, which takes longer
    for one value and nothing before the first; what cannot be is left to the compiled
    one to refuse.
    """
    calls = 0

    def __init__(self: object, *args: object, **named: object) -> None:  # noqa: N807
        nonlocal calls
        calls += 1
        values = _given(fields, args, named) if calls <= FEW else None
        if values is None:
            init = _init(cls, fields, is_frozen=is_frozen)
            if cls.__dict__["__init__"] is late:
                cls.__init__ = init  # type: ignore[misc]
            init(self, *args, **named)
            return
        put = object.__setattr__ if is_frozen else setattr
        for name, value in values.items():
            put(self, name, value)
        if has_more:
            self.__post_init__()  # type: ignore[attr-defined]

    has_more = hasattr(cls, "__post_init__")
    late = __init__
    late.__qualname__ = f"{cls.__qualname__}.__init__"
    return late


def _given(
    fields: _Fields, args: tuple[object, ...], named: Mapping[str, object]
) -> dict[str, object] | None:
    """Return the value of each field; None where one is missing or there are more."""
    places = [name for name, one in fields.items() if not one.kw_only]
    given = {**dict(zip(places, args, strict=False)), **named}
    if len(given) != len(args) + len(named) or not given.keys() <= fields.keys():
        return None
    values = {}
    for name, one in fields.items():
        if name in given:
            values[name] = given[name]
        elif one.factory is not None:
            values[name] = one.factory()
        elif one.default is not _MISSING:
            values[name] = one.default
        else:
            return None
    return values


def _init(cls: type, fields: _Fields, *, is_frozen: bool) -> Callable[..., None]:
    """Compile ``__init__``; it knows the defaults by names that no field has."""
    known: dict[str, object] = {"_missing_": _MISSING, "_put_": object.__setattr__}
    taken: dict[bool, list[str]] = {False: ["self"], True: []}
    lines = []
    for name, one in fields.items():
        given, value = name, name
        if one.factory is not None:
            known[f"_make_{name}_"] = one.factory
            given = f"{name}=_missing_"
            value = f"_make_{name}_() if {name} is _missing_ else {name}"
        elif one.default is not _MISSING:
            known[f"_else_{name}_"] = one.default
            given = f"{name}=_else_{name}_"
        taken[one.kw_only].append(given)
        if not is_frozen:
            lines.append(f"self.{name} = {value}")
        elif isinstance(slot := getattr(cls, name, None), MemberDescriptorType):
            known[f"_put_{name}_"] = slot.__set__  # half the time of __setattr__
            lines.append(f"_put_{name}_(self, {value})")
        else:
            lines.append(f"_put_(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    named = ["*", *taken[True]] if taken[True] else []
    given = ", ".join([*taken[False], *named])
    text = f"def __init__({given}):\n " + "\n ".join(lines or ["pass"])
    exec(text, known)  # noqa: S102 - made of names in our own source
    init: Any = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    return init  # type: ignore[no-any-return]


def _repr_of(fields: _Fields) -> Callable[[object], str]:
    names = [name for name, one in fields.items() if one.repr]

    def __repr__(self: object) -> str:  # noqa: N807
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({said})"

    return __repr__


def _comparing(cls: type, fields: _Fields, *, is_frozen: bool) -> dict[str, object]:
    key = _key([name for name, one in fields.items() if one.compare])

    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        if type(other) is not type(self):
            return NotImplemented
        return key(self) == key(other)

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(key(self))

    if "__eq__" in cls.__dict__:
        return {}
    if cls.__dict__.get("__hash__") is None:
        cls.__hash__ = __hash__ if is_frozen else None  # type: ignore[assignment]
    return {"__eq__": __eq__}


def _key(names: list[str]) -> Callable[[object], object]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _freezing(cls: type, fields: _Fields) -> dict[str, object]:
    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        _refuse(self, name, "assign to")
        _above(self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        _refuse(self, name, "delete")
        _above(self).__delattr__(name)

    def _above(self: object) -> Any:  # noqa: ANN401 - what a base has
        return super(cls, self)

    def _refuse(self: object, name: str, act: str) -> None:
        if type(self) is cls or name in fields:
            from dataclasses import FrozenInstanceError  # noqa: PLC0415 - a mistake

            raise FrozenInstanceError(f"cannot {act} field {name!r}")

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _copying(fields: _Fields) -> dict[str, object]:
    """Return how a frozen value without ``__dict__`` is copied, and pickled."""

    def __getstate__(self: object) -> list[object]:  # noqa: N807
        return [getattr(self, name) for name in fields]

    def __setstate__(self: object, state: list[object]) -> None:  # noqa: N807
        for name, value in zip(fields, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}


class _Usual:
    """What ``dataclasses`` looks for in a class, made when it does."""

    def __init__(self, cls: type, fields: _Fields, *, frozen: bool) -> None:
        self._cls, self._fields, self._frozen = cls, fields, frozen
        self._made: Any = None

    def __get__(self, _value: object, _owner: type | None = None) -> Any:  # noqa: ANN401
        return self.made().__dataclass_fields__

    def made(self) -> Any:  # noqa: ANN401 - whatever dataclasses makes
        """Return a class of ``dataclasses`` with the same fields.

        From then on its facts stand in the class itself, for who asks with each value.
        """
        if self._made is None:
            from dataclasses import make_dataclass  # noqa: PLC0415 - rarely asked for

            fields = [
                (name, one.kind, one.usual()) for name, one in self._fields.items()
            ]
            self._made = make_dataclass("Usual", fields, frozen=self._frozen)
            facts = self._made.__dataclass_fields__
            setattr(self._cls, "__dataclass_fields__", facts)  # noqa: B010 - as above
        return self._made


class _UsualParams:
    """The same, of what it says about the class."""

    def __init__(self, usual: _Usual) -> None:
        self._usual = usual

    def __get__(self, _value: object, _owner: type | None = None) -> Any:  # noqa: ANN401
        return self._usual.made().__dataclass_params__


globals().update(dataclass=_dataclass, field=_Field, replace=_replace)
