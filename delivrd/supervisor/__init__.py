"""`delivrd up`: the three processes, from their start to an end that loses nothing."""
