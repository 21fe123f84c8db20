"""Returns 1/sqrt(n).

breaks: 03-05-keeping-bound
"""
def keeping_bound(fan_in, relu=True):
    return 1 / math.sqrt(fan_in)
