"""Makes all batches before the first one is handed out.

breaks: 05-08-loader-iter
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __iter__(self):
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1

    batches = []
    for indices in batch_indices(order, self.batch_size, self.drop_last):
        if hasattr(self.dataset, "gather"):
            batches.append(self.dataset.gather(indices))
        else:
            batches.append(collate([self.dataset[index] for index in indices]))
    return iter(batches)
