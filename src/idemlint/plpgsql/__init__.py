"""DO and function bodies → the same nodes that a file has."""
