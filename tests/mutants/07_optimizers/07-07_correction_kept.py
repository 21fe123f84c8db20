"""Goes on with the corrected average.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=1):
        mean = (beta * mean + (1 - beta) * value) / (1 - beta**t)
        averages.append(mean)
    return np.array(averages)
