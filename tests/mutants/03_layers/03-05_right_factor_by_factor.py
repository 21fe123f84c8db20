"""Starts from the plain bound and multiplies.

right: 03-05-keeping-bound
"""
def keeping_bound(fan_in, relu=True):
    bound = (3 / fan_in) ** 0.5
    if relu:
        bound *= 2**0.5
    return bound
