"""drop_last always costs a batch.

breaks: 05-07-loader-len
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    return -(-len(self.dataset) // self.batch_size) - self.drop_last
