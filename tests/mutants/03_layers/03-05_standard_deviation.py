"""Returns the standard deviation of the weights, not their bound.

breaks: 03-05-keeping-bound
"""
def keeping_bound(fan_in, relu=True):
    return math.sqrt((2 if relu else 1) / fan_in)
