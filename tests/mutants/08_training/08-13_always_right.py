"""Trusts every step.

breaks: 08-13-step-is-right
"""
def step_is_right(step):
    return True
