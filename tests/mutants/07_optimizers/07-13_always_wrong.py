"""Trusts no step.

breaks: 07-13-step-is-right
"""
def step_is_right(step):
    return False
