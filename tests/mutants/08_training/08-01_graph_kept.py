"""Keeps the graph.

breaks: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
