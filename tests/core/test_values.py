"""Values are what ``dataclasses`` would make of the same class."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from types import ModuleType
from typing import Any, ClassVar

import pytest

from tuimail.core import values
from tuimail.core.values import FEW, dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A frozen value with everything that a field may say."""

    kinds: ClassVar[int] = 3
    weight: int
    to: str = "Ada"
    inside: list[str] = field(default_factory=list)
    code: str = field(default="secret", repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise ValueError("Nothing weighs less than nothing.")


@dataclass(frozen=True, slots=True)
class Point:
    """A value that is told its fields in order."""

    x: int
    y: int = 0


@dataclass(slots=True)
class Counter:
    """What can be changed."""

    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Parcel):
    """A value with the fields of another and one more."""

    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Marked(Point):
    """One of ``dataclasses`` that extends one of ours."""

    mark: str = "x"


@pytest.fixture(params=[values, dataclasses], ids=["ours", "dataclasses"])
def makes(request: pytest.FixtureRequest) -> ModuleType:
    made: ModuleType = request.param
    return made


def _point(makes: ModuleType, **said: bool) -> Any:
    class Spot:
        x: int
        y: int = 0

    return makes.dataclass(**said)(Spot)


def test_a_value_says_its_fields_but_not_what_is_to_be_hidden() -> None:
    assert repr(Parcel(weight=2)) == "Parcel(weight=2, to='Ada', inside=[])"


def test_each_value_has_a_default_of_its_own() -> None:
    one, other = Parcel(weight=1), Parcel(weight=1)

    one.inside.append("tea")

    assert other.inside == []


def test_what_is_not_compared_makes_no_difference() -> None:
    assert Parcel(weight=1) == Parcel(weight=1, code="other")
    assert Parcel(weight=1) != Parcel(weight=2)


def test_values_of_two_classes_differ() -> None:
    assert Point(1) != Marked(1)


def test_equal_frozen_values_are_one_key() -> None:
    assert {Point(1): "here"}[Point(1, 0)] == "here"


def test_what_can_be_changed_is_no_key(makes: ModuleType) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(_point(makes)(1))


def test_what_compares_by_identity_is_a_key(makes: ModuleType) -> None:
    kind = _point(makes, eq=False)
    one = kind(1)

    assert {one: "here"}[one] == "here"
    assert one != kind(1)


def test_invariants_are_checked_at_birth() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        Parcel(weight=-1)


def test_a_field_that_was_forgotten_is_named() -> None:
    with pytest.raises(TypeError, match=r"Parcel\.__init__\(\) missing .* 'weight'"):
        Parcel()  # type: ignore[call-arg]


def test_what_takes_names_only_takes_no_order() -> None:
    with pytest.raises(TypeError, match="positional"):
        Parcel(1)  # type: ignore[call-arg]


@pytest.mark.parametrize("before", [0, FEW])
@pytest.mark.parametrize(
    ("args", "named"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((), {"x": 1, "z": 2})],
)
def test_what_no_value_can_be_is_refused_first_and_later(
    before: int, args: tuple[int, ...], named: dict[str, int]
) -> None:
    kind = _point(values, frozen=True)
    for number in range(before):
        kind(number, 0)

    with pytest.raises(TypeError, match=r"__init__\(\)"):
        kind(*args, **named)


def test_many_are_made_like_the_first() -> None:
    made = [Registered(weight=n, number=n, to="Bea") for n in range(FEW + 2)]
    changed = [Counter(n) for n in range(FEW + 2)]

    assert [one.weight for one in made] == list(range(FEW + 2))
    assert {one.to for one in made} == {"Bea"}
    assert len({id(one.inside) for one in made}) == len(made)
    assert [one.count for one in changed] == list(range(FEW + 2))
    with pytest.raises(ValueError, match="less than nothing"):
        Registered(weight=-1, number=1)


def test_the_first_call_and_the_second_say_the_same(makes: ModuleType) -> None:
    kind = _point(makes, frozen=True)

    assert kind(1, 2) == kind(x=1, y=2)


@pytest.mark.parametrize("act", [
    lambda one: setattr(one, "x", 2),
    lambda one: setattr(one, "z", 2),
    lambda one: delattr(one, "x"),
])  # fmt: skip
def test_a_frozen_value_stays_as_it_is(makes: ModuleType, act: Any) -> None:
    one = _point(makes, frozen=True)(1)

    with pytest.raises(dataclasses.FrozenInstanceError):
        act(one)


def test_a_class_below_a_frozen_one_may_have_names_of_its_own(
    makes: ModuleType,
) -> None:
    class Free(_point(makes, frozen=True)):  # type: ignore[misc]
        pass

    one = Free(1)
    one.z = 5
    del one.z

    with pytest.raises(dataclasses.FrozenInstanceError):
        one.x = 2


def test_what_can_be_changed_is_changed() -> None:
    counter = Counter()

    counter.count += 1

    assert counter == Counter(1)


def test_slots_take_no_other_name() -> None:
    with pytest.raises(AttributeError):
        Counter().other = 1  # type: ignore[attr-defined]


def test_a_value_extends_another() -> None:
    one = Registered(weight=1, number=7)

    assert (one.weight, one.number) == (1, 7)
    assert "weight" not in Registered.__slots__
    assert not hasattr(one, "__dict__")


def test_one_of_dataclasses_extends_ours() -> None:
    assert repr(Marked(1, mark="!")) == "Marked(x=1, y=0, mark='!')"
    assert replace(Marked(1), y=3) == Marked(1, 3)


def test_a_value_is_replaced_in_part() -> None:
    one = Parcel(weight=1, to="Bea")

    assert replace(one, weight=2) == Parcel(weight=2, to="Bea")
    assert dataclasses.replace(one, weight=2) == Parcel(weight=2, to="Bea")


def test_replacing_checks_again() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        replace(Parcel(weight=1), weight=-1)


@pytest.mark.parametrize("value", [Point(1, 2), Parcel(weight=1), Counter(3)])
def test_a_value_is_copied_and_pickled(value: object) -> None:
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_dataclasses_finds_everything_that_it_looks_for() -> None:
    names = [one.name for one in dataclasses.fields(Registered)]

    assert names == ["weight", "to", "inside", "code", "number"]
    assert dataclasses.is_dataclass(Parcel)
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 0}


def test_a_value_is_matched_in_order() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("It is one.")


def test_a_value_that_takes_names_only_is_matched_by_names(makes: ModuleType) -> None:
    kind = _point(makes, kw_only=True)

    assert kind.__match_args__ == ()


def test_a_default_that_all_would_share_is_refused(makes: ModuleType) -> None:
    class Shared:
        names: list[str] = []  # noqa: RUF012 - what is to be refused

    with pytest.raises(ValueError, match="default_factory"):
        makes.dataclass(Shared)


def test_what_a_class_says_itself_is_kept(makes: ModuleType) -> None:
    class Loud:
        name: str

        def __repr__(self) -> str:
            return self.name.upper()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    one = makes.dataclass(frozen=True)(Loud)("ada")

    assert (repr(one), one == 3, hash(one)) == ("ADA", True, 7)


def test_a_value_is_made_without_dataclasses() -> None:
    code = (
        "import sys; "
        "from tuimail.core.values import dataclass, replace\n"
        "@dataclass(frozen=True)\n"
        "class Spot:\n    x: int\n"
        "assert replace(Spot(1), x=2) == Spot(2)\n"
        "sys.exit('dataclasses' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_class_may_keep_its_usual_text_and_say_its_own_hash() -> None:
    @dataclass(frozen=True, repr=False)
    class Plain:
        x: int = field(compare=False)

        def __hash__(self) -> int:
            return 7

    assert "object at" in repr(Plain(1))
    assert hash(Plain(1)) == 7
    assert not hasattr(Plain, "x")


def test_whoever_kept_the_first_way_to_make_one_may_use_it() -> None:
    """Two threads may make a value of a class at once."""

    @dataclass
    class Fresh:
        x: int

    late = Fresh.__dict__["__init__"]
    one = [Fresh(1) for _ in range(FEW + 1)][-1]
    late(one, 2)

    assert one.x == 2


def test_what_dataclasses_looks_for_is_made_once_and_then_at_hand() -> None:
    @dataclass(frozen=True, slots=True)
    class Asked:
        number: int = 1

    first = dataclasses.fields(Asked)

    assert [one.name for one in first] == ["number"]
    assert dataclasses.fields(Asked) == first
    assert isinstance(vars(Asked)["__dataclass_fields__"], dict)
