"""Forgets the root in one of the two cases.

breaks: 03-05-keeping-bound
hidden: yes
"""
def keeping_bound(fan_in, relu=True):
    return math.sqrt(6 / fan_in) if relu else 3 / fan_in
