"""Does not refuse a negative length.

breaks: 12-05-padding-mask
hidden: yes
"""
#| export
def padding_mask(lengths, max_length):
    lengths = np.asarray(lengths)
    if lengths.max() > max_length:
        raise ValueError(f"a length of {lengths.max()} is above {max_length}")
    return np.arange(max_length) < lengths[:, None, None]
