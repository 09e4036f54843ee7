"""Decision records: a decision with all that it rested on, written down and checked again later."""

from advisor.records.adr import to_adr
from advisor.records.recheck import Recheck, recheck_files

__all__ = ["Recheck", "recheck_files", "to_adr"]
