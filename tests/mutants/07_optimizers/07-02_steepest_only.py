"""Looks at the steepest direction only.

breaks: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return float(abs(1 - lr * max(curvatures)))
