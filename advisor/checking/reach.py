"""What is never reached and what never changes an outcome: proven where that is possible, else searched for.

The search is deterministic and counts decisions, not seconds. It starts from the cases of the pack's own tests and
from the answers that each rule speaks of, and climbs from there towards what is still missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.checking.cases import Sampler, boxes_of
from advisor.conditions import AllOf, Not

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from advisor.checking.domains import Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.checking.probe import Case, Outcome, Probe
    from advisor.conditions import Condition, Facts
    from advisor.pack import Option

_RANDOM: Final = 40
_TRIES: Final = 40  # known cases tried for each rule
_ROUNDS: Final = 4  # rounds of as many cases bent to the rule before it counts as changing nothing
_MOST_DECISIONS: Final = 5000  # the whole search for rules that change nothing ends here
_CLIMB: Final = 150  # steps of a climb towards an approach, a part or a verdict that no case reached
_DECIDING: Final = ("rule", "block", "settled_by", "gate")
_VERDICTS: Final = ("recommend", "not_yet", "undecided")


class Reach:
    """The cases that were tried, with what came out, and the search for more."""

    def __init__(
        self, probe: Probe, domains: Domains, seeds: Iterable[Facts], named: Mapping[str, int] | None = None
    ) -> None:
        """Try the seeds; `named` says which of them was written for the item with an id."""
        self.named = named or {}
        self.probe = probe
        self.domains = domains
        self.sampler = Sampler(domains)
        self.boxes = boxes_of(probe.items, domains)
        gaps, options = probe.pack.gaps, probe.pack.options
        self.unclosed = {gap.id for i, gap in enumerate(gaps) if all(option.closes[i] == 0 for option in options)}
        self.tried: list[tuple[Case, Outcome]] = []
        self.parts = 0
        self.approaches: set[int] = set()
        self.verdicts: set[str] = set()
        self.techniques: set[str] = set()
        for facts in (*seeds, {}, *self.sampler.many(_RANDOM)):
            self.try_(facts)

    def try_(self, facts: Facts) -> tuple[Case, Outcome]:
        """Return a case with its outcome, and remember both."""
        case = self.probe.case(facts)
        outcome = self.probe.outcome(case)
        self.tried.append((case, outcome))
        self.verdicts.add(outcome.verdict)
        self.approaches.add(outcome.order[0])
        self.parts |= sum([1 << part for part in outcome.parts])
        self.techniques |= self.probe.techniques(outcome)
        return case, outcome

    # ------------------------------------------------------------ rules that change nothing

    def idle(self) -> Iterator[Finding]:
        """Yield the rules, blocks and gates that never change what comes out."""
        left_out: list[Item] = []
        for place, item in enumerate(self.probe.items):
            if item.kind not in _DECIDING or not self.boxes.get(place) or self._left_out(item):
                continue
            proof = self._overruled(item)
            if proof is not None:
                yield item.finding("error", "no-effect", f"{item.name} changes nothing: {proof}")
            elif self.probe.decisions > _MOST_DECISIONS:
                left_out.append(item)
            elif not any(self._changes(place, case, outcome) for case, outcome in self._cases_for(place)):
                message = (
                    f"{item.name} changed no approach, rank, part or technique in any case tried in which it holds"
                )
                yield item.finding("warning", "no-effect", message)

        if left_out:
            message = f"the search ended after {_MOST_DECISIONS} decisions; {len(left_out)} rules were not tried"
            yield left_out[0].finding("warning", "no-effect", message)

    def _left_out(self, item: Item) -> bool:
        """Return whether an item has no effect for a reason that is reported as such, or is a gate that needs costs."""
        if item.kind == "rule":
            return item.part.weight == 0 or item.owner in self.unclosed
        gate = item.part.entry if item.kind == "gate" else None
        return gate is not None and (bool(gate.saving) or {*gate.approaches} <= self.probe.pack.allow_unreachable)

    def _changes(self, place: int, case: Case, outcome: Outcome) -> bool:
        return self.probe.outcome(case, ("drop", place)).seen != outcome.seen

    def _cases_for(self, place: int) -> Iterator[tuple[Case, Outcome]]:
        """Yield cases in which an item holds: known ones first, then known ones bent so that it does."""
        bit = 1 << place
        written = self.named.get(self.probe.items[place].id)
        if written is not None and self.tried[written][0].true & bit:
            yield self.tried[written]
        yield from [entry for entry in self.tried if entry[0].true & bit][:_TRIES]
        boxes = self.boxes[place]
        kin = self.probe.items[place].owner.partition(".")[0]
        partners = [
            i for i, item in enumerate(self.probe.items) if item.owner.partition(".")[0] == kin and self.boxes.get(i)
        ]
        bases = self.tried[:]
        for i in range(_TRIES * _ROUNDS):
            own = boxes[i % len(boxes)]
            facts = self.sampler.within(bases[i * 7 % len(bases)][0].facts, own)
            for _ in range(i // _TRIES if partners else 0):
                other = self.sampler.random.choice(self.boxes[self.sampler.random.choice(partners)])
                facts = self.sampler.within(facts, {name: mask for name, mask in other.items() if name not in own})
            entry = self.try_(facts)
            if entry[0].true & bit:
                yield entry

    def _overruled(self, item: Item) -> str | None:
        """Return why an item can't have an effect, where that can be proven."""
        pack = self.probe.pack
        if item.kind != "rule" or item.condition is None:
            return None
        gap = next((gap for gap in pack.gaps if gap.id == item.owner), None)
        if gap is not None:
            settled = gap.settled_by
            if settled is not None and self.domains.implies(item.condition, settled.condition):
                return f"whenever it holds, the gap '{gap.id}' is settled"
            return None
        options = [option for option in pack.options if item.owner in (option.id, option.intervention)]
        for option in options:
            blocked = any(self.domains.implies(item.condition, block.condition) for block in option.blocks)
            if not blocked and not self._nothing_to_close(item.condition, option):
                return None
        return f"whenever it holds, {' and '.join(option.id for option in options)} is blocked or has no gap to close"

    def _nothing_to_close(self, condition: Condition, option: Option) -> bool:
        """Return whether every gap that an option closes is settled whenever a condition holds."""
        return all(
            gap.settled_by is not None and self.domains.implies(condition, gap.settled_by.condition)
            for gap, share in zip(self.probe.pack.gaps, option.closes, strict=True)
            if share
        )

    # ------------------------------------------------------------ what nothing reaches

    def unreached(self, files: PackFiles) -> Iterator[Finding]:
        """Yield the approaches, verdicts, variants and techniques that no case came to."""
        pack = self.probe.pack
        for name, approach in enumerate(APPROACHES):
            if approach in pack.allow_unreachable:
                continue
            if name not in self.approaches and not self._climb(lambda o, n=name: self._behind(o, n)):  # type: ignore[misc]
                places = [entry["id"] for entry in files.documents["settings.yaml"].data["approaches"]]
                message = f"no case was found that gets '{approach}' as its advice"
                at = ("approaches", places.index(approach))
                yield files.finding("error", "unreachable", message, "settings.yaml", *at)
        for verdict in _VERDICTS:
            if verdict not in self.verdicts:
                message = f"no case was found with the verdict '{verdict}'"
                yield files.finding("error", "unreachable", message, "settings.yaml", "thresholds")
        for i, option in enumerate(pack.options):
            if not self.parts >> i & 1 and not self._climb(lambda o, i=i: 0.0 if i in o.parts else 1.0, i):  # type: ignore[misc]
                file = files.described("interventions", option.intervention)
                variants = [entry.id for entry in pack.interventions[option.intervention].variants]
                message = f"no case was found whose plan holds {option.id}"
                at = ("variants", variants.index(option.variant))
                yield files.finding("error", "unreachable", message, file, *at)
        yield from self._unreached_techniques(files)

    def _behind(self, outcome: Outcome, name: int) -> float:
        """Return by how much loss an approach is behind the best one."""
        return outcome.losses[outcome.order.index(name)] - outcome.losses[0] if name in outcome.order else 2.0

    def _climb(self, distance: Callable[[Outcome], float], part: int | None = None) -> bool:
        """Return whether some case has no distance to the goal, going step by step from the nearest known."""
        if part is not None:
            return self._climb_to_part(part)
        facts, best = min(((case.facts, distance(outcome)) for case, outcome in self.tried), key=lambda pair: pair[1])
        for _ in range(_CLIMB):
            if best <= 0:
                return True
            case, outcome = self.try_(self.sampler.neighbor(facts))
            found = distance(outcome)
            if found <= best:
                facts, best = case.facts, found
        return best <= 0

    def _climb_to_part(self, part: int) -> bool:
        """Return whether some plan holds an option, going towards answers in which it earns more than it burdens."""

        def short(case: Case) -> float:
            numbers = self.probe.numbers(case)
            if numbers.blocked >> part & 1:
                return 2.0
            option = self.probe.pack.options[part]
            gain = sum(e * c for e, c in zip(numbers.excess, option.closes, strict=True)) * numbers.works[part]
            return option.burden - gain

        facts, best = min(((case.facts, short(case)) for case, _ in self.tried), key=lambda pair: pair[1])
        for _ in range(_CLIMB):
            case, outcome = self.try_(self.sampler.neighbor(facts))
            if part in outcome.parts:
                return True
            found = short(case)
            if found <= best:
                facts, best = case.facts, found
        return False

    def _unreached_techniques(self, files: PackFiles) -> Iterator[Finding]:
        items = self.probe.items
        picks = [item for item in items if item.kind == "pick"]
        for position, technique in enumerate(self.probe.pack.techniques):
            if technique in self.techniques:
                continue
            own = [item for item in picks if technique in item.part.entry.techniques]
            if own and not any(self._picked(item, technique, picks) for item in own):
                message = f"no case was found that recommends the technique '{technique}'"
                yield files.finding("error", "unreachable", message, "techniques.yaml", "techniques", position)

    def _picked(self, item: Item, technique: str, picks: Sequence[Item]) -> bool:
        """Return whether a pick comes out in some case whose plan holds its part."""
        choice = next(choice for choice, _ in self.probe.pack.choices if choice.id == item.owner)
        before = [p for p in picks if p.owner == item.owner][: 0 if choice.pick == "every" else None]
        earlier = before[: before.index(item)] if item in before else []
        wanted = AllOf(
            (*([item.condition] if item.condition else []), *(Not(p.condition) for p in earlier if p.condition))
        )
        boxes = self.domains.boxes(wanted)
        holders = [entry for entry in self.tried if any(self._holds(choice.part, part) for part in entry[1].parts)]
        for i, (case, _) in enumerate(holders[:_TRIES] if boxes else ()):
            self.try_(self.sampler.within(case.facts, boxes[i % len(boxes)]))
            if technique in self.techniques:
                return True
        return False

    def _holds(self, part: str, place: int) -> bool:
        option = self.probe.pack.options[place]
        return part in (option.id, option.intervention)
