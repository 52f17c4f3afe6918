"""What customers are worth: lifetime value and customer equity."""
