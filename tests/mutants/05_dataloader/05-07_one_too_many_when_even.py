"""Always adds one for the rest, even when there is none.

breaks: 05-07-loader-len
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    return len(self.dataset) // self.batch_size + (0 if self.drop_last else 1)
