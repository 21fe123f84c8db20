"""A loop over the directions.

right: 07-02-slowest-factor
"""
def slowest_factor(curvatures, lr):
    return max(abs(1 - lr * float(c)) for c in curvatures)
