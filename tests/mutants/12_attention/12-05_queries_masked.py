"""The axis of 1 is that of the keys.

breaks: 12-05-padding-mask
"""
#| export
def padding_mask(lengths, max_length):
    lengths = np.asarray(lengths)
    if lengths.min() < 0 or lengths.max() > max_length:
        raise ValueError(f"lengths {lengths} have to be from 0 to {max_length}")
    return np.arange(max_length)[:, None] < lengths[:, None, None]
