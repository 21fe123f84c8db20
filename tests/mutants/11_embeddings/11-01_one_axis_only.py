"""Counts the rows with len, which is the first axis only.

breaks: 11-01-one-hot
hidden: yes
"""
def one_hot(ids, count):
    rows = np.zeros((len(ids), count), np.float32)
    rows[np.arange(len(ids)), ids] = 1
    return rows
