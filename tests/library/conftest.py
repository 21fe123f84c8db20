"""Hypothesis: the same examples in every run, so that a failure is there again the next time.

``HYPOTHESIS_PROFILE=explore pytest tests/library`` looks further, and at random.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tinytorch import manual_seed

slow_is_fine = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "ci", max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=slow_is_fine
)
settings.register_profile(
    "explore", max_examples=1000, database=None, deadline=None, suppress_health_check=slow_is_fine
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _same_random_numbers():
    """Each test starts from the same weights and masks."""
    manual_seed(0)
