"""Never says 0.

breaks: 05-07-loader-len
hidden: yes
"""
#| exporti
@method_of(DataLoader)
def __len__(self):
    full, rest = divmod(len(self.dataset), self.batch_size)
    return max(1, full + (rest > 0 and not self.drop_last))
