"""What a query or an expression reads: names in scopes, and what they are on a catalog.

`compiled` makes data of a raw parse tree, once a statement: which FROM entries there are at each level, and
which names are looked for there. `resolve` looks them up, each time the statement runs, as PostgreSQL's
parse analysis does (src/backend/parser/parse_relation.c): innermost level first.
"""
