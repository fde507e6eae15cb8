"""Who may do what: roles, what is granted to them, what is theirs."""
