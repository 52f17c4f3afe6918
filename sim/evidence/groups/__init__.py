"""The facts, a file a group: each is declared once, with its target, its source and what measures it."""
