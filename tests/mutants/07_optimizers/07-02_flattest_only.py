"""Looks at the flattest direction only.

breaks: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return float(abs(1 - lr * min(curvatures)))
