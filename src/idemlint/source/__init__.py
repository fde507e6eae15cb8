"""Bytes → text → statements."""
