"""Finds the winners by argmax and picks them.

right: 09-10-max-pool
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    cut = unfold(x, self.kernel_size, self.stride)
    flat = cut.reshape(cut.size // self.kernel_size**2, self.kernel_size**2)
    return flat[np.arange(len(flat)), flat.data.argmax(axis=1)].reshape(*cut.shape[:-2])
