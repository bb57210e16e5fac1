"""What the pages have done by parts that they do not import. The commands of the same names call the same functions."""


class Refusal(Exception):
    """It was not done; the text says why, and what to do."""
