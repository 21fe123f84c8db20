"""Keeps its place in the loader, so two loops disturb each other.

breaks: 05-08-loader-iter
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    self.batches = list(batch_indices(order, self.batch_size, self.drop_last))
    while self.batches:
        indices = self.batches.pop(0)
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield collate([self.dataset[index] for index in indices])
