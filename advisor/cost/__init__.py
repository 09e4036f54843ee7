"""What each way of adapting a model costs: formulas, dated prices, one estimate for all options, and checks."""
