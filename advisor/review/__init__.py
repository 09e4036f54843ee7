"""Reviewing designs: whether the answers in a use-case file support the approach that it proposes."""

from advisor.review.findings import review_files
from advisor.review.result import FileReview, Finding, RestsOn, Review

__all__ = ["FileReview", "Finding", "RestsOn", "Review", "review_files"]
