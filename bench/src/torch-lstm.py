"""Times PyTorch's LSTM on one thread over the cases on standard input; writes milliseconds as JSON."""
import json
import statistics
import sys
import time

import torch

torch.set_num_threads(1)


class Net(torch.nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, units, batch_first=True)
        self.head = torch.nn.Linear(units, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


def predict(case):
    net = Net(case["features"], case["units"]).eval()
    x = torch.randn(case["windows"], case["steps"], case["features"])

    def run():
        with torch.no_grad():
            net(x).numpy()

    return run


def train(case):
    net = Net(case["features"], case["units"])
    optimizer = torch.optim.Adam(net.parameters())
    x = torch.randn(case["windows"], case["steps"], case["features"])
    y = torch.randn(case["windows"], 1)
    size = case["batch"]

    def run():
        for start in range(0, len(x), size):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(net(x[start : start + size]), y[start : start + size]).backward()
            optimizer.step()

    return run


def median_ms(run, calls, runs):
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(calls):
            run()
        times.append((time.perf_counter() - start) * 1000 / calls)
    return statistics.median(times)


request = json.load(sys.stdin)
print(
    json.dumps(
        {
            "version": torch.__version__,
            "ms": {
                case["name"]: median_ms((train if case["batch"] else predict)(case), case["torchCalls"], request["runs"])
                for case in request["cases"]
            },
        }
    )
)
