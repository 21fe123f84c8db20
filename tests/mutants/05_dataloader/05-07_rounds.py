"""Rounds to the nearest number.

breaks: 05-07-loader-len
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    return len(self.dataset) // self.batch_size if self.drop_last else round(len(self.dataset) / self.batch_size)
