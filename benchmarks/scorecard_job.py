"""One scorecard job that any rule engine can be put on: 60 weighted rules, 5 totals, 10,000 cases with gaps in them.

A rule joins 1 to 3 tests (eq, ne, in, ge, lt) with "and" and adds a whole number to one total. A test of a missing
fact is unknown. The job is made from a seed, or read from a folder with facts.json, rules.json, cases.json and
expected.json.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from advisor.conditions import AllOf, Between, Condition, Not, OneOf
from advisor.scorecard import Scorecard, Weighted

if TYPE_CHECKING:
    from pathlib import Path

Case = dict[str, Any]
Rule = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """Rules over facts, cases, and for each case the totals and their least and greatest values."""

    totals: tuple[str, ...]
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...]
    sums: tuple[list[int], ...]
    bounds: tuple[list[list[int]], ...]


def read_job(folder: Path) -> Job:
    """Return the job in a folder, or in the folder `work` inside it."""
    folder = folder / "work" if (folder / "work").is_dir() else folder
    facts, rules, packed, expected = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("facts", "rules", "cases", "expected")
    )
    cases = tuple(
        {name: value for name, value in zip(packed["facts"], row, strict=True) if value is not None}
        for row in packed["rows"]
    )
    return Job(tuple(facts["scores"]), tuple(rules), cases, tuple(expected["sums"]), tuple(expected["bounds"]))


def make_job(rules: int = 60, cases: int = 10_000, facts: int = 28, seed: int = 1) -> Job:
    """Return a job of a size; the same for the same seed."""
    random = Random(seed)  # noqa: S311 - a sample, no secret
    choices = {f"choice_{i}": [f"answer_{k}" for k in range(random.randint(3, 5))] for i in range(facts * 4 // 5)}
    numbers = {f"number_{i}": [10.0**k for k in range(1, 5)] for i in range(facts - len(choices))}
    totals = tuple(f"total_{i}" for i in range(5))
    made = tuple(_rule(random, choices, numbers, totals) for _ in range(rules))
    drawn = tuple(_case(random, choices, numbers) for _ in range(cases))
    results = [walked(totals, made, case) for case in drawn]
    return Job(totals, made, drawn, tuple(sums for sums, _ in results), tuple(bounds for _, bounds in results))


def _rule(
    random: Random, choices: dict[str, list[str]], numbers: dict[str, list[float]], totals: tuple[str, ...]
) -> Rule:
    tests = []
    for name in random.sample([*choices, *numbers], random.choice([1, 1, 2, 2, 3])):
        if name in numbers:
            tests.append({"fact": name, "op": random.choice(["ge", "lt"]), "value": random.choice(numbers[name])})
        elif random.random() < 0.3:
            tests.append({"fact": name, "op": "in", "value": random.sample(choices[name], 2)})
        else:
            op = random.choice(["eq", "eq", "eq", "ne"])
            tests.append({"fact": name, "op": op, "value": random.choice(choices[name])})
    return {"score": random.choice(totals), "weight": random.choice([-1, 1]) * random.randint(1, 30), "all": tests}


def _case(random: Random, choices: dict[str, list[str]], numbers: dict[str, list[float]]) -> Case:
    case: Case = {name: random.choice(values) for name, values in choices.items()}
    case |= {name: round(10 ** random.uniform(0, 5)) for name in numbers}
    return {name: value for name, value in case.items() if random.random() >= 0.25}


def walked(totals: tuple[str, ...], rules: tuple[Rule, ...], case: Case) -> tuple[list[int], list[list[int]]]:
    """Return the totals and their bounds by walking every rule, without the program's own conditions."""
    sums, low, high = ([0] * len(totals) for _ in range(3))
    for rule in rules:
        states = [_state(test, case) for test in rule["all"]]
        if False in states:
            continue
        at, weight = totals.index(rule["score"]), rule["weight"]
        if None not in states:
            for column in (sums, low, high):
                column[at] += weight
        else:
            (low if weight < 0 else high)[at] += weight
    return sums, [low, high]


def _state(test: dict[str, Any], case: Case) -> bool | None:
    value = case.get(test["fact"])
    if value is None:
        return None
    wanted = test["value"]
    match test["op"]:
        case "eq":
            return bool(value == wanted)
        case "ne":
            return bool(value != wanted)
        case "in":
            return value in wanted
        case "ge":
            return bool(value >= wanted)
        case _:
            return bool(value < wanted)


def conditions(job: Job) -> list[AllOf]:
    """Return the conditions of a job's rules in the program's own form."""
    return [AllOf(tuple(map(_condition, rule["all"]))) for rule in job.rules]


def scorecard(job: Job) -> Scorecard[int]:
    """Return a job's rules in the program's own compiled form; the items are the places of the rules."""
    weighted = [
        Weighted(condition, rule["weight"], (job.totals.index(rule["score"]),), i)
        for i, (rule, condition) in enumerate(zip(job.rules, conditions(job), strict=True))
    ]
    return Scorecard(weighted, len(job.totals))


def _condition(test: dict[str, Any]) -> Condition:
    name, value = test["fact"], test["value"]
    match test["op"]:
        case "eq":
            return OneOf(name, frozenset([value]))
        case "ne":
            return Not(OneOf(name, frozenset([value])))
        case "in":
            return OneOf(name, frozenset(value))
        case "ge":
            return Between(name, value, math.inf)
        case _:
            return Between(name, -math.inf, value)
