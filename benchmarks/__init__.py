"""Measurements of speed. They print ratios and are never tests."""
