"""Keys and the rows they keep apart: which index ON CONFLICT finds, and whether a row meets another one."""
