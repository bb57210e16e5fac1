"""What every test may use, and how hypothesis searches."""

from hypothesis import HealthCheck, settings

# A suite that all must pass tries the same examples everywhere; the long runs in tests/torture search at random.
# How long an example takes says how busy the machine is, and nothing of delivrd.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
