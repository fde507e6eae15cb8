"""Running a migration twice on an abstract catalog."""
