"""The theory: small pure functions, one file per idea. Values in, values out; no random draws, no Mesa, no files."""
