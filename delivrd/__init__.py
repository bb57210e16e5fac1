"""The command line: one file a command. It wires the parts together and holds no logic of theirs."""
