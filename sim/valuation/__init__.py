"""What the customers of a simulated firm are worth, read off the records of a run."""
