"""Tables beside those that serve: filled in peace, then their rows are the ones, on one server and on two shards."""
