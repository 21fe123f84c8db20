"""Accuses every step, even the first right one: is its own sum right, and does it compare too strictly?

breaks: 07-13-step-is-right
"""
def step_is_right(step):
    return False
