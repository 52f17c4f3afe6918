"""What a firm sees, plans and pays: budgets, response curves, books, strategies and events."""
