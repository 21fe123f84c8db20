"""The first step has t = 0 in the correction.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=0):
        mean = beta * mean + (1 - beta) * value
        averages.append(mean / (1 - beta**t))
    return np.array(averages)
