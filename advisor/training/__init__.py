"""Fitting weights to labelled decisions and measuring how well they do. Only here NumPy and SciPy are used."""
