"""Other rule engines on the scorecard job, each in a process of its own: `python peers.py NAME JOB.json`.

Needs nothing but the standard library and the one engine, so that it runs in an environment that holds only engines.
Prints one line of JSON: the version, the microseconds of processor for a case in each turn, and on how many cases the
totals agree.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

PEERS = {
    "zen": "zen-engine",
    "clips": "clipspy",
    "business_rules": "business-rules",
    "cel": "common-expression-language",
}
"""Each engine with the distribution that brings it."""

_CASES = 1_000
_SECONDS = 3.0


def zen(job: dict[str, Any]) -> Any:
    """Return GoRules ZEN with one compiled expression for each total."""
    import zen as engine

    def test(item: dict[str, Any]) -> str:
        fact, value = item["fact"], json.dumps(item["value"])
        plain = {"eq": f"{fact} == {value}", "in": f"{fact} in {value}"}
        if item["op"] in plain:
            return plain[item["op"]]
        sign = {"ne": "!=", "ge": ">=", "lt": "<"}[item["op"]]
        return f"({fact} != null and {fact} {sign} {value})"

    programs = [engine.compile_expression(_sum(job, total, test, " and ")) for total in job["totals"]]
    return lambda case: [int(program.evaluate(case)) for program in programs]


def cel(job: dict[str, Any]) -> Any:
    """Return CEL (in Rust) with one compiled program for each total."""
    import cel as engine

    def test(item: dict[str, Any]) -> str:
        fact, value = f"m.{item['fact']}", json.dumps(item["value"])
        sign = {"eq": "==", "ne": "!=", "in": "in", "ge": ">=", "lt": "<"}[item["op"]]
        return f"(has({fact}) && {fact} {sign} {value})"

    programs = [engine.compile(_sum(job, total, test, " && ")) for total in job["totals"]]

    def judged(case: dict[str, Any]) -> list[int]:
        context = engine.Context({"m": case})
        return [program.execute(context) for program in programs]

    return judged


def _sum(job: dict[str, Any], total: str, test: Any, both: str) -> str:
    own = [rule for rule in job["rules"] if rule["score"] == total]
    return " + ".join(f"({both.join(map(test, rule['all']))} ? {rule['weight']} : 0)" for rule in own) or "0"


def clips(job: dict[str, Any]) -> Any:
    """Return CLIPS with one template of facts, and one rule that adds to a global for each rule."""
    import clips as engine

    environment = engine.Environment()
    for place in range(len(job["totals"])):
        environment.build(f"(defglobal ?*total{place}* = 0)")
    facts = sorted(
        {item["fact"] for rule in job["rules"] for item in rule["all"]} | {f for c in job["cases"] for f in c}
    )
    environment.build(f"(deftemplate case {' '.join(f'(slot {fact})' for fact in sorted(facts))})")

    def text(value: Any) -> str:
        return f'"{value}"' if isinstance(value, str) else str(value)

    def slot(item: dict[str, Any], place: int) -> str:
        fact, value = item["fact"], item["value"]
        match item["op"]:
            case "eq":
                return f"({fact} {text(value)})"
            case "in":
                return f"({fact} {'|'.join(map(text, value))})"
            case "ne":
                return f"({fact} ~nil&~{text(value)})"
        sign = ">=" if item["op"] == "ge" else "<"
        return f"({fact} ?v{place}&:(numberp ?v{place})&:({sign} ?v{place} {value}))"

    for number, rule in enumerate(job["rules"]):
        total = f"?*total{job['totals'].index(rule['score'])}*"
        tests = " ".join(slot(item, place) for place, item in enumerate(rule["all"]))
        environment.build(f"(defrule rule{number} (case {tests}) => (bind {total} (+ {total} {rule['weight']})))")
    template = environment.find_template("case")
    totals = [environment.find_global(f"total{place}") for place in range(len(job["totals"]))]

    def judged(case: dict[str, Any]) -> list[int]:
        environment.reset()
        template.assert_fact(**case)
        environment.run()
        return [total.value for total in totals]

    return judged


def business_rules(job: dict[str, Any]) -> Any:
    """Return business-rules with a variable for each fact, and one that says whether it is known."""
    from business_rules import actions, fields, run_all, variables

    answers: dict[str, set[Any]] = {}
    for case in job["cases"]:
        for fact, value in case.items():
            answers.setdefault(fact, set()).add(value)

    def variable(fact: str, numeric: bool) -> Any:
        def get(self: Any) -> Any:
            return self.case.get(fact, 0 if numeric else "")

        get.__name__ = fact
        return (variables.numeric_rule_variable if numeric else variables.string_rule_variable)()(get)

    def known(fact: str) -> Any:
        def get(self: Any) -> bool:
            return fact in self.case

        get.__name__ = f"{fact}_known"
        return variables.boolean_rule_variable()(get)

    space: dict[str, Any] = {"__init__": lambda self, case: setattr(self, "case", case)}
    for fact, values in answers.items():
        space[fact] = variable(fact, not any(isinstance(value, str) for value in values))
        space[f"{fact}_known"] = known(fact)
    own_variables = type("Own", (variables.BaseVariables,), space)

    class Adding(actions.BaseActions):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            self.totals = dict.fromkeys(job["totals"], 0)

        @actions.rule_action(params={"total": fields.FIELD_TEXT, "weight": fields.FIELD_NUMERIC})  # type: ignore[untyped-decorator, unused-ignore]
        def add(self, total: str, weight: int) -> None:
            self.totals[total] += weight

    def equal(fact: str, value: Any) -> dict[str, Any]:
        return {"name": fact, "operator": "equal_to", "value": value}

    def test(item: dict[str, Any]) -> dict[str, Any]:
        fact, value = item["fact"], item["value"]
        if item["op"] == "eq":
            return equal(fact, value)
        if item["op"] in ("in", "ne"):
            wanted = value if item["op"] == "in" else sorted(answers[fact] - {value})
            return {"any": [equal(fact, each) for each in wanted]}
        sign = "greater_than_or_equal_to" if item["op"] == "ge" else "less_than"
        given = {"name": f"{fact}_known", "operator": "is_true", "value": True}
        return {"all": [given, {"name": fact, "operator": sign, "value": value}]}

    rules = [
        {
            "conditions": {"all": [test(item) for item in rule["all"]]},
            "actions": [{"name": "add", "params": {"total": rule["score"], "weight": rule["weight"]}}],
        }
        for rule in job["rules"]
    ]

    def judged(case: dict[str, Any]) -> list[int]:
        acting = Adding()
        run_all(rules, own_variables(case), acting)
        return [*acting.totals.values()]

    return judged


def main() -> None:
    """Measure one engine."""
    name, path = sys.argv[1:]
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    judged = {"zen": zen, "cel": cel, "clips": clips, "business_rules": business_rules}[name](job)
    cases = job["cases"][:_CASES]
    agree = sum(judged(case) == sums for case, sums in zip(cases, job["sums"], strict=False))
    turns: list[float] = []
    began = time.process_time()
    while len(turns) < 5 and time.process_time() - began < _SECONDS:
        start = time.process_time()
        for case in cases:
            judged(case)
        turns.append((time.process_time() - start) / len(cases) * 1e6)
    version = importlib.metadata.version(PEERS[name])
    print(json.dumps({"version": version, "turns": turns, "agree": agree, "cases": len(cases)}))


if __name__ == "__main__":
    main()
