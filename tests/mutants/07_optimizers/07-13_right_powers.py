"""Adds up powers of the momentum instead of keeping a velocity.

right: 07-13-step-is-right
"""
def step_is_right(step):
    grads = np.array([[1.5, -2.0, 0.25], [0.0, 3.0, -4.0], [2.0, 0.0, 1.0], [-0.5, 0.0, 0.0]])
    for lr, momentum in [(0.2, 0.5), (0.01, 0.99), (1.0, 0.0)]:
        w, v = np.array([1.0, -1.0, 2.0]), np.zeros(3)
        for count in range(1, 5):
            grad = grads[count - 1].copy()
            w, v = step(w, v, grad, lr, momentum)
            powers = [sum(momentum**k for k in range(count - i)) for i in range(count)]
            expected = np.array([1.0, -1.0, 2.0]) - lr * (np.array(powers)[:, None] * grads[:count]).sum(axis=0)
            if np.abs(w - expected).max() > 1e-9 or (grad != grads[count - 1]).any():
                return False
    return True
