"""Gives the loss as a number of NumPy.

breaks: 08-02-accumulate
hidden: yes
"""
#| export
def accumulate(model, loss_of, x, y, pieces=1):
    total = 0.0
    for piece in cut(len(x), pieces):
        share = (piece.stop - piece.start) / len(x)
        loss = loss_of(model(x[piece]), y[piece]) * share
        loss.backward(retain_graph=False)
        total += loss.item()
    return np.float32(total)
