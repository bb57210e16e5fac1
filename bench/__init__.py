"""What delivrd can do on this machine, measured. `python -m bench.run --help`."""
