"""Checks on a rule pack itself: what is wrong with it, what its tests touch, and which changes they would notice."""
