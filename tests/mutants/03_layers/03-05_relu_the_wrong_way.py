"""Makes the weights smaller when a ReLU follows.

breaks: 03-05-keeping-bound
"""
def keeping_bound(fan_in, relu=True):
    return math.sqrt((1.5 if relu else 3) / fan_in)
