"""What rules stand on: what a rule is, its page, and ways to look at a migration."""
