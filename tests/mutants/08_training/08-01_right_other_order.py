"""Predicts first, forgets then.

right: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    predictions = model(x)
    loss = loss_of(predictions, y)
    value = float(loss.item())
    optimizer.zero_grad()
    loss.backward(None, False)
    optimizer.step()
    return value
