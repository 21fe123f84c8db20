"""Looks at the first and the last direction only.

breaks: 07-02-slowest-factor
hidden: yes
"""
def slowest_factor(curvatures, lr):
    return float(max(abs(1 - lr * curvatures[0]), abs(1 - lr * curvatures[-1])))
