"""The engine: how the rules are run. No rule lives here."""
