"""Two layers of numbers in float64, and a twin that is moved by hand.

right: 08-13-step-is-right
"""
def step_is_right(step):
    rng = np.random.default_rng(4)
    x, y, start = rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(3, 2))
    w, twin = Tensor(start.copy(), requires_grad=True), start.copy()
    w.grad = rng.normal(size=(3, 2))
    optimizer = SGD([w], 0.05)
    for _ in range(4):
        errors = x @ twin - y
        found = step(lambda batch: batch @ w, MSELoss(), optimizer, Tensor(x), Tensor(y))
        twin -= 0.05 * (2 * x.T @ errors / errors.size)
        if abs(found - (errors**2).mean()) > 1e-9 or np.abs(twin - w.data).max() > 1e-9:
            return False
    return True
