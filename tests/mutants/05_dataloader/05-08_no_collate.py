"""Yields lists of samples.

breaks: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    for indices in batch_indices(order, self.batch_size, self.drop_last):
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield [self.dataset[index] for index in indices]
