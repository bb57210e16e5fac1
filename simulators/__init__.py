"""Stand-ins of the providers' APIs over HTTP on 127.0.0.1, for the demo and the tests.

`simulators.run.Simulators` starts all of them. They accept sends, play out carriers from a seed, call webhooks,
answer polls, misbehave when told to, and keep their own truth of what became of each message. They share
nothing with the adapters under test but the names of the canonical states.
"""
