"""Decide how to adapt a language model: prompting, retrieval, fine-tuning, both, or a stronger model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from advisor.advice import advise
    from advisor.errors import AdvisorError
    from advisor.reach import load_rules
    from advisor.recommendation import Recommendation
    from advisor.rules import RulePack
    from advisor.use_case import UseCase, load_use_case

__version__: Final = "0.1.0"

__all__ = [
    "AdvisorError",
    "Recommendation",
    "RulePack",
    "UseCase",
    "__version__",
    "advise",
    "load_rules",
    "load_use_case",
]

# Names are resolved on first use, so that `import advisor` and `advisor --help` stay fast.
_HOMES: Final = {
    "AdvisorError": "advisor.errors",
    "Recommendation": "advisor.recommendation",
    "RulePack": "advisor.rules",
    "UseCase": "advisor.use_case",
    "advise": "advisor.advice",
    "load_rules": "advisor.reach",
    "load_use_case": "advisor.use_case",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
