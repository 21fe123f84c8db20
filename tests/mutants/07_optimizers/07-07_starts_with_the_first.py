"""Starts at the first value instead of at 0; then the correction is not needed, but the weights differ.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    mean, averages = None, []
    for value in np.asarray(values, dtype=float):
        mean = value if mean is None else beta * mean + (1 - beta) * value
        averages.append(mean)
    return np.array(averages)
