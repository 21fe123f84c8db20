"""Rounds up with whole numbers.

right: 05-07-loader-len
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    samples = len(self.dataset)
    if self.drop_last:
        return samples // self.batch_size
    return (samples + self.batch_size - 1) // self.batch_size
