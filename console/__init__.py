"""The private side: whether the rest works, and its figures."""
