"""Hands the share to backward as the gradient.

right: 08-02-accumulate
"""
#| export
def accumulate(model, loss_of, x, y, pieces=1):
    total, count = 0.0, len(x)
    for piece in cut(count, pieces):
        rows = len(range(count)[piece])
        loss = loss_of(model(x[piece]), y[piece])
        loss.backward(np.full(loss.shape, rows / count), retain_graph=False)
        total += float(loss.data) * rows
    return total / count
