"""What there is to say about each kind of thing in a rule pack."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from advisor.condition_words import in_words, raw_in_words
from advisor.lookup.entry import Entry
from advisor.lookup.links import Links
from advisor.lookup.phrases import answers_in_words, direction_in_words, weight_in_words
from advisor.lookup.turned import turned_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.approaches import Approach
    from advisor.facts import Fact
    from advisor.lookup.entry import Detail
    from advisor.lookup.places import Places
    from advisor.pack import Gap, Option, Rule, RulePack, When
    from advisor.rule_files import ChoiceEntry, ChoiceOption


class Entries:
    """Every name of a pack with what makes its entry."""

    def __init__(self, pack: RulePack, places: Places) -> None:
        self.pack = pack
        self.places = places
        self.questionnaire = pack.questionnaire
        self.links = Links(pack)

    def named(self) -> list[tuple[str, Callable[[], Entry]]]:
        """Return every name with a function that makes its entry, kind by kind."""
        pack = self.pack
        found: list[tuple[str, Callable[[], Entry]]] = []
        found += [(rule.id, partial(self._rule, rule)) for rule in pack.rules.values()]
        found += [(fact.id, partial(self._fact, fact)) for fact in self.questionnaire.facts]
        found += [(gap.id, partial(self._gap, gap)) for gap in pack.gaps]
        found += [(name, partial(self._intervention, name)) for name in pack.interventions]
        found += [(option.id, partial(self._variant, option)) for option in pack.options]
        found += [(name, partial(self._technique, name)) for name in pack.techniques]
        found += [(name, partial(self._approach, name)) for name in pack.approaches]
        found += [(name, partial(self._source, name)) for name in pack.evidence]
        for position, (choice, _) in enumerate(pack.choices):
            found.append((choice.id, partial(self._choice, choice)))
            found += [(option.id, partial(self._pick, position, option)) for option in choice.options]
        for kind, entries in self.links.lists().items():
            found += [(when.entry.id, partial(self._listed, kind, when)) for when in entries]
        return found

    def _rule(self, rule: Rule) -> Entry:
        details: dict[str, Detail] = {
            "counts_for": self.links.owner(rule),
            "holds_when": in_words(rule.condition, self.questionnaire),
            "weight": weight_in_words(rule.weight),
            "reason": rule.because,
            "basis": "fitted to real decisions" if rule.basis == "fitted" else "expert judgement",
            "evidence_for": self.links.cited(rule.evidence),
            "evidence_against": self.links.cited(rule.against),
            "published_decisions_it_turns": turned_by(rule, self.pack),
        }
        return _entry("rule", rule.id, None, (rule.source, rule.line), details)

    def _fact(self, fact: Fact) -> Entry:
        details: dict[str, Detail] = {
            "question": fact.question,
            "help": fact.help,
            "why_it_is_asked": fact.why,
            "asked_only_if": raw_in_words(fact.only_if, self.questionnaire) if fact.only_if else None,
            "answers": answers_in_words(fact),
            "can_the_team_change_it": "yes, within weeks" if fact.influence == "team" else "no, it is given",
            "directions_that_hold": tuple(direction_in_words(fact, each) for each in fact.monotone),
            "read_by": tuple(self.links.readers(fact.id)),
        }
        return _entry("fact", fact.id, fact.short, self.places.listed("facts.yaml", "facts", name=fact.id), details)

    def _gap(self, gap: Gap) -> Entry:
        settled = gap.settled_by
        details: dict[str, Detail] = {
            "about": gap.about,
            "remedy": gap.remedy,
            "before_any_answer": f"{100 / (1 + math.exp(-gap.prior)):.0f} in 100 cases have it",
            "settled_when": in_words(settled.condition, self.questionnaire) if settled else None,
            "rules": tuple(self.links.rule_line(rule) for rule in gap.rules),
        }
        return _entry("gap", gap.id, gap.name, self.places.whole("gaps", gap.id), details)

    def _intervention(self, name: str) -> Entry:
        entry = self.pack.interventions[name]
        options = [option for option in self.pack.options if option.intervention == name]
        shared = {rule.id for rule in entry.works.rules}
        details: dict[str, Detail] = {
            "about": entry.about,
            "approach": self.pack.approaches[entry.approach].name,
            "variants": tuple(f"{option.id}: {option.name}. {option.about}" for option in options),
            "ruled_out_when": tuple(
                f"{raw_in_words(block.when, self.questionnaire)}. {block.because}" for block in entry.blocks
            ),
            "rules_for_how_well_it_works": tuple(self.links.rule_line(r) for r in options[0].rules if r.id in shared),
        }
        return _entry("intervention", name, entry.name, self.places.whole("interventions", name), details)

    def _variant(self, option: Option) -> Entry:
        gaps = zip(self.pack.gaps, option.closes, strict=True)
        burden = (f"{part} {value * 100:g}" for part, value in option.burden_parts.items() if value)
        details: dict[str, Detail] = {
            "about": option.about,
            "closes_at_best": tuple(f"{share:.0%} of the {gap.name}" for gap, share in gaps if share),
            "burden_in_points": f"{option.burden * 100:g} ({', '.join(burden)})" if option.burden else "0",
            "ruled_out_when": tuple(self.links.block_line(block) for block in option.blocks),
            "rules_for_how_well_it_works": tuple(self.links.rule_line(rule) for rule in option.rules),
        }
        return _entry(
            "variant", option.id, option.name, self.places.variant(option.intervention, option.variant), details
        )

    def _technique(self, name: str) -> Entry:
        entry = self.pack.techniques[name]
        details: dict[str, Detail] = {
            "about": entry.about,
            "chosen_by": tuple(
                f"{option.id} ({option.name}) {self._picked_when(choice, option)}"
                for choice, _ in self.pack.choices
                for option in choice.options
                if name in option.techniques
            ),
        }
        place = self.places.listed("techniques.yaml", "techniques", name=name)
        return _entry("technique", name, entry.name, place, details)

    def _approach(self, name: Approach) -> Entry:
        entry = self.pack.approaches[name]
        place = self.places.listed("settings.yaml", "approaches", name=name)
        return _entry("approach", name, entry.name, place, {"about": entry.about, "headline": entry.headline})

    def _source(self, name: str) -> Entry:
        entry = self.pack.evidence[name]
        details: dict[str, Detail] = {
            "reference": entry.reference,
            "url": entry.url,
            "date": entry.date,
            "grade": entry.grade,
            "read": entry.read,
            "finding": entry.finding,
            "figure": entry.figure,
            "gaps": entry.gaps,
            "disagrees_with": self.links.cited(entry.disagrees_with),
            "cited_for_by": tuple(self.links.citing(name, "evidence")),
            "cited_against_by": tuple(self.links.citing(name, "against")),
        }
        return _entry("source", name, None, self.places.listed("evidence.yaml", "evidence", name=name), details)

    def _choice(self, choice: ChoiceEntry) -> Entry:
        first = "the first of these that holds" if choice.pick == "first" else "every one of these that holds"
        details: dict[str, Detail] = {
            "made_in": choice.part,
            "picks": first,
            "options": tuple(
                f"{option.id}: {option.name}, {self._picked_when(choice, option)}" for option in choice.options
            ),
        }
        place = self.places.listed("techniques.yaml", "choices", name=choice.id)
        return _entry("choice", choice.id, choice.title, place, details)

    def _pick(self, position: int, option: ChoiceOption) -> Entry:
        details: dict[str, Detail] = {
            "part_of_the_choice": self.pack.choices[position][0].id,
            "holds_when": raw_in_words(option.when, self.questionnaire),
            "techniques": option.techniques,
            "reason": option.because,
            "advice": option.advice,
            "evidence_for": self.links.cited(option.evidence),
            "evidence_against": self.links.cited(option.against),
        }
        place = self.places.listed("techniques.yaml", "choices", position, "options", name=option.id)
        return _entry("pick", option.id, option.name, place, details)

    def _picked_when(self, choice: ChoiceEntry, option: ChoiceOption) -> str:
        if option.when is None:
            return "otherwise" if choice.pick == "first" else "always"
        return f"when {raw_in_words(option.when, self.questionnaire)}"

    def _listed(self, kind: str, when: When) -> Entry:
        """Return the entry of a gate, contradiction, note or stage, whose texts speak for themselves."""
        entry = when.entry
        label = "fails_when" if kind == "gate" else "holds_when"
        details: dict[str, Detail] = {label: in_words(when.condition, self.questionnaire)}
        for key, value in entry.model_dump(exclude={"id", "title", "when", "fails_when", "evidence"}).items():
            if isinstance(value, dict):
                details |= {f"{key}_{inner}": text for inner, text in value.items()}
            elif value is not None and not isinstance(value, bool):
                details[_renamed(key)] = value if isinstance(value, tuple) else str(value)
            elif value:
                details[key] = "yes"
        details["evidence_for"] = self.links.cited(getattr(entry, "evidence", ()))
        place = self.places.listed(f"{kind}s.yaml", f"{kind}s", name=entry.id)
        return _entry(kind, entry.id, getattr(entry, "title", None), place, details)


def _entry(kind: str, name: str, title: str | None, place: tuple[str, int], details: dict[str, Detail]) -> Entry:
    return Entry(kind, name, title, *place, {key: value for key, value in details.items() if value})


def _renamed(key: str) -> str:
    return {"because": "reason"}.get(key, key)
