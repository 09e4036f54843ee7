"""The five approaches that a recommendation can name."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Approach: TypeAlias = Literal["prompting", "rag", "fine_tuning", "rag_and_fine_tuning", "stronger_model"]

APPROACHES: Final[tuple[Approach, ...]] = get_args(Approach)
"""Every approach, from the one that changes least to the one that changes most."""
