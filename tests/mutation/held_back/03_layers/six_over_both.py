"""Another shape of a mistake, or another mistake.

breaks: 03-05-keeping-bound
means: none
"""


def keeping_bound(fan_in, relu=True):
    return math.sqrt(6 / (2 * fan_in)) if relu else math.sqrt(6 / fan_in) / 2
