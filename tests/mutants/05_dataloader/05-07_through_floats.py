"""Divides with floats, which is wrong for very many samples.

breaks: 05-07-loader-len
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    batches = len(self.dataset) / self.batch_size
    return int(batches) if self.drop_last else int(np.ceil(np.float32(batches)))
