"""Returns the number of samples.

breaks: 05-07-loader-len
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    return len(self.dataset)
