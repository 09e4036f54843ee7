"""Many use cases at once: the same verdicts as one by one, worked out in arrays."""
