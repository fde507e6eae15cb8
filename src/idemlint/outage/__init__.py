"""A migration failed, and somebody reads its log: what happened, what stays, what to do now.

`recovery` is what each runner's journal wants after a failure, `wording` how each says that it failed,
`advice` what an SQLSTATE asks for; they are tables of facts, with their sources. `logs` makes lines of a
pasted log, `reading` finds the failure in them, `story` tells a stop in the midst of a file as plain data.
"""
