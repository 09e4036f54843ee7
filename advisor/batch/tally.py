"""What a batch came to: how many use cases for each verdict, approach and gap, as Markdown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from advisor.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.batch.verdicts import Verdicted
    from advisor.pack import RulePack

VERDICTS: Final = ("recommend", "not_yet", "undecided")
_LARGE: Final = 0.5  # a gap more likely open than not


@dataclass(slots=True)
class Tally:
    """Counts that can be added up. `approaches` are counted by verdict; gaps when known and when large."""

    rows: int = 0
    rejected: int = 0
    approaches: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: Counter[int] = field(default_factory=Counter)
    large: Counter[int] = field(default_factory=Counter)

    def count(self, results: Iterable[Verdicted]) -> None:
        """Count results."""
        for result in results:
            self.rows += 1
            self.approaches[result.first or "", result.verdict] += 1
            for gap, severity in enumerate(result.severities):
                if severity is not None:
                    self.known[gap] += 1
                    self.large[gap] += severity >= _LARGE

    def add(self, other: Tally) -> None:
        """Add the counts of another part of the batch."""
        self.rows += other.rows
        self.rejected += other.rejected
        self.approaches += other.approaches
        self.known += other.known
        self.large += other.large


def summary(tally: Tally, pack: RulePack) -> str:
    """Return the counts as a Markdown text."""
    lines = [f"# {counted(tally.rows, 'use cases', 'use case')}", ""]
    if tally.rejected:
        lines += [f"{counted(tally.rejected, 'more were', 'more was')} rejected.", ""]
    names: dict[str, str] = {approach: entry.name for approach, entry in pack.approaches.items()}
    if any(not approach for approach, _ in tally.approaches):
        names[""] = "none (no answers)"
    shown = {name: [tally.approaches[approach, verdict] for verdict in VERDICTS] for approach, name in names.items()}
    total = [sum(column) for column in zip(*shown.values(), strict=True)]
    lines += ["| Approach | recommend | not yet | undecided, leaning there |", "|---|---:|---:|---:|"]
    lines += [_row(name, counts) for name, counts in shown.items()]
    lines += [_row("All", total), ""]
    lines += ["| Gap | could be judged | large (severity of at least 0.5) | share |", "|---|---:|---:|---:|"]
    for i, gap in enumerate(pack.gaps):
        share = f"{tally.large[i] / tally.known[i]:.0%}" if tally.known[i] else "-"
        lines.append(f"| {gap.name} | {tally.known[i]:,} | {tally.large[i]:,} | {share} |")
    return "\n".join(lines) + "\n"


def _row(name: str, counts: Iterable[int]) -> str:
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |"
