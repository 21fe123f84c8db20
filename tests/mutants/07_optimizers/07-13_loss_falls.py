"""Looks whether the loss falls.

breaks: 07-13-step-is-right
"""
def step_is_right(step):
    w, v = np.array([8.0, 1.2]), np.zeros(2)
    before = (curvatures * w * w).sum()
    for _ in range(60):
        w, v = step(w, v, curvatures * w, 0.02, 0.9)
    return (curvatures * w * w).sum() < before
