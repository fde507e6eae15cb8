"""What routines do that no folder makes: those of extensions and platforms, and PostgreSQL's own lists.

`what_calls_do` begins with what a query calls, `reached` asks whether the query comes to it. `deeds` has the
routines by their names, each with its source; `list_deeds` and `table_deeds` say what they come to,
`arguments` what they are given. Most folders call none of these: who meets an unknown name loads them.
"""
