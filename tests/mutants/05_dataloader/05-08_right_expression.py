"""Returns a generator expression.

right: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    data, epoch = self.dataset, self.epoch
    self.epoch = epoch + 1
    order = epoch_order(count=len(data), shuffle=self.shuffle, seed=self.seed, epoch=epoch)
    fetch = getattr(data, "gather", None) or (lambda indices: collate([data[int(i)] for i in indices]))
    return (fetch(indices) for indices in batch_indices(order, self.batch_size, drop_last=self.drop_last))
