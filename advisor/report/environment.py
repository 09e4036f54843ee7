"""The Jinja environment of the report: what its templates can use, and their compiled form where it may be kept."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import BytecodeCache

from advisor import cache_folder
from advisor.explain import counted_points, inside
from advisor.report import numbers
from advisor.report.cost import cost_section
from advisor.report.diagram import plan_diagram
from advisor.report.escape import as_text, link

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class _KeptTemplates(BytecodeCache):
    """Compiled templates in the user's cache folder; each is found by its source and by what compiled it."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with the code that is kept for it."""
        content = cache_folder.kept(_name(bucket))
        if content is not None:
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code in a bucket."""
        cache_folder.keep(_name(bucket), bucket.bytecode_to_string())


def _name(bucket: Bucket) -> str:
    made_of = f"{bucket.key}\0{bucket.checksum}\0{jinja2.__version__}\0{sys.version}"
    return f"template-{sha256(made_of.encode()).hexdigest()}"


def report_environment() -> Environment:
    """Return the environment that the report is rendered in."""
    # With autoescape on, macros return Markup, and `finalize` is what turns every other value into safe text.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        bytecode_cache=_KeptTemplates() if cache_folder.is_on() else None,
        autoescape=True,
        finalize=as_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        inside=inside,
        points=counted_points,
        probability=numbers.probability,
        severity=numbers.severity,
        signed_weight=numbers.signed_weight,
    )
    environment.globals.update(cost_section=cost_section, inside=inside, link=link, plan_diagram=plan_diagram)
    return environment
