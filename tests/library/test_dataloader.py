"""Module 05: data sets, batches, orders, and the digits that ship with the course."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinytorch import DataLoader, Dataset, Tensor, TensorDataset, load_digits


def rows(count):
    """A data set whose sample i is (i, -i)."""
    return TensorDataset(Tensor(np.arange(count, dtype=np.float32)), Tensor(-np.arange(count)))


def test_a_sample_is_a_row_of_each_tensor():
    data = TensorDataset(Tensor(np.arange(6.0).reshape(3, 2)), Tensor(np.array([7, 8, 9])))
    assert len(data) == 3
    features, label = data[1]
    np.testing.assert_array_equal(features.data, [2.0, 3.0])
    assert label.item() == 8
    assert data[-1][1].item() == 9
    for wrong in (3, -4):
        with pytest.raises(IndexError, match=str(wrong)):
            data[wrong]


def test_tensors_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"3.*2"):
        TensorDataset(Tensor(np.zeros((3, 2))), Tensor(np.zeros(2)))
    with pytest.raises(ValueError):
        TensorDataset()


@given(st.integers(0, 30), st.integers(1, 12), st.booleans(), st.booleans(), st.integers(0, 5))
def test_every_sample_comes_once_an_epoch_and_pairs_stay_together(count, batch_size, shuffle, drop_last, seed):
    loader = DataLoader(rows(count), batch_size, shuffle, drop_last, seed)
    batches = list(loader)
    assert len(batches) == len(loader)
    sizes = [len(first) for first, _ in batches]
    assert all(size == batch_size for size in sizes[:-1])
    seen = np.concatenate([first.data for first, _ in batches]) if batches else np.zeros(0)
    for first, second in batches:
        assert isinstance(first, Tensor)
        assert first.dtype == np.float32
        assert second.dtype == np.int64
        np.testing.assert_array_equal(first.data, -second.data)
    kept = count - count % batch_size if drop_last else count
    assert len(seen) == kept
    assert len(set(seen.tolist())) == kept
    if not shuffle:
        np.testing.assert_array_equal(seen, np.arange(kept))


def test_the_same_seed_gives_the_same_epochs_and_each_epoch_another_order():
    def orders(seed):
        loader = DataLoader(rows(50), batch_size=50, shuffle=True, seed=seed)
        return [next(iter(loader))[0].data.tolist() for _ in range(3)]

    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    first, second, third = orders(1)
    assert first != second != third


def test_two_iterations_at_once_do_not_disturb_each_other():
    loader = DataLoader(rows(10), batch_size=2, shuffle=True, seed=0)
    pairs = list(zip(loader, loader))
    for side in (0, 1):
        assert sorted(v for pair in pairs for v in pair[side][0].data.tolist()) == list(range(10))


@pytest.mark.parametrize("size", [0, -1, 1.5, "2"])
def test_a_batch_size_that_is_none_is_refused(size):
    with pytest.raises(ValueError, match="batch_size"):
        DataLoader(rows(3), batch_size=size)


def test_a_dataset_of_ones_own_needs_a_length_and_items():
    class Squares(Dataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return float(index), np.array([index, index * index])

    batches = list(DataLoader(Squares(), batch_size=3))
    assert [batch[0].shape for batch in batches] == [(3,), (2,)]
    assert batches[0][0].dtype == np.float32
    np.testing.assert_array_equal(batches[1][1].data, [[3, 9], [4, 16]])
    for method in (lambda: len(Dataset()), lambda: Dataset()[0]):
        with pytest.raises(NotImplementedError, match="Dataset"):
            method()


def test_samples_of_different_shapes_are_refused_with_both():
    class Growing(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return (np.zeros(index + 1),)

    with pytest.raises(ValueError) as caught:
        list(DataLoader(Growing(), batch_size=2))
    assert "(1,)" in str(caught.value)
    assert "(2,)" in str(caught.value)


def test_batches_do_not_share_memory_with_the_data():
    array = np.arange(6.0)
    (batch,) = next(iter(DataLoader(TensorDataset(Tensor(array)), batch_size=3, shuffle=True, seed=0)))
    batch.data[:] = -1
    np.testing.assert_array_equal(array, np.arange(6.0))


# -- the digits -------------------------------------------------------------------------------------------------------


def test_the_digits_are_there():
    images, labels = load_digits()
    assert images.shape == (1797, 64)
    assert images.dtype == np.float32
    assert images.min() == 0
    assert images.max() == 1
    assert labels.shape == (1797,)
    assert labels.dtype.kind == "i"
    assert (np.bincount(labels) > 170).all()
    assert len(np.bincount(labels)) == 10


def test_the_digits_are_found_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(load_digits()[0]) == 1797


def test_missing_digits_are_reported_with_the_places_looked_in(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        load_digits(tmp_path / "nowhere")
    assert "nowhere" in str(caught.value)
    assert "TINYTORCH_DATA" in str(caught.value)
