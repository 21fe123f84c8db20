"""Returns the largest rate that is still stable.

breaks: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return float(2 / np.max(curvatures))
