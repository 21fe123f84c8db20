"""Marks all ids in one row.

breaks: 11-01-one-hot
"""
def one_hot(ids, count):
    row = np.zeros(count, np.float32)
    row[ids] = 1
    return row
