"""A harness that puts questions to a real PostgreSQL server.

`server` starts one, `snapshot` writes down what is in it, `rerun` judges what a second run does,
`truth` compares idemlint's verdicts with the server's on folders of migrations.
"""
