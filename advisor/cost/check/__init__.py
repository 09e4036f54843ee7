"""Checking the cost formulas against published figures: read the figures, estimate each, compare, summarize."""

from advisor.cost.check.compare import CheckReport, CheckRow, check_figures

__all__ = ["CheckReport", "CheckRow", "check_figures"]
