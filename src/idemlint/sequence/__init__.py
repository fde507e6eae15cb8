"""One runner's files in their order, and what is known of them together; nothing here knows a rule."""
