"""Counts before it makes the order: the first epoch is skipped.

breaks: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    self.epoch += 1
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    for indices in batch_indices(order, self.batch_size, self.drop_last):
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield collate([self.dataset[index] for index in indices])
