"""Measurements of speed; `python -m benchmarks` prints them all."""

from advisor.batch.run import keep_to_one_thread

keep_to_one_thread()  # before NumPy is loaded: what is measured is one core
