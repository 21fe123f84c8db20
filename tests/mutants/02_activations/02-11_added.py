"""Adds the slopes.

breaks: 02-11-surviving-slope
"""
def surviving_slope(layers):
    """The largest possible product of the slopes of `layers` sigmoids in a row (an int, 0 or more)."""
    return 0.25 * layers
