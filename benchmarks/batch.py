"""Batches: whole files through the command, and cases in arrays beside cases one by one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.batch.columns import ColumnConditions, summed
from advisor.batch.verdicts import Judge, judged_alone
from advisor.conditions import Between, Not, OneOf
from advisor.rules import shipped_rules
from benchmarks.scorecard_job import conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.pack import RulePack
    from benchmarks.scorecard_job import Job

ROOT = Path(__file__).parents[1]
_DESCRIPTION = (
    "Draft replies to customers of an online shop from past tickets and our policy documents, which change weekly; "
    "agents check every reply, and the tone must be ours."
)


def use_cases(pack: RulePack, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield use cases with random answers, more and fewer of them."""
    random = Random(seed)  # noqa: S311 - a sample, no secret
    for number in range(count):
        share = random.random()
        facts: dict[str, Any] = {}
        for fact in pack.questionnaire.facts:
            if random.random() > share:
                continue
            if fact.kind == "choice":
                facts[fact.id] = random.choice(fact.option_ids)
            elif fact.kind == "flag":
                facts[fact.id] = random.random() < 0.5
            else:
                top = 6 if fact.maximum is None else np.log10(fact.maximum)
                value = 10 ** random.uniform(top - 4, top)
                facts[fact.id] = int(value) if fact.integer else round(value, 3)
        yield {"name": f"case {number}", "facts": facts}


def through_command(count: int) -> tuple[float, float, float]:
    """Return the seconds, those of processors, and the MiB of the largest process for a file of `count` use cases."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.jsonl")
        with source.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{json.dumps(use_case)}\n" for use_case in use_cases(shipped_rules(), count))
        command = (sys.executable, "-m", "advisor", "batch", str(source), "--output", f"{folder}/out.jsonl")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = perf_counter()
        subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
        took = perf_counter() - start
        with Path(folder, "out.jsonl").open("rb") as results:
            assert sum(1 for _ in results) == count  # noqa: S101
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, busy, after.ru_maxrss / 1024


def beside_one_by_one(count: int) -> tuple[float, float]:
    """Return the microseconds of processor for a case in arrays and one by one, taking turns on the same cases."""
    pack = shipped_rules()
    judge = Judge(pack)
    cases = [case["facts"] for case in use_cases(pack, count)]
    together = alone = 0.0
    for start in range(0, count, 1_000):
        part = cases[start : start + 1_000]
        began = process_time()
        judge.judged(part, [None] * len(part), judge.columns.codes(part))
        between = process_time()
        for case in part:
            judged_alone(pack, case, None)
        together, alone = together + between - began, alone + process_time() - between
    return together / count * 1e6, alone / count * 1e6


def described(count: int, most: int | None = None) -> float:
    """Return the microseconds of processor for a case with a description, and with at most some answers."""
    pack = shipped_rules()
    judge = Judge(pack)
    cases = [dict([*case["facts"].items()][:most]) for case in use_cases(pack, count)]
    texts = [f"{_DESCRIPTION} Product {number}." for number in range(count)]
    start = process_time()
    for at in range(0, count, 1_000):
        part = cases[at : at + 1_000]
        judge.judged(part, texts[at : at + 1_000], judge.columns.codes(part))
    return (process_time() - start) / count * 1e6


class ColumnScorecard:
    """The scorecard job in arrays."""

    def __init__(self, job: Job) -> None:
        self.columns = ColumnConditions(conditions(job))
        self.weights = np.zeros((len(job.rules), len(job.totals)))
        for place, rule in enumerate(job.rules):
            self.weights[place, job.totals.index(rule["score"])] = rule["weight"]

    def totals(self, codes: Any) -> Any:
        """Return the totals of cases with these codes."""
        true, _ = self.columns.truths(codes)
        return summed(true, self.weights)


class Limit:
    """The same job as NumPy can do it at best: a mask for each answer, cut together, and sums looked up by pattern."""

    _BITS = 16

    def __init__(self, job: Job, columns: ColumnConditions) -> None:
        words = -(-len(job.rules) // self._BITS)
        leaves = {fact: np.ones((codes.size, words * self._BITS), bool) for fact, codes in columns.facts.items()}
        weights = np.zeros((words * self._BITS, len(job.totals)))
        for place, (rule, condition) in enumerate(zip(job.rules, conditions(job), strict=True)):
            weights[place, job.totals.index(rule["score"])] = rule["weight"]
            for part in condition.parts:
                test = part.part if isinstance(part, Not) else part
                assert isinstance(test, OneOf | Between)  # noqa: S101 - the job's rules hold nothing else
                true, false = columns.facts[test.fact].table(test)
                leaves[test.fact][:, place] &= false if isinstance(part, Not) else true
        self._masks = [
            (columns.facts[fact].place, np.packbits(own, axis=1, bitorder="little").view(np.uint16))
            for fact, own in leaves.items()
        ]
        patterns = (np.arange(1 << self._BITS)[:, None] >> np.arange(self._BITS)) & 1
        self._sums = [patterns @ weights[i * self._BITS : (i + 1) * self._BITS] for i in range(words)]

    def totals(self, codes: Any) -> Any:
        """Return the totals of cases with these codes."""
        place, masks = self._masks[0]
        alive = masks[codes[place]]
        for place, masks in self._masks[1:]:
            alive &= masks[codes[place]]
        return sum(sums[alive[:, i]] for i, sums in enumerate(self._sums))
