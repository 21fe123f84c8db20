"""One loop for both.

right: 13-12-extend
"""
#| exporti
@method_of(KVCache)
def extend(self, keys, values):
    for name, new in (("keys", keys), ("values", values)):
        old = getattr(self, name)
        parts = [new.data] if old is None else [old.data, new.data]
        setattr(self, name, Tensor(np.concatenate(parts, axis=new.ndim - 2)))
    return self.keys, self.values
