"""Tries two steps.

breaks: 07-13-step-is-right
hidden: yes
"""
def step_is_right(step):
    rng = np.random.default_rng(0)
    for lr, momentum in [(0.1, 0.9), (0.5, 0.3)]:
        w, v, velocity = rng.normal(size=6), np.zeros(6), np.zeros(6)
        expected = w.copy()
        for grad in 3 * rng.normal(size=(2, 6)) * np.array([[1] * 6, [0, 1] * 3]):
            given = w.copy(), grad.copy()
            new, v = step(w, v, grad, lr, momentum)
            velocity = momentum * velocity + given[1]
            expected = expected - lr * velocity
            if not (np.allclose(new, expected) and np.array_equal((w, grad), given)):
                return False
            w = new
    return True
