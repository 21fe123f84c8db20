"""Looks whether the weight has moved.

breaks: 08-13-step-is-right
"""
def step_is_right(step):
    w = Tensor(np.array([2.0]), requires_grad=True)
    step(lambda x: x * w, MSELoss(), SGD([w], 0.1), Tensor(np.array([1.0, 2.0])), Tensor(np.array([3.0, 5.0])))
    return w.data[0] != 2.0
