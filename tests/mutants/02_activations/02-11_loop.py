"""Multiplies in a loop.

right: 02-11-surviving-slope
"""
def surviving_slope(layers):
    """The largest possible product of the slopes of `layers` sigmoids in a row (an int, 0 or more)."""
    left = 1.0
    for _ in range(layers):
        left *= 0.25
    return left
