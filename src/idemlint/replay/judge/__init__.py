"""Running again, and what that comes to: a verdict a statement."""
