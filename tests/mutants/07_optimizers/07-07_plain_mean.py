"""The ordinary mean of all values so far.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    values = np.asarray(values, dtype=float)
    return np.array([values[: k + 1].mean(axis=0) for k in range(len(values))])
