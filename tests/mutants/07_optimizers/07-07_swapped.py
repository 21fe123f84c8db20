"""Keeps 1 - beta of the old average.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=1):
        mean = (1 - beta) * mean + beta * value
        averages.append(mean / (1 - beta**t))
    return np.array(averages)
