"""What a run remembers: ledger, counts, purchases, surveys and every customer at the end."""
