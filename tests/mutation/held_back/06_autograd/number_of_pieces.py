"""Another shape of a mistake, or another mistake.

breaks: 06-09-micro-batches
means: 06-09_divided_by_pieces
"""


def micro_batches(loss_of, pieces):
    pieces = list(pieces)
    for x, target in pieces:
        (loss_of(x, target) * (1.0 / len(pieces))).backward()
