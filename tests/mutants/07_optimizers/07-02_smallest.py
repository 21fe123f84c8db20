"""Returns the factor of the fastest direction.

breaks: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return float(np.abs(1 - lr * np.asarray(curvatures)).min())
