"""The live page: two variants side by side, the same people and random draws."""
