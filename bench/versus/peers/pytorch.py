"""PyTorch on one thread, driven by lines of JSON: {"op": "make", "spec": …}, {"op": "sample"}, {"op": "time", "turns": n}."""

import json
import sys
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(1)
LAYERS = {"elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
CELLS = {"elman": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}


def read(folder, entries):
    """Tensors from a file of float32 or int32 numbers one after another."""
    data = open(f"{folder}/material.bin", "rb").read()
    found = {}
    for entry in entries:
        kind = numpy.int32 if entry["isInteger"] else numpy.float32
        values = numpy.frombuffer(data, kind, entry["length"], entry["at"]).reshape(entry["shape"])
        tensor = torch.from_numpy(values.copy())
        found[entry["name"]] = tensor.long() if entry["isInteger"] else tensor
    return found


def part(weights, prefix):
    return {name[len(prefix) + 1 :]: values for name, values in weights.items() if name.startswith(prefix + ".")}


class Network(nn.Module):
    """One layer over time, what is taken from it, and a head."""

    def __init__(self, spec, weights):
        super().__init__()
        self.spec = spec
        self.rnn = LAYERS[spec["cell"]](spec["inputSize"], spec["units"], bidirectional=spec.get("isBidirectional", False))
        self.rnn.load_state_dict(part(weights, "rnn"))
        if "outputs" in spec:
            self.head = nn.Linear(spec["units"] * (2 if spec.get("isBidirectional") else 1), spec["outputs"])
            self.head.load_state_dict(part(weights, "head"))

    def forward(self, x):
        output, _ = self.rnn(x)
        units = self.spec["units"]
        if self.spec["take"] == "last":
            output = output[-1]
        elif self.spec["take"] == "final":
            output = torch.cat([output[-1, :, :units], output[0, :, units:]], 1)
        return self.head(output) if "outputs" in self.spec else output


class Translator(nn.Module):
    """An encoder–decoder that is fed with the answers it should give."""

    def __init__(self, spec, weights):
        super().__init__()
        size, units = spec["vocabulary"], spec["units"]
        self.words, self.answers = nn.Embedding(size, units), nn.Embedding(size, units)
        self.encoder, self.decoder = nn.LSTM(units, units), nn.LSTM(units, units)
        self.head = nn.Linear(units, size)
        names = ["encoder.embedding", "decoder.embedding", "encoder.rnn", "decoder.rnn", "decoder.head"]
        for module, name in zip([self.words, self.answers, self.encoder, self.decoder, self.head], names):
            module.load_state_dict(part(weights, name))

    def forward(self, source, fed):
        _, state = self.encoder(self.words(source))
        return self.head(self.decoder(self.answers(fed), state)[0])


def stream(spec, weights, data):
    cell = CELLS[spec["cell"]](spec["inputSize"], spec["units"])
    cell.load_state_dict({name.replace("_l0", ""): values for name, values in part(weights, "rnn").items()})
    x = data["input"].reshape(1, -1)
    state = None

    def run():
        nonlocal state
        with torch.inference_mode():
            state = cell(x, state)

    def sample():
        nonlocal state
        state = None
        for _ in range(3):
            run()
        return (state[0] if isinstance(state, tuple) else state).flatten().tolist()

    return run, sample


def sequence(spec, weights, data):
    network = Network(spec, weights)
    x = data["input"].transpose(0, 1).contiguous()

    def run():
        with torch.inference_mode():
            return network(x)

    return run, lambda: run().transpose(0, 1).flatten().tolist()


def training(spec, weights, data):
    isTranslating = "answers" in spec
    network = (Translator if isTranslating else Network)(spec, weights)
    rate = spec["rate"]
    rule = torch.optim.Adam(network.parameters(), lr=rate) if spec["optimizer"] == "adam" else torch.optim.SGD(network.parameters(), lr=rate)
    source = (data["tokens"] if "tokens" in data else data["input"]).transpose(0, 1).contiguous()
    if isTranslating:
        target = data["target"].transpose(0, 1).contiguous()
        inputs = (source, torch.cat([torch.ones_like(target[:1]), target[:-1]]))
    elif "tokens" in data:
        target = data["target"].transpose(0, 1).contiguous()
        inputs = (nn.functional.one_hot(source, spec["vocabulary"]).float(),)
    else:
        target, inputs = data["target"], (source,)
    isClasses = spec["loss"] == "crossEntropy"
    loss = nn.CrossEntropyLoss() if isClasses else nn.MSELoss()
    target = target.flatten() if isClasses else target.reshape(-1, 1)

    def run():
        rule.zero_grad()
        output = network(*inputs)
        value = loss(output.reshape(-1, output.shape[-1]), target)
        value.backward()
        rule.step()
        return value

    return run, lambda: [run().item() for _ in range(5)]


ACTS = {"step": stream, "sequence": sequence, "train": training}
run = sample = None
for line in sys.stdin:
    order = json.loads(line)
    answer = {}
    if order["op"] == "make":
        everything = read(order["folder"], order["entries"])
        data = {name: everything.pop(name) for name in ["input", "tokens", "target"] if name in everything}
        run, sample = ACTS[order["spec"]["act"]](order["spec"], everything, data)
        answer = {"version": torch.__version__}
    elif order["op"] == "sample":
        answer = {"values": sample()}
    elif order["op"] == "time":
        begin = time.process_time()
        for _ in range(order["turns"]):
            run()
        answer = {"milliseconds": (time.process_time() - begin) * 1000}
    print(json.dumps(answer), flush=True)
