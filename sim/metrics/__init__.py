"""What is measured: pure functions of records. A metric exists by being defined in a file here."""
