"""Whether a training job fits, on which GPUs, for how long, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from advisor.cost.calculators.common import Closed, Estimate, GpuRow, model_size, text_table
from advisor.cost.compute import ComputeJob, gpu_hours
from advisor.cost.hardware import Device, device
from advisor.cost.memory import MemoryJob, TrainingMemory, training_memory
from advisor.cost.methods import read_method, read_precision, read_sharding
from advisor.cost.numbers import Numbers, load_numbers
from advisor.cost.prices import Prices, load_prices
from advisor.cost.ranges import Range
from advisor.cost.shapes import shape_of
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from pathlib import Path

_COUNTS = (1, 2, 4, 8, 16, 32, 64)


class TrainingInput(Closed):
    """A training job. The size comes from `params_b` or from a model's name; tokens from `tokens` or from examples."""

    params_b: float | None = Field(None, gt=0, le=5000, description="size of the model in billions of parameters")
    model: str | None = Field(None, description="a name that states the size, such as Llama-3.1-70B")
    method: str = Field("lora", description="full, lora, qlora, lora_dpo, full_continued_pretrain, ...")
    precision: str | None = Field(None, description="bf16, mixed_bf16, pure_bf16, nf4, int8, ...")
    optimizer: str = Field("adamw", description="adamw, 8bit_adamw, paged_8bit_adamw, adafactor, ...")
    parallelism: str | None = Field(None, description="zero1, zero2, zero3, fsdp, ddp; default: everything divided")
    examples: float = Field(1000, gt=0, description="training examples")
    tokens_per_example: float = Field(512, gt=0, description="tokens of one example, padding included")
    epochs: float = Field(3, gt=0, description="passes over the examples")
    tokens: float | None = Field(None, gt=0, description="tokens of all passes, instead of examples")
    sequence: float | None = Field(None, gt=0, description="tokens of one sequence in memory")
    micro_batch: float = Field(1, gt=0, description="sequences at once on a GPU")
    checkpointing: bool = Field(True, description="whether activations are recomputed")
    chunked_loss: bool | None = Field(None, description="whether the loss is computed in chunks")
    packed: bool = Field(False, description="whether examples are packed into full sequences")
    gpu: str = Field("auto", description="a GPU such as A100-80GB; auto compares all")
    n_gpus: int | None = Field(None, gt=0, le=100_000, description="number of GPUs; default: the fewest that fit")
    usd_per_gpu_hour: float | None = Field(None, ge=0, description="your price of a GPU hour")
    runs: float = Field(1, gt=0, description="runs until the one that is kept")


class TrainingCost(Closed):
    """The answer: memory of one GPU, whether it fits, GPU-hours and USD. Memory is in GB (10^9 bytes)."""

    fits: bool
    verdict: str
    gpu: str
    n_gpus: int
    gpu_memory_gb: float
    memory_gb: Estimate
    memory_parts_gb: dict[str, Estimate]
    tokens: float
    gpu_hours: Estimate
    hours: Estimate
    usd: Estimate | None
    alternatives: tuple[GpuRow, ...]
    sources: tuple[str, ...]

    def to_text(self) -> str:
        """Return the answer as plain text."""
        lines = [self.verdict, ""]
        lines += text_table(
            [
                ("memory of one GPU, GB", str(self.memory_gb)),
                *((f"  {name}", str(part)) for name, part in self.memory_parts_gb.items()),
                ("training tokens", f"{self.tokens:,.0f}"),
                ("GPU hours", str(self.gpu_hours)),
                ("hours on the clock", str(self.hours)),
                ("USD", str(self.usd) if self.usd else "-"),
            ]
        )
        lines += ["", "GPUs compared:"]
        rows = [("GPU", "needed", "GB each", "USD")]
        for row in self.alternatives:
            count = str(row.n_gpus) if row.fits else row.note
            rows.append((row.gpu, count, f"{row.gigabytes_each:.0f}", str(row.usd) if row.usd else "-"))
        lines += text_table(rows)
        lines += ["", *(f"source: {source}" for source in self.sources)]
        return "\n".join(lines).rstrip() + "\n"


def training_cost(job: TrainingInput, *, rules: Path | None = None) -> TrainingCost:
    """Return memory, GPU-hours and USD of a training job. Raises AdvisorError for what can't be understood."""
    _refuse_unknown_words(job)
    numbers, prices = load_numbers(rules), load_prices(rules)
    asked = None if job.gpu == "auto" else device(numbers, job.gpu)
    candidates = [device(numbers, row.item) for row in prices.of_kind("gpu_range")]
    rows = [_row(job, each, numbers, prices) for each in candidates]
    if asked is None:
        fitting = [(row, each) for row, each in zip(rows, candidates, strict=True) if row.fits and row.usd]
        if not fitting:
            raise AdvisorError(Problem(f"the job fits on none of up to {job.n_gpus or _COUNTS[-1]} GPUs of one kind"))
        asked = min(fitting, key=lambda pair: pair[0].usd.mid if pair[0].usd else 0.0)[1]
    return _answer(job, asked, tuple(rows), numbers, prices)


def _refuse_unknown_words(job: TrainingInput) -> None:
    """Refuse a method, precision or parallelism that is not known: a slip would price another job."""
    method, note = read_method(job.method)
    notes = {"method": note, "precision": read_precision(job.precision, method).note}
    notes["parallelism"] = read_sharding(job.parallelism, 2).note
    problems = [
        Problem(f"unknown {name} '{getattr(job, name)}'; expected {TrainingInput.model_fields[name].description}")
        for name, note in notes.items()
        if note
    ]
    if problems:
        raise AdvisorError(problems)


def _answer(
    job: TrainingInput, gpu: Device, rows: tuple[GpuRow, ...], numbers: Numbers, prices: Prices
) -> TrainingCost:
    count = job.n_gpus or _fewest(job, gpu, numbers) or _COUNTS[-1]
    memory = _memory(job, count, numbers)
    fits, verdict = _verdict(memory.total, gpu, count, numbers)
    hours = _hours(job, gpu, count, numbers)
    price, source = _price(job, gpu, prices)
    tokens = _tokens(job)
    parts = {"weights": memory.weights, "gradients": memory.gradients, "optimizer or adapters": memory.optimizer}
    parts |= {"activations": memory.activations, "logits": memory.logits, "overhead": memory.overhead}
    return TrainingCost(
        fits=fits,
        verdict=verdict,
        gpu=gpu.name,
        n_gpus=count,
        gpu_memory_gb=round(gpu.memory_bytes / 1e9, 1),
        memory_gb=Estimate.of(memory.total, 1e-9),
        memory_parts_gb={name: Estimate.of(part, 1e-9) for name, part in parts.items()},
        tokens=tokens,
        gpu_hours=Estimate.of(hours * job.runs),
        hours=Estimate.of(hours * job.runs, 1 / count),
        usd=None if price is None else Estimate.of(hours * job.runs * price),
        alternatives=rows,
        sources=(source, "formulas and constants: rules/cost/training.yaml"),
    )


def _row(job: TrainingInput, gpu: Device, numbers: Numbers, prices: Prices) -> GpuRow:
    count = job.n_gpus or _fewest(job, gpu, numbers)
    memory = _memory(job, count or _COUNTS[-1], numbers).total
    fits = count is not None and _verdict(memory, gpu, count, numbers)[0]
    if count is None or not fits:
        note = f"not on up to {job.n_gpus or _COUNTS[-1]}"
        return GpuRow(gpu=gpu.name, n_gpus=None, fits=False, gigabytes_each=memory.mid / 1e9, usd=None, note=note)
    price, _ = _price(job, gpu, prices)
    usd = None if price is None else Estimate.of(_hours(job, gpu, count, numbers) * job.runs * price)
    return GpuRow(gpu=gpu.name, n_gpus=count, fits=True, gigabytes_each=memory.mid / 1e9, usd=usd)


def _memory(job: TrainingInput, count: int, numbers: Numbers) -> TrainingMemory:
    parameters = model_size(numbers, job.params_b, job.model).total
    method, _ = read_method(job.method)
    return training_memory(
        numbers,
        MemoryJob(
            parameters=parameters,
            shape=shape_of(numbers, parameters),
            method=method,
            precision=read_precision(job.precision, method).value,
            optimizer=job.optimizer,
            sequence=job.sequence or job.tokens_per_example,
            micro_batch=job.micro_batch,
            checkpointing=job.checkpointing,
            chunked_loss=job.chunked_loss,
            n_gpus=count,
            sharding=read_sharding(job.parallelism, count),
        ),
    )


def _fewest(job: TrainingInput, gpu: Device, numbers: Numbers) -> int | None:
    for count in _COUNTS:
        if _memory(job, count, numbers).total.mid * numbers.value("training", "head_room") <= gpu.memory_bytes:
            return count
    return None


def _verdict(memory: Range, gpu: Device, count: int, numbers: Numbers) -> tuple[bool, str]:
    """Return whether a job fits with head room, and the sentence that says so."""
    room = numbers.range("training", "head_room")
    where = f"{count} x {gpu.name}" if count > 1 else f"one {gpu.name}"
    held, need = gpu.memory_bytes / 1e9, memory.mid * room.mid / 1e9
    said = f"about {need:.0f} GB of {held:.0f} GB on each GPU, head room included"
    if memory.high * room.low <= gpu.memory_bytes:
        return True, f"It fits on {where}: {said}."
    if memory.mid * room.mid <= gpu.memory_bytes:
        return True, f"It should fit on {where}, but it may be tight: {said}; up to {memory.high / 1e9:.0f} GB."
    low = memory.low / 1e9
    if memory.mid <= gpu.memory_bytes:
        return True, f"It may just fit on {where}, with no head room: {said}; a lean stack needs {low:.0f} GB."
    if memory.low <= gpu.memory_bytes:
        return False, f"It probably does not fit on {where}: {said}; only a lean stack might ({low:.0f} GB)."
    return False, f"It does not fit on {where}: {said}."


def _tokens(job: TrainingInput) -> float:
    return job.tokens or job.examples * job.tokens_per_example * job.epochs


def _hours(job: TrainingInput, gpu: Device, count: int, numbers: Numbers) -> Range:
    size = model_size(numbers, job.params_b, job.model)
    method, _ = read_method(job.method)
    return gpu_hours(
        numbers,
        ComputeJob(
            parameters=size.active,
            shape=shape_of(numbers, size.active),
            method=method,
            tokens=Range.exact(_tokens(job)),
            device=gpu,
            n_gpus=count,
            sequence=job.sequence or job.tokens_per_example,
            micro_batch=job.micro_batch,
            packed=job.packed,
            stream=job.tokens is not None,
            offload="offload" in (job.parallelism or "").lower(),
            whole_run=True,
        ),
    )


def _price(job: TrainingInput, gpu: Device, prices: Prices) -> tuple[Range | None, str]:
    """Return USD of a GPU hour and its origin; None where no price is listed."""
    if job.usd_per_gpu_hour is not None and (job.gpu == "auto" or gpu == device(load_numbers(), job.gpu)):
        return Range.exact(job.usd_per_gpu_hour), "your price of a GPU hour"
    row = prices.find("gpu_range", gpu.name)
    if row is None:
        return None, f"no price is listed for {gpu.name}: give your own (usd_per_gpu_hour)"
    return row.range, f"{gpu.name}: {row.origin()}"
