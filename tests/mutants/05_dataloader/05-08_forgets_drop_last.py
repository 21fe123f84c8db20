"""Does not pass drop_last on.

breaks: 05-08-loader-iter
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    for indices in batch_indices(order, self.batch_size):
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield collate([self.dataset[index] for index in indices])
