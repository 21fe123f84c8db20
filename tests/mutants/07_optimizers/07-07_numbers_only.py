"""Rows are averaged into one number.

breaks: 07-07-running-average
hidden: yes
"""
def running_average(values, beta):
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=1):
        mean = beta * mean + (1 - beta) * value
        averages.append(float(np.mean(mean)) / (1 - beta**t))
    return np.array(averages)
