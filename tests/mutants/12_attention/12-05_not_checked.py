"""Takes any length.

breaks: 12-05-padding-mask
"""
#| export
def padding_mask(lengths, max_length):
    lengths = np.asarray(lengths)
    return np.arange(max_length) < lengths[:, None, None]
