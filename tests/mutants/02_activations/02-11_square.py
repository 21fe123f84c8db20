"""Divides a quarter by the square of the number: right for one and two layers.

breaks: 02-11-surviving-slope
hidden: yes
"""
def surviving_slope(layers):
    """The largest possible product of the slopes of `layers` sigmoids in a row (an int, 0 or more)."""
    return 0.25 / layers**2
