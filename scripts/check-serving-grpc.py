#!/usr/bin/env python3
"""Drives a running `apus serve` over gRPC with Triton's own client for Python (`pip install "tritonclient[grpc]" ml_dtypes`).

  check-serving.py MODELS                    writes the models
  apus serve MODELS --model-control explicit --load-model '*' --grpc 127.0.0.1:8001
  check-serving-grpc.py 127.0.0.1:8001
"""

import importlib.util
import json
import os
import queue
import sys

import grpc as plain_grpc
import numpy as np
import tritonclient.grpc as grpc
from tritonclient.grpc import service_pb2
from tritonclient.utils import InferenceServerException

place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check-serving.py")
specification = importlib.util.spec_from_file_location("check_serving", place)
common = importlib.util.module_from_spec(specification)
specification.loader.exec_module(common)
check = common.check


def given(name, x, kind):
    made = grpc.InferInput(name, list(x.shape), kind)
    made.set_data_from_numpy(x)
    return made


def check_types(client):
    for kind in common.TYPES:
        x = common.sample(kind)
        y = client.infer(f"same_{kind.lower()}", [given("x", x, kind)], request_id="7").as_numpy("y")
        if kind == "BYTES":
            y = np.array([[t.decode() if isinstance(t, bytes) else t for t in row] for row in y], dtype=np.object_)
        check(f"{kind}", y.shape == x.shape and (y == x).all())


def check_contents(client, stub):
    """Elements in fields of their own types, as clients without numpy send them."""
    fields = {
        "BOOL": "bool_contents", "INT8": "int_contents", "INT16": "int_contents", "INT32": "int_contents", "INT64": "int64_contents",
        "UINT8": "uint_contents", "UINT16": "uint_contents", "UINT32": "uint_contents", "UINT64": "uint64_contents",
        "FP32": "fp32_contents", "FP64": "fp64_contents", "BYTES": "bytes_contents",
    }
    for kind, field in fields.items():
        x = common.sample(kind)
        request = service_pb2.ModelInferRequest(model_name=f"same_{kind.lower()}")
        tensor = request.inputs.add(name="x", datatype=kind, shape=x.shape)
        values = [t.encode() for t in x.flatten()] if kind == "BYTES" else x.flatten().tolist()
        getattr(tensor.contents, field).extend(values)
        answer = stub.ModelInfer(request)
        if kind == "BYTES":
            expected = b"".join(len(t).to_bytes(4, "little") + t for t in values)
        else:
            expected = x.tobytes()
        check(f"{kind} in contents", answer.raw_output_contents[0] == expected and list(answer.outputs[0].shape) == list(x.shape))


def check_addsub(client):
    a = np.arange(8, dtype=np.float32).reshape(2, 4)
    b = np.full((2, 4), 0.5, dtype=np.float32)

    def inputs(a, b):
        return [given("a", a, "FP32"), given("b", b, "FP32")]

    answer = client.infer("addsub", inputs(a, b))
    check("all outputs without asking", (answer.as_numpy("sum") == a + b).all() and (answer.as_numpy("difference") == a - b).all())
    check("the newest version", answer.get_response().model_version == "2")
    check("version 1", client.infer("addsub", inputs(a, b), model_version="1").get_response().model_version == "1")
    answer = client.infer("addsub", inputs(a, b), outputs=[grpc.InferRequestedOutput("sum", class_count=2)])
    classes = [[t.decode() for t in row] for row in answer.as_numpy("sum")]
    check("classification", classes == [["3.5:3:three", "2.5:2:two"], ["7.5:3:three", "6.5:2:two"]])
    for coding in ("gzip", "deflate"):
        answer = client.infer("addsub", inputs(a, b), compression_algorithm=coding)
        check(f"compressed by {coding}", (answer.as_numpy("sum") == a + b).all())
    answer = client.infer("addsub", inputs(a, b), priority=2, timeout=5_000_000, headers={"x-request-id": "abc"}, client_timeout=5)
    check("priority and timeout", (answer.as_numpy("sum") == a + b).all())
    answers = queue.Queue()
    for i in range(64):
        client.async_infer(
            "addsub", inputs(a[:1] + i, b[:1]), lambda result, error: answers.put((result, error)), request_id=str(i))
    good = 0
    for _ in range(64):
        result, error = answers.get(timeout=20)
        good += error is None and (result.as_numpy("sum") == a[:1] + int(result.get_response().id) + b[:1]).all()
    check("64 at once", good == 64)
    for what, status, broken in (
        ("an unknown model", "NOT_FOUND", lambda: client.infer("none", inputs(a, b))),
        ("a missing input", "INVALID_ARGUMENT", lambda: client.infer("addsub", inputs(a, b)[:1])),
        ("too many rows", "INVALID_ARGUMENT", lambda: client.infer("addsub", inputs(np.zeros((9, 4), np.float32), np.zeros((9, 4), np.float32)))),
        ("a wrong shape", "INVALID_ARGUMENT", lambda: client.infer("addsub", inputs(np.zeros((2, 3), np.float32), b))),
        ("an unknown output", "INVALID_ARGUMENT", lambda: client.infer("addsub", inputs(a, b), outputs=[grpc.InferRequestedOutput("none")])),
        ("shared memory", "UNIMPLEMENTED", lambda: client.register_system_shared_memory("x", "/x", 4)),
    ):
        try:
            broken()
            check(f"{what} is refused", False)
        except InferenceServerException as error:
            check(f"{what} is refused: {error}", error.status() == f"StatusCode.{status}")


def check_stream(client):
    answers = queue.Queue()
    client.start_stream(lambda result, error: answers.put((result, error)))
    for number, settings in ((5, {"sequence_start": True}), (1, {}), (2, {"sequence_end": True})):
        client.async_stream_infer(
            "total", [given("x", np.array([number], np.int32), "INT32")], sequence_id=9, request_id=str(number), **settings)
    totals = [answers.get(timeout=20) for _ in range(3)]
    check("a sequence in a stream", [int(r.as_numpy("y")[0]) for r, e in totals if e is None] == [5, 6, 8])
    client.async_stream_infer("none", [given("x", np.array([1], np.int32), "INT32")])
    result, error = answers.get(timeout=20)
    check(f"a mistake in a stream is told: {error}", result is None and "unknown model" in str(error))
    a = np.ones((1, 4), np.float32)
    for i in range(200):
        client.async_stream_infer("addsub", [given("a", a * i, "FP32"), given("b", a, "FP32")], request_id=str(i))
    good = 0
    for _ in range(200):
        result, error = answers.get(timeout=20)
        good += error is None and (result.as_numpy("sum") == a * int(result.get_response().id) + a).all()
    check("200 requests in a stream", good == 200)
    client.stop_stream()
    client.start_stream(lambda result, error: answers.put((result, error)))
    client.async_stream_infer("addsub", [given("a", a, "FP32"), given("b", a, "FP32")])
    client.stop_stream(cancel_requests=True)
    check("a stream that is cancelled", client.is_server_live())


def check_administration(client, stub, channel):
    check("live and ready", client.is_server_live() and client.is_server_ready() and client.is_model_ready("addsub"))
    check("not ready", not client.is_model_ready("none"))
    check("metadata of the server", client.get_server_metadata(as_json=True)["name"] == "apus")
    metadata = client.get_model_metadata("addsub")
    check("metadata of a model", [list(p.shape) for p in metadata.inputs] == [[-1, 4]] * 2 and list(metadata.versions) == ["1", "2"])
    configuration = client.get_model_config("addsub").config
    check("configuration", configuration.max_batch_size == 8 and list(configuration.input[0].dims) == [4] and configuration.input[0].data_type == 11)
    rows = client.get_model_repository_index().models
    check("index", {"addsub", "total"} <= {row.name for row in rows if row.state == "READY"})
    statistics = client.get_inference_statistics("addsub", "2").model_stats[0]
    check("statistics", statistics.inference_stats.success.count >= 64 and statistics.execution_count > 0)
    check("statistics of all", len(client.get_inference_statistics().model_stats) >= 16)
    client.unload_model("same_int8")
    check("unloaded", not client.is_model_ready("same_int8"))
    client.load_model("same_int8", config=json.dumps({"max_batch_size": 3}))
    check("loaded with a configuration", client.get_model_config("same_int8").config.max_batch_size == 3)
    client.load_model("same_int8")
    health = channel.unary_unary("/grpc.health.v1.Health/Check", lambda m: m, lambda m: m)
    check("health", health(b"") == b"\x08\x01")
    unknown = channel.unary_unary("/some.Service/Method", lambda m: m, lambda m: m)
    try:
        unknown(b"")
        check("an unknown method", False)
    except plain_grpc.RpcError as error:
        check(f"an unknown method: {error.details()}", error.code() == plain_grpc.StatusCode.UNIMPLEMENTED)


def check_damaged(channel, count):
    """Requests with bytes changed, cut, or put in: answered or refused, and the server goes on."""
    random = np.random.default_rng(3)
    request = service_pb2.ModelInferRequest(model_name="addsub")
    for name in ("a", "b"):
        request.inputs.add(name=name, datatype="FP32", shape=[2, 4]).contents.fp32_contents.extend(range(8))
    raw = service_pb2.ModelInferRequest(model_name="same_bytes", id="x")
    raw.inputs.add(name="x", datatype="BYTES", shape=[1, 1])
    raw.outputs.add(name="y").parameters["classification"].int64_param = 1
    raw.raw_input_contents.append(b"\x01\x00\x00\x00a")
    raw.parameters["priority"].int64_param = 1
    names = ["ModelInfer"] * 6 + ["ModelMetadata", "ModelConfig", "RepositoryIndex", "ModelStatistics"]
    calls = {name: channel.unary_unary("/inference.GRPCInferenceService/" + name, lambda m: m, lambda m: m) for name in names}
    codes = {}
    for i in range(count):
        message = bytearray((request if i % 2 else raw).SerializeToString())
        for _ in range(random.integers(1, 6)):
            at = int(random.integers(0, len(message)))
            match random.integers(0, 4):
                case 0: message[at] = int(random.integers(0, 256))
                case 1: message[at] ^= 1 << int(random.integers(0, 8))
                case 2: message = message[: max(1, at)]
                case 3: message[at:at] = bytes(random.integers(0, 256, int(random.integers(1, 9)), dtype=np.uint8))
        try:
            calls[names[i % len(names)]](bytes(message), timeout=10)
            code = "OK"
        except plain_grpc.RpcError as error:
            code = error.code().name
        codes[code] = codes.get(code, 0) + 1
    check(f"{count} damaged requests: {codes}", not {"UNAVAILABLE", "INTERNAL", "UNKNOWN", "DEADLINE_EXCEEDED"} & codes.keys())


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    client = grpc.InferenceServerClient(sys.argv[1])
    channel = plain_grpc.insecure_channel(sys.argv[1])
    from tritonclient.grpc import service_pb2_grpc

    stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
    check_types(client)
    check_contents(client, stub)
    check_addsub(client)
    check_stream(client)
    check_administration(client, stub, channel)
    check_damaged(channel, int(sys.argv[2]) if len(sys.argv) == 3 else 1000)
    check("still live", client.is_server_live())
    print(f"{common.failures} failed" if common.failures else "all as expected")
    sys.exit(1 if common.failures else 0)


main()
