"""Does not cut.

breaks: 08-02-accumulate
"""
#| export
def accumulate(model, loss_of, x, y, pieces=1):
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    return loss.item()
