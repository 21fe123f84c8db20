"""Lets through every step that was tried: what does it compare?

breaks: 07-13-step-is-right
"""
def step_is_right(step):
    rng = np.random.default_rng(0)
    for lr, momentum in [(0.1, 0.9), (0.5, 0.3)]:
        w, v, velocity = rng.normal(size=6), np.zeros(6), np.zeros(6)
        expected = w.copy()
        for grad in 3 * rng.normal(size=(5, 6)) * rng.choice([0, 1], (5, 6)):
            given = w.copy(), grad.copy()
            new, v = step(w, v, grad, lr, momentum)
            velocity = momentum * velocity + given[1]
            expected = expected - lr * velocity
            if not (new.shape == expected.shape and np.array_equal((w, grad), given)):
                return False
            w = new
    return True
