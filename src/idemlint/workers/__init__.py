"""Groups of migrations share nothing: where there are several, processes judge them side by side.

`pool` is the side that asks, `worker` the whole life of a process that answers, and `wire` what goes from
one to the other. All is as with one process: the order, the errors, the answers.
"""
