"""Uses the dtype that NumPy gives.

breaks: 11-01-one-hot
"""
def one_hot(ids, count):
    return np.eye(count)[ids]
