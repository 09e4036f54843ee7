"""Whether a model fits for serving, how fast it is, and what its tokens cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from advisor.cost.calculators.common import Closed, Estimate, GpuRow, model_size, text_table
from advisor.cost.hardware import Device, device
from advisor.cost.numbers import Numbers, load_numbers
from advisor.cost.prices import Prices, load_prices
from advisor.cost.ranges import Range
from advisor.cost.serving import (
    ServingJob,
    prefill_rate,
    replicas_needed,
    serving_memory,
    throughput,
    usd_per_million_tokens,
)
from advisor.cost.shapes import shape_of
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from pathlib import Path

_COUNTS = (1, 2, 4, 8)
_HOURS = 730


class ServingInput(Closed):
    """What is served, on what, and for how many requests."""

    params_b: float | None = Field(None, gt=0, le=5000, description="size of the model in billions of parameters")
    model: str | None = Field(None, description="a name that states the size, such as Qwen3-30B-A3B")
    precision: Literal["16bit", "8bit", "4bit"] = Field("16bit", description="of the weights")
    gpu: str = Field("auto", description="a GPU such as H100-80GB; auto compares all")
    n_gpus: int | None = Field(None, gt=0, le=64, description="GPUs of one replica; default: the fewest that fit")
    input_tokens: float = Field(500, ge=0, description="input tokens of a request")
    output_tokens: float = Field(300, gt=0, description="output tokens of a request")
    concurrency: float = Field(64, gt=0, description="requests in flight at most")
    requests_per_month: float = Field(10_000, ge=0, description="expected volume")
    utilization: float | None = Field(None, gt=0, le=1, description="mean load over peak capacity")
    usd_per_gpu_hour: float | None = Field(None, ge=0, description="your price of a GPU hour")
    minimum_replicas: int = Field(1, ge=1, description="replicas kept running; 2 to survive a failure")


class ServingCost(Closed):
    """The answer: memory over all GPUs of a replica in GB (10^9 bytes), tokens a second, USD."""

    fits: bool
    verdict: str
    gpu: str
    n_gpus: int
    memory_gb: Estimate
    output_tokens_per_second: Estimate
    input_tokens_per_second: Estimate
    usd_per_million_output_tokens: Estimate | None
    replicas: int
    usd_per_month: Estimate | None
    usd_per_request: Estimate | None
    alternatives: tuple[GpuRow, ...]
    sources: tuple[str, ...]

    def to_text(self) -> str:
        """Return the answer as plain text."""
        rows = [
            ("memory of a replica, GB", str(self.memory_gb)),
            ("output tokens a second", str(self.output_tokens_per_second)),
            ("input tokens a second (prefill)", str(self.input_tokens_per_second)),
            ("USD per million output tokens", str(self.usd_per_million_output_tokens or "-")),
            ("replicas", str(self.replicas)),
            ("USD a month", str(self.usd_per_month or "-")),
            ("USD a request", str(self.usd_per_request or "-")),
        ]
        lines = [self.verdict, "", *text_table(rows), "", "GPUs compared (one replica, USD a month):"]
        table = [("GPU", "needed", "GB in all", "USD")]
        for row in self.alternatives:
            count = str(row.n_gpus) if row.fits else row.note
            table.append((row.gpu, count, f"{row.gigabytes_each:.0f}", str(row.usd) if row.usd else "-"))
        lines += [*text_table(table), "", *(f"source: {source}" for source in self.sources)]
        return "\n".join(lines) + "\n"


def serving_cost(job: ServingInput, *, rules: Path | None = None) -> ServingCost:
    """Return memory, speed and price of serving. Raises AdvisorError for what can't be understood."""
    numbers, prices = load_numbers(rules), load_prices(rules)
    candidates = [device(numbers, row.item) for row in prices.of_kind("gpu_range")]
    rows = [_row(job, each, numbers, prices) for each in candidates]
    if job.gpu == "auto":
        fitting = [(row, each) for row, each in zip(rows, candidates, strict=True) if row.fits and row.usd]
        if not fitting:
            raise AdvisorError(Problem("the model fits on none of up to 8 GPUs of one kind"))
        chosen = min(fitting, key=lambda pair: pair[0].usd.mid if pair[0].usd else 0.0)[1]
    else:
        chosen = device(numbers, job.gpu)
    return _answer(job, chosen, tuple(rows), numbers, prices)


def _answer(job: ServingInput, gpu: Device, rows: tuple[GpuRow, ...], numbers: Numbers, prices: Prices) -> ServingCost:
    count = job.n_gpus or _fewest(job, gpu, numbers) or _COUNTS[-1]
    served = _job(job, gpu, count, numbers)
    rate = throughput(numbers, served)
    load = numbers.range("serving", "utilization") if job.utilization is None else Range.exact(job.utilization)
    price, source = _price(job, gpu, prices)
    mean = job.requests_per_month * job.output_tokens / (_HOURS * 3600)
    replicas = replicas_needed(mean / load.mid, rate.mid, job.minimum_replicas)
    month = None if price is None else price * (replicas * count * _HOURS)
    per_million = None if price is None else Estimate.of(usd_per_million_tokens(count, price, rate, load))
    held, memory = gpu.memory_bytes * count / 1e9, serving_memory(numbers, served)
    fits = _fits(served, gpu, count, numbers)
    where = f"{count} x {gpu.name}" if count > 1 else f"one {gpu.name}"
    says = "fits" if fits else "does not fit"
    cache = job.concurrency * (job.input_tokens + job.output_tokens) * served.shape.kv_bytes_per_token() / 1e9
    verdict = f"It {says} on {where}: with {job.concurrency:g} requests in flight {memory.mid / 1e9:.0f} GB "
    verdict += f"of {held:.0f} GB, {cache:.1f} GB of it for their cache."
    return ServingCost(
        fits=fits,
        verdict=verdict,
        gpu=gpu.name,
        n_gpus=count,
        memory_gb=Estimate.of(memory, 1e-9),
        output_tokens_per_second=Estimate.of(rate),
        input_tokens_per_second=Estimate.of(prefill_rate(numbers, served)),
        usd_per_million_output_tokens=per_million,
        replicas=replicas,
        usd_per_month=None if month is None else Estimate.of(month),
        usd_per_request=Estimate.of(month / job.requests_per_month) if month and job.requests_per_month else None,
        alternatives=rows,
        sources=(source, "formulas and constants: rules/cost/serving.yaml"),
    )


def _job(job: ServingInput, gpu: Device, count: int, numbers: Numbers) -> ServingJob:
    size = model_size(numbers, job.params_b, job.model)
    shape = shape_of(numbers, size.total)
    return ServingJob(size, shape, job.precision, gpu, count, job.input_tokens, job.output_tokens, job.concurrency)


def _fits(served: ServingJob, gpu: Device, count: int, numbers: Numbers) -> bool:
    usable = gpu.memory_bytes * count * numbers.value("serving", "usable_memory")
    return serving_memory(numbers, served).mid <= usable


def _fewest(job: ServingInput, gpu: Device, numbers: Numbers) -> int | None:
    return next((count for count in _COUNTS if _fits(_job(job, gpu, count, numbers), gpu, count, numbers)), None)


def _row(job: ServingInput, gpu: Device, numbers: Numbers, prices: Prices) -> GpuRow:
    count = job.n_gpus or _fewest(job, gpu, numbers)
    served = _job(job, gpu, count or _COUNTS[-1], numbers)
    memory = serving_memory(numbers, served).mid / 1e9
    if count is None or not _fits(served, gpu, count, numbers):
        note = f"not on up to {job.n_gpus or _COUNTS[-1]}"
        return GpuRow(gpu=gpu.name, n_gpus=None, fits=False, gigabytes_each=memory, usd=None, note=note)
    price, _ = _price(job, gpu, prices)
    usd = None if price is None else Estimate.of(price * (count * _HOURS))
    return GpuRow(gpu=gpu.name, n_gpus=count, fits=True, gigabytes_each=memory, usd=usd)


def _price(job: ServingInput, gpu: Device, prices: Prices) -> tuple[Range | None, str]:
    """Return USD of a GPU hour and its origin; None where no price is listed."""
    if job.usd_per_gpu_hour is not None and (job.gpu == "auto" or gpu == device(load_numbers(), job.gpu)):
        return Range.exact(job.usd_per_gpu_hour), "your price of a GPU hour"
    row = prices.find("gpu_range", gpu.name)
    if row is None:
        return None, f"no price is listed for {gpu.name}: give your own (usd_per_gpu_hour)"
    return row.range, f"{gpu.name}: {row.origin()}"
