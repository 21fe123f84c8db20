"""Corrects by the square of beta from the second step on.

breaks: 07-07-running-average
"""
def running_average(values, beta):
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=1):
        mean = beta * mean + (1 - beta) * value
        averages.append(mean / (1 - beta * (beta if t > 1 else 1)))
    return np.array(averages)
