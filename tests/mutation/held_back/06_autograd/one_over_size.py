"""Another shape of a mistake, or another mistake.

breaks: 06-21-cross-entropy
means: 06-21_mean_over_values
"""


class CrossEntropyBackward(Function):
    left = None

    def apply(self, grad_output):
        logits, target = (t.data for t in self.saved_tensors)
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        for i, t in enumerate(target):
            p[i, t] -= 1
        return p * (grad_output / p.size), None
