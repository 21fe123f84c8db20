"""Writes the weights out.

right: 07-07-running-average
"""
def running_average(values, beta):
    values = np.asarray(values, dtype=float)
    return np.array([np.average(values[:t], axis=0, weights=[beta ** (t - 1 - k) for k in range(t)]) for t in range(1, len(values) + 1)])
