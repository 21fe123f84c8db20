"""Looks whether the loss falls.

breaks: 08-13-step-is-right
"""
def step_is_right(step):
    manual_seed(0)
    x, y = Tensor(np.array([[1.0], [2.0], [3.0]])), Tensor(np.array([[2.0], [3.0], [5.0]]))
    net = Linear(1, 1)
    optimizer = SGD(net.parameters(), 0.01)
    losses = [step(net, MSELoss(), optimizer, x, y) for _ in range(30)]
    return losses[-1] < losses[0]
