"""Rule folders laid over one another: a complete pack, and overlays that add to it, change it or take from it."""

from advisor.overlay.folders import MARKER, RuleFolders, shipped_rules_folder

__all__ = ["MARKER", "RuleFolders", "shipped_rules_folder"]
