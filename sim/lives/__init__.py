"""Single lives: one person of a finished run lived again, step by step, beside the same person in another variant."""
