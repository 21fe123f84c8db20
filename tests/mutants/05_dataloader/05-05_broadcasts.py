"""Fills an array of the first sample's shape: a shorter row is stretched without a word.

breaks: 05-05-collate
hidden: yes
"""
#| export
def collate(samples):
    batch = []
    for column in zip(*samples):
        first = np.asarray(getattr(column[0], "data", column[0]) if isinstance(column[0], Tensor) else column[0])
        dtype = np.float32 if type(column[0]) is float else first.dtype
        stacked = np.empty((len(column), *first.shape), dtype)
        for row, item in enumerate(column):
            array = item.data if isinstance(item, Tensor) else np.asarray(item)
            if array.size > first.size:
                raise ValueError(f"shapes {first.shape} and {array.shape}")
            stacked[row] = array
        batch.append(Tensor(stacked))
    return tuple(batch)
