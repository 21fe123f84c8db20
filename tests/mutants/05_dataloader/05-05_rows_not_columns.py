"""Stacks each sample instead of each position.

breaks: 05-05-collate
"""
#| export
def collate(samples):
    return tuple(Tensor(np.stack([np.asarray(getattr(item, 'data', item)) for item in sample])) for sample in samples)
