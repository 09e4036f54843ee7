"""Shapes behave as the pydantic models that they stand for."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import ValidationError

from advisor.shape import Shape


class Inner(Shape):
    """A part."""

    name: str
    size: int = 1


class Outer(Shape):
    """A whole."""

    written_as: ClassVar[dict[str, str]] = {"from_": "from"}

    from_: float
    parts: tuple[Inner, ...] = ()
    words: dict[str, str] | None = None


def test_it_is_made_with_keywords_and_never_changes() -> None:
    inner = Inner(name="a")
    assert (inner.name, inner.size) == ("a", 1)
    with pytest.raises(AttributeError):
        inner.size = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del inner.size
    with pytest.raises(TypeError, match=r"missing \['name'\]"):
        Inner(size=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"unknown \['other'\]"):
        Inner(name="a", other=1)  # type: ignore[call-arg]


def test_it_is_compared_hashed_and_shown_by_value() -> None:
    assert Inner(name="a") == Inner(name="a", size=1) != Inner(name="b")
    assert len({Inner(name="a"), Inner(name="a")}) == 1
    assert repr(Inner(name="a")) == "Inner(name='a', size=1)"
    assert Inner(name="a").model_copy(update={"size": 3}).size == 3


def test_it_is_written_and_read_under_the_names_of_the_data() -> None:
    outer = Outer(from_=0.5, parts=(Inner(name="a"),))
    data = {"from": 0.5, "parts": [{"name": "a", "size": 1}], "words": None}
    assert outer.model_dump(mode="json") == data
    assert outer.model_dump(include={"from_"}) == {"from": 0.5}
    assert Outer.model_validate(data) == outer
    assert outer.model_dump_json() == '{"from":0.5,"parts":[{"name":"a","size":1}],"words":null}'
    assert Outer.model_json_schema()["properties"].keys() == data.keys()


@pytest.mark.parametrize(
    ("data", "kind"),
    [({}, "missing"), ({"from": "x"}, "float_parsing"), ({"from": 1, "other": 2}, "unexpected_keyword_argument")],
)
def test_what_does_not_fit_is_refused(data: dict[str, object], kind: str) -> None:
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(data)
    assert kind in [detail["type"] for detail in error.value.errors()]
