"""Walks through the batches with iter and next.

right: 05-08-loader-iter
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    batches = iter(batch_indices(order, self.batch_size, self.drop_last))
    gather = getattr(self.dataset, "gather", None)
    while True:
        indices = next(batches, None)
        if indices is None:
            break
        if gather is None:
            yield collate(list(map(self.dataset.__getitem__, indices)))
        else:
            yield gather(indices)
