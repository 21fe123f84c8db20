"""Counts when the epoch is over: one that is broken off is repeated.

breaks: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    for indices in batch_indices(order, self.batch_size, self.drop_last):
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield collate([self.dataset[index] for index in indices])
    self.epoch += 1
