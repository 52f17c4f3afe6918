"""The theory: small pure functions, one file per idea. Values in, values out; no luck, no Mesa, no files."""
