"""Texts of fixes: pure functions from what a rule found to edits."""
