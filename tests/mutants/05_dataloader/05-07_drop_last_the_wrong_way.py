"""Mixes up the two cases.

breaks: 05-07-loader-len
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    full, rest = divmod(len(self.dataset), self.batch_size)
    return full + (rest > 0 and self.drop_last)
