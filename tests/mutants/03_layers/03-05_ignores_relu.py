"""Always counts the ReLU.

breaks: 03-05-keeping-bound
"""
def keeping_bound(fan_in, relu=True):
    return math.sqrt(6 / fan_in)
