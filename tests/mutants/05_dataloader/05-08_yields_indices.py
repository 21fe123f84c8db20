"""Yields indices instead of samples.

breaks: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    yield from batch_indices(order, self.batch_size, self.drop_last)
