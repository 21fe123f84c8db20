"""Another shape of a mistake, or another mistake.

breaks: 03-05-keeping-bound
means: 03-05_standard_deviation
"""


def keeping_bound(fan_in, relu=True):
    gain = 2.0 if relu else 1.0
    return (gain / fan_in) ** 0.5
