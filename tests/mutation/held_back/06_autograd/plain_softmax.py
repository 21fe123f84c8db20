"""Another shape of a mistake, or another mistake.

breaks: 06-21-cross-entropy
means: 06-21_one_hot_forgotten
"""


class CrossEntropyBackward(Function):
    left = None

    def apply(self, grad_output):
        logits = self.saved_tensors[0].data
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True) * (grad_output / len(e)), None
