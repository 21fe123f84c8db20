"""Written for (image, label).

breaks: 05-05-collate
"""
#| export
def collate(samples):
    images = np.stack([image.data for image, _ in samples])
    labels = np.array([label for _, label in samples])
    return Tensor(images), Tensor(labels)
