"""Unknown answers: what could still change the advice, what to ask next, and which known answers carry it."""
