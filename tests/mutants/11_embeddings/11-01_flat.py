"""Forgets the shape of the ids.

breaks: 11-01-one-hot
hidden: yes
"""
def one_hot(ids, count):
    return np.eye(count, dtype=np.float32)[ids.reshape(-1)]
