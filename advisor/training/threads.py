"""Linear algebra in one thread: on matrices this small more only wait for each other, and add up in another order."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")


def one_thread(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that gives the same result on a machine with any number of cores."""

    @wraps(work)
    def limited(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        from threadpoolctl import threadpool_limits  # comes with scikit-learn

        with threadpool_limits(limits=1):
            return work(*args, **kwargs)

    return limited
