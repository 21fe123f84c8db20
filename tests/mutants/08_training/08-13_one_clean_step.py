"""Tries one step, from no gradient at all, or does not look at the weight after the last one.

breaks: 08-13-step-is-right
"""
def step_is_right(step):
    x, y = Tensor(np.array([1.0, 2.0, -3.0, 0.5])), Tensor(np.array([3.0, 5.0, 1.0, -2.0]))
    w = Tensor(np.array([2.0]), requires_grad=True)
    w.grad, expected = None, 2.0
    optimizer = SGD([w], 0.03)
    for _ in range(1):
        errors = expected * x.data - y.data
        loss = step(lambda x: x * w, MSELoss(), optimizer, x, y)
        expected -= 0.03 * np.mean(2 * errors * x.data)
        if not (np.allclose([loss, w.data[0]], [np.mean(errors**2), expected])):
            return False
    return True
