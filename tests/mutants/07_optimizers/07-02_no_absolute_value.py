"""Forgets that a factor of -2 is larger in size than one of 0.9.

breaks: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return float((1 - lr * np.asarray(curvatures)).max())
