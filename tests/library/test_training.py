"""Networks learn to read digits; the Trainer, its schedule, clipping, pieces, checkpoints and files."""

import json
import sys
import warnings

import numpy as np
import pytest

from tinytorch import (
    SGD,
    Adam,
    AdamW,
    CosineSchedule,
    CrossEntropyLoss,
    DataLoader,
    Dropout,
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    Tensor,
    TensorDataset,
    Trainer,
    clip_grad_norm,
    load_digits,
    manual_seed,
    no_grad,
)
from tinytorch.core.layers import Layer, generator
from tinytorch.core.training import accumulate, load_parameters, named_parameters, save_parameters


def accuracy(network, images, labels):
    with no_grad():
        return float((network(Tensor(images)).data.argmax(axis=1) == labels).mean())


@pytest.mark.parametrize("retain_graph", [True, False])
def test_a_two_layer_network_reads_held_out_digits(retain_graph):
    images, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    held_out, train = order[:360], order[360:]
    network = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
    loss_of, parameters = CrossEntropyLoss(), network.parameters()
    assert accuracy(network, images[held_out], labels[held_out]) < 0.3
    loader = DataLoader(TensorDataset(Tensor(images[train]), Tensor(labels[train])), 32, shuffle=True, seed=0)
    losses = []
    for _ in range(30):
        total = 0.0
        for x, y in loader:
            network.zero_grad()
            loss = loss_of(network(x), y)
            loss.backward(retain_graph=retain_graph)
            for parameter in parameters:
                parameter.data -= np.float32(0.3) * parameter.grad
            total += loss.item()
        losses.append(total / len(loader))
    assert losses[-1] < 0.05 < losses[0]
    assert accuracy(network, images[held_out], labels[held_out]) > 0.95
    assert all(parameter.dtype == np.float32 for parameter in parameters)


# -- pieces -----------------------------------------------------------------------------------------------------------


def float64_network(seed=0):
    rng = np.random.default_rng(seed)
    net = Sequential(Linear(5, 7), ReLU(), Linear(7, 3))
    for parameter in net.parameters():
        parameter.data = rng.normal(size=parameter.shape)
    return net


@pytest.mark.parametrize("pieces", [1, 2, 3, 5, 16, 17])
@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_pieces_give_the_gradient_and_the_loss_of_the_whole_batch(pieces, kind):
    rng = np.random.default_rng(3)
    x = Tensor(rng.normal(size=(17, 5)))
    y, loss = (
        (Tensor(rng.integers(0, 3, 17)), CrossEntropyLoss())
        if kind == "classes"
        else (Tensor(rng.normal(size=(17, 3))), MSELoss())
    )
    whole, cut = float64_network(), float64_network()
    right = loss(whole(x), y)
    right.backward()
    assert accumulate(cut, loss, x, y, pieces) == pytest.approx(right.item(), rel=1e-12)
    for one, two in zip(whole.parameters(), cut.parameters()):
        np.testing.assert_allclose(two.grad, one.grad, rtol=1e-10, atol=1e-13)


def test_training_in_pieces_ends_at_the_same_parameters():
    rng = np.random.default_rng(4)
    data = TensorDataset(rng.normal(size=(50, 5)), rng.integers(0, 3, 50))
    ends = []
    for pieces in (1, 3):
        net = float64_network()
        trainer = Trainer(net, CrossEntropyLoss(), Adam(net.parameters(), 0.01), max_norm=0.5, pieces=pieces)
        trainer.fit(DataLoader(data, 10, shuffle=True, seed=1), 3)
        ends.append([parameter.data for parameter in net.parameters()])
    for one, two in zip(*ends):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-11)


def test_a_batch_smaller_than_the_number_of_pieces_is_refused_by_name():
    with pytest.raises(ValueError, match="2 samples cannot be cut into 3 pieces"):
        accumulate(float64_network(), MSELoss(), Tensor(np.ones((2, 5))), Tensor(np.ones((2, 3))), 3)


# -- clipping ---------------------------------------------------------------------------------------------------------


def clipped(grads, max_norm):
    params = [Tensor(np.zeros(np.shape(grad)), requires_grad=True) for grad in grads]
    for param, grad in zip(params, grads):
        param.grad = np.array(grad, dtype=np.float64)
    return clip_grad_norm(params, max_norm), [param.grad for param in params]


@pytest.mark.parametrize("max_norm", [0.1, 1.0, 3.0, 100.0])
def test_clipping_scales_all_gradients_by_one_factor(max_norm):
    rng = np.random.default_rng(5)
    grads = [rng.normal(size=shape) for shape in [(3, 2), (4,), ()]]
    norm, after = clipped(grads, max_norm)
    assert norm == pytest.approx(np.sqrt(sum((grad**2).sum() for grad in grads)))
    for before, now in zip(grads, after):
        np.testing.assert_allclose(now, before * min(1, max_norm / norm), rtol=1e-12)


def test_clipping_gives_pytorch_s_gradients():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(6)
    grads = [rng.normal(size=shape) * 5 for shape in [(3, 2), (4,)]]
    tensors = [torch.zeros(grad.shape, dtype=torch.float64, requires_grad=True) for grad in grads]
    for tensor, grad in zip(tensors, grads):
        tensor.grad = torch.tensor(grad)
    theirs = torch.nn.utils.clip_grad_norm_(tensors, 1.5)
    norm, after = clipped(grads, 1.5)
    assert norm == pytest.approx(theirs.item(), rel=1e-12)
    for ours, tensor in zip(after, tensors):
        np.testing.assert_allclose(ours, tensor.grad.numpy(), rtol=1e-6)


def test_an_endless_norm_is_reported_and_nothing_is_changed():
    norm, after = clipped([[np.nan, 1.0]], 1.0)
    assert np.isnan(norm) and after[0][1] == 1.0
    with pytest.raises(ValueError, match="above 0"):
        clip_grad_norm([], 0)


# -- schedule ---------------------------------------------------------------------------------------------------------


def rates(total, warmup, low, steps):
    optimizer = SGD([Tensor([1.0], requires_grad=True)], 0.2)
    schedule, found = CosineSchedule(optimizer, total, warmup, low), []
    for _ in range(steps):
        found.append(optimizer.lr)
        schedule.step()
    return found


def test_rates_are_pytorch_s_cosine_without_warm_up():
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.2)
    schedule, theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 12, 0.01), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(12):
            theirs.append(optimizer.param_groups[0]["lr"])
            schedule.step()
    np.testing.assert_allclose(rates(12, 0, 0.01, 12), theirs, rtol=1e-10)


def test_rates_rise_evenly_to_the_highest_then_fall_to_the_lowest_and_stay():
    found = rates(20, 4, 0.02, 30)
    np.testing.assert_allclose(found[:5], [0.04, 0.08, 0.12, 0.16, 0.2])
    assert np.all(np.diff(found[4:21]) < 0)
    np.testing.assert_allclose(found[20:], 0.02)
    np.testing.assert_allclose(found[12], 0.11)  # half of the way


@pytest.mark.parametrize("settings", [(10, 10, 0.0), (0, 0, 0.0), (10, -1, 0.0), (10, 0, 0.3), (10, 0, -0.1)])
def test_a_schedule_that_cannot_be_is_refused(settings):
    with pytest.raises(ValueError):
        CosineSchedule(SGD([Tensor([1.0], requires_grad=True)], 0.2), *settings)


# -- the trainer ------------------------------------------------------------------------------------------------------


def small_digits(rows=200):
    images, labels = load_digits()
    return TensorDataset(images[:rows], labels[:rows])


def trainer_with_all(epochs=6):
    net = Sequential(Linear(64, 24), ReLU(), Dropout(0.3), Linear(24, 10))
    loader = DataLoader(small_digits(), 32, shuffle=True, seed=11)
    optimizer = AdamW(net.parameters(), 0.01)
    schedule = CosineSchedule(optimizer, epochs * len(loader), 5)
    return Trainer(net, CrossEntropyLoss(), optimizer, schedule, max_norm=1.0, pieces=2), loader


def test_fit_switches_modes_and_evaluation_is_repeatable():
    modes = []

    class Spy(Layer):
        def forward(self, x):
            modes.append(self.training)
            return x

    net = Sequential(Linear(64, 10), Dropout(0.5), Spy())
    trainer, loader = Trainer(net, CrossEntropyLoss(), SGD(net.parameters(), 0.1)), DataLoader(small_digits(96), 32)
    trainer.fit(loader, 2, loader)
    assert modes == ([True] * 3 + [False] * 3) * 2
    assert net.training
    assert trainer.evaluate(loader) == trainer.evaluate(loader)


def test_evaluate_changes_no_parameter_no_gradient_and_no_random_number():
    trainer, loader = trainer_with_all()
    trainer.fit(loader, 1)
    before, grads = trainer.state_dict(loader), [p.grad for p in trainer.model.parameters()]
    trainer.evaluate(DataLoader(small_digits(), 50))
    after = trainer.state_dict(loader)
    assert after["generator"] == before["generator"]
    assert all(np.array_equal(after["parameters"][name], array) for name, array in before["parameters"].items())
    assert all(p.grad is grad for p, grad in zip(trainer.model.parameters(), grads))


def test_a_loss_that_is_not_finite_stops_the_training_before_the_step():
    net = Sequential(Linear(3, 2))
    trainer = Trainer(net, MSELoss(), SGD(net.parameters(), 0.1))
    before = net[0].weight.data.copy()
    with pytest.raises(FloatingPointError, match="nan"):
        trainer.train_batch(Tensor([[np.nan, 0.0, 0.0]]), Tensor([[0.0, 0.0]]))
    np.testing.assert_array_equal(net[0].weight.data, before)


# -- checkpoints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_training_that_was_stopped_and_resumed_equals_one_that_was_not_bit_for_bit(tmp_path, kind, stop):
    def begin(seed):
        manual_seed(seed)
        trainer, loader = trainer_with_all()
        settings = {"momentum": 0.9} if kind is SGD else {}
        trainer.optimizer = kind(trainer.model.parameters(), 0.01, weight_decay=0.01, **settings)
        trainer.schedule = CosineSchedule(trainer.optimizer, 6 * len(loader), 5)
        return trainer, loader

    whole, loader = begin(1)
    whole.fit(loader, 6)
    first, loader = begin(1)
    first.fit(loader, stop)
    first.save(tmp_path / "half.npz", loader)
    second, loader = begin(99)
    loader.seed = 5  # another order, had it not been saved
    generator.random(17)
    second.load(tmp_path / "half.npz", loader)
    second.fit(loader, 6 - stop)
    assert second.history == whole.history
    for one, two in zip(whole.model.parameters(), second.model.parameters()):
        assert one.dtype == two.dtype
        np.testing.assert_array_equal(one.data, two.data)
    assert all(a is b.model for a, b in [(second.model, second)])
    for one, two in zip(whole.optimizer.state, second.optimizer.state):
        assert one.keys() == two.keys()
        for name in one:
            np.testing.assert_array_equal(one[name], two[name])


def test_a_loader_without_a_seed_of_its_own_resumes_too(tmp_path):
    net = Sequential(Linear(64, 10))
    trainer, loader = (
        Trainer(net, CrossEntropyLoss(), SGD(net.parameters(), 0.1)),
        DataLoader(small_digits(64), 16, shuffle=True),
    )
    trainer.fit(loader, 1)
    trainer.save(tmp_path / "one.npz", loader)
    other = DataLoader(small_digits(64), 16, shuffle=True)
    trainer.load(tmp_path / "one.npz", other)
    for (one, _), (two, _) in zip(loader, other):
        np.testing.assert_array_equal(one.data, two.data)


def test_a_checkpoint_that_fails_while_it_is_written_leaves_the_old_one(tmp_path, monkeypatch):
    trainer, loader = trainer_with_all()
    path = tmp_path / "checkpoint.npz"
    trainer.save(path, loader)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space"):
        trainer.save(path, loader)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_another_model_is_refused_and_nothing_is_changed(tmp_path):
    trainer, loader = trainer_with_all()
    trainer.fit(loader, 1)
    trainer.save(tmp_path / "one.npz", loader)
    net = Sequential(Linear(64, 10), ReLU(), Linear(10, 10))
    other = Trainer(net, CrossEntropyLoss(), AdamW(net.parameters(), 0.5))
    before = [parameter.data.copy() for parameter in net.parameters()]
    with pytest.raises(ValueError, match=r"missing .*'2\.weight'"):
        other.load(tmp_path / "one.npz", loader)
    assert other.history == [] and other.optimizer.lr == 0.5
    for parameter, array in zip(net.parameters(), before):
        np.testing.assert_array_equal(parameter.data, array)


def test_a_file_of_parameters_is_no_checkpoint(tmp_path):
    trainer, loader = trainer_with_all()
    save_parameters(trainer.model, tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"net.npz is not a checkpoint"):
        trainer.load(tmp_path / "net.npz", loader)


def test_any_other_file_is_no_checkpoint_and_nobody_is_told_to_unpickle_it(tmp_path):
    trainer, loader = trainer_with_all()
    (tmp_path / "net.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ")
    with pytest.raises(ValueError, match=r"net.safetensors is not a checkpoint"):
        trainer.load(tmp_path / "net.safetensors", loader)


@pytest.mark.parametrize("saved_with", [True, False])
def test_a_checkpoint_with_a_schedule_fits_no_training_without_one_and_nothing_is_changed(tmp_path, saved_with):
    first, loader = trainer_with_all()
    second, other_loader = trainer_with_all()
    (second if saved_with else first).schedule = None
    first.fit(loader, 1)
    first.save(tmp_path / "one.npz", loader)
    before = [parameter.data.copy() for parameter in second.model.parameters()]
    with pytest.raises(ValueError, match="only one has a schedule"):
        second.load(tmp_path / "one.npz", other_loader)
    assert second.history == []
    for parameter, array in zip(second.model.parameters(), before):
        np.testing.assert_array_equal(parameter.data, array)


def test_a_checkpoint_holds_no_pickle(tmp_path):
    trainer, loader = trainer_with_all()
    trainer.fit(loader, 1)
    trainer.save(tmp_path / "one.npz", loader)
    with np.load(tmp_path / "one.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    json.loads(arrays.pop("checkpoint").item())
    assert "parameters/0.weight" in arrays
    assert all(array.dtype.kind in "fiu" for array in arrays.values())


# -- parameters as files ----------------------------------------------------------------------------------------------


def network(seed=0):
    manual_seed(seed)
    return Sequential(Linear(4, 6), ReLU(), Sequential(Linear(6, 3, bias=False)))


def test_names_are_those_of_pytorch_and_the_order_is_that_of_parameters():
    net = network()
    named = named_parameters(net)
    assert list(named) == ["0.weight", "0.bias", "2.0.weight"]
    assert all(a is b for a, b in zip(named.values(), net.parameters()))


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
@pytest.mark.parametrize("torch_layout", [False, True])
def test_parameters_come_back_from_a_file_as_they_were(tmp_path, ending, torch_layout):
    if ending == "safetensors":
        pytest.importorskip("safetensors")
    net, other = network(1), network(2)
    arrays = [parameter.data for parameter in other.parameters()]
    save_parameters(net, tmp_path / f"net.{ending}", torch_layout)
    load_parameters(other, tmp_path / f"net.{ending}", torch_layout)
    for one, two, array in zip(net.parameters(), other.parameters(), arrays):
        np.testing.assert_array_equal(one.data, two.data)
        assert two.data is array


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_a_file_that_does_not_fit_is_refused_before_anything_is_changed(tmp_path, ending):
    if ending == "safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / f"net.{ending}"
    save_parameters(Sequential(Linear(4, 6), ReLU(), Sequential(Linear(6, 4, bias=False))), path)
    net = network(3)
    before = [parameter.data.copy() for parameter in net.parameters()]
    with pytest.raises(ValueError, match=r"2.0.weight has shape \(6, 3\) in the model and \(6, 4\) in the file"):
        load_parameters(net, path)
    save_parameters(Sequential(Linear(4, 6)), path)
    with pytest.raises(ValueError, match=r"missing \['2.0.weight'\]"):
        load_parameters(net, path)
    for parameter, array in zip(net.parameters(), before):
        np.testing.assert_array_equal(parameter.data, array)


def test_another_ending_is_refused(tmp_path):
    for call in (save_parameters, load_parameters):
        with pytest.raises(ValueError, match=r"should end in \.npz or \.safetensors"):
            call(network(), tmp_path / "net.pt")


def test_without_the_library_safetensors_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match="pip install safetensors"):
        save_parameters(network(), tmp_path / "net.safetensors")
    save_parameters(network(), tmp_path / "net.npz")  # this needs NumPy only


def test_pytorch_loads_the_safetensors_file_and_gives_the_same_answers(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors_torch = pytest.importorskip("safetensors.torch")
    net = network(5)
    save_parameters(net, tmp_path / "net.safetensors", torch_layout=True)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Linear(6, 3, bias=False))
    )
    theirs.load_state_dict(safetensors_torch.load_file(tmp_path / "net.safetensors"))
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    with torch.no_grad():
        right = theirs(torch.tensor(x)).numpy()
    np.testing.assert_allclose(net(Tensor(x)).data, right, rtol=1e-5, atol=1e-6)
    # And back again.
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter *= 2
        right = theirs(torch.tensor(x)).numpy()
    safetensors_torch.save_file(theirs.state_dict(), tmp_path / "back.safetensors")
    load_parameters(net, tmp_path / "back.safetensors", torch_layout=True)
    np.testing.assert_allclose(net(Tensor(x)).data, right, rtol=1e-5, atol=1e-6)


def test_pytorch_reads_the_npz_file(tmp_path):
    torch = pytest.importorskip("torch")
    net = network(6)
    save_parameters(net, tmp_path / "net.npz", torch_layout=True)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Linear(6, 3, bias=False))
    )
    with np.load(tmp_path / "net.npz") as file:
        theirs.load_state_dict({name: torch.from_numpy(file[name]) for name in file.files})
    np.testing.assert_array_equal(theirs[0].weight.detach().numpy(), net[0].weight.data.T)
