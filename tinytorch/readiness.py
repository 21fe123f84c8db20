"""The name by which notebooks import `tinytorch.lab.readiness`."""

from tinytorch.lab.readiness import EXERCISES, EngineNotReady, check_engine

__all__ = ["EXERCISES", "EngineNotReady", "check_engine"]
