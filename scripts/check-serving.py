#!/usr/bin/env python3
"""Drives a running `apus serve` with Triton's own client for Python (`pip install "tritonclient[http]" ml_dtypes`) and with plain requests.

    check-serving.py FOLDER            writes models of ONNX to FOLDER (needs the package onnx)
    check-serving.py FOLDER ADDRESS    checks the server at ADDRESS (127.0.0.1:8000), which serves FOLDER and was started with
                                       --model-control explicit --load-model '*' or --model-control poll

Each answer is compared with what NumPy computes. The exit status is 1 where one differs.
"""
import json
import os
import sys
import urllib.error
import urllib.request

import numpy as np

TYPES = {
    "BOOL": bool, "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64, "INT8": np.int8,
    "INT16": np.int16, "INT32": np.int32, "INT64": np.int64, "FP16": np.float16, "BF16": np.float32,
    "FP32": np.float32, "FP64": np.float64, "BYTES": np.object_,
}

CONFIGURATIONS = {
    "addsub": """
name: "addsub"
max_batch_size: 8
input [ { name: "a" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "b" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "sum" data_type: TYPE_FP32 dims: [ 4 ] label_filename: "labels.txt" } ]
dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 500 priority_levels: 2 }
instance_group [ { count: 2 kind: KIND_CPU } ]
version_policy: { all { } }
""",
    "total": """
sequence_batching {
  state [ { input_name: "before" output_name: "after" data_type: TYPE_INT32 dims: [ 1 ] } ]
}
""",
}


def write_models(folder):
    import onnx
    from onnx import TensorProto, helper

    names = {"BYTES": "STRING", "FP16": "FLOAT16", "BF16": "BFLOAT16", "FP32": "FLOAT", "FP64": "DOUBLE"}

    def value(name, kind, shape):
        return helper.make_tensor_value_info(name, getattr(TensorProto, names.get(kind, kind)), shape)

    def save(name, nodes, inputs, outputs, version=1):
        graph = helper.make_graph([helper.make_node(*node) for node in nodes], name, inputs, outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        os.makedirs(f"{folder}/{name}/{version}", exist_ok=True)
        onnx.save(model, f"{folder}/{name}/{version}/model.onnx")
        if name in CONFIGURATIONS:
            with open(f"{folder}/{name}/config.pbtxt", "w") as file:
                file.write(CONFIGURATIONS[name])

    for kind in TYPES:
        save(f"same_{kind.lower()}", [("Identity", ["x"], ["y"])], [value("x", kind, ["n", "m"])], [value("y", kind, ["n", "m"])])
    for version in (1, 2):
        save(
            "addsub", [("Add", ["a", "b"], ["sum"]), ("Sub", ["a", "b"], ["difference"])],
            [value("a", "FP32", ["n", 4]), value("b", "FP32", ["n", 4])],
            [value("sum", "FP32", ["n", 4]), value("difference", "FP32", ["n", 4])], version)
    with open(f"{folder}/addsub/labels.txt", "w") as file:
        file.write("zero\none\ntwo\nthree\n")
    save(
        "total", [("Add", ["x", "before"], ["after"]), ("Identity", ["after"], ["y"])],
        [value("x", "INT32", [1]), value("before", "INT32", [1])], [value("y", "INT32", [1]), value("after", "INT32", [1])])


failures = 0


def check(what, condition):
    global failures
    if not condition:
        failures += 1
    print(("ok      " if condition else "FAILED  ") + what)


def plain(address, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{address}{path}", data=data, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def sample(kind):
    random = np.random.default_rng(7)
    if kind == "BYTES":
        return np.array([["a", "", "b\u00fccher", "x" * 1000], ["1", "2", "\"", "\\\n"]], dtype=np.object_)
    if kind == "BOOL":
        return random.integers(0, 2, (3, 5)).astype(bool)
    if kind == "BF16":
        import ml_dtypes

        return random.standard_normal((3, 5)).astype(ml_dtypes.bfloat16)
    if kind in ("FP16", "FP32", "FP64"):
        return random.standard_normal((3, 5)).astype(TYPES[kind])
    bounds = np.iinfo(TYPES[kind])
    return random.integers(bounds.min, bounds.max, (3, 5), dtype=TYPES[kind], endpoint=True)


def check_types(client, http):
    for kind in TYPES:
        x = sample(kind)
        for binary in (True, False):
            if not binary and kind in ("FP16", "BF16"):
                continue  # the client refuses these in JSON
            given = http.InferInput("x", list(x.shape), kind)
            given.set_data_from_numpy(x, binary_data=binary)
            asked = http.InferRequestedOutput("y", binary_data=binary)
            y = client.infer(f"same_{kind.lower()}", [given], outputs=[asked], request_id="7").as_numpy("y")
            if kind == "BYTES":
                y = np.array([[t.decode() if isinstance(t, bytes) else t for t in row] for row in y], dtype=np.object_)
            check(f"{kind} {'binary' if binary else 'JSON'}", y.shape == x.shape and (y == x).all())


def check_addsub(client, http, exception):
    a = np.arange(8, dtype=np.float32).reshape(2, 4)
    b = np.full((2, 4), 0.5, dtype=np.float32)

    def inputs(a, b, binary=True):
        made = [http.InferInput(name, list(x.shape), "FP32") for name, x in (("a", a), ("b", b))]
        for one, x in zip(made, (a, b)):
            one.set_data_from_numpy(x, binary_data=binary)
        return made

    answer = client.infer("addsub", inputs(a, b))
    check("all outputs without asking", (answer.as_numpy("sum") == a + b).all() and (answer.as_numpy("difference") == a - b).all())
    check("the newest version", answer.get_response()["model_version"] == "2")
    check("version 1", client.infer("addsub", inputs(a, b), model_version="1").get_response()["model_version"] == "1")
    answer = client.infer("addsub", inputs(a, b, False), outputs=[http.InferRequestedOutput("sum", binary_data=False)])
    check("one output in JSON", (answer.as_numpy("sum") == a + b).all() and answer.get_output("difference") is None)
    answer = client.infer("addsub", inputs(a, b), outputs=[http.InferRequestedOutput("sum", class_count=2)])
    classes = [[t.decode() for t in row] for row in answer.as_numpy("sum")]
    check("classification", classes == [["3.5:3:three", "2.5:2:two"], ["7.5:3:three", "6.5:2:two"]])
    for coding in ("gzip", "deflate"):
        answer = client.infer("addsub", inputs(a, b), request_compression_algorithm=coding, response_compression_algorithm=coding)
        check(f"compressed by {coding}", (answer.as_numpy("sum") == a + b).all())
    answer = client.infer("addsub", inputs(a, b), priority=2, timeout=5_000_000, headers={"X-Request-Id": "abc"})
    check("priority and timeout", (answer.as_numpy("sum") == a + b).all())
    waiting = [client.async_infer("addsub", inputs(a[:1] + i, b[:1])) for i in range(64)]
    check("64 at once", all((w.get_result().as_numpy("sum") == a[:1] + i + b[:1]).all() for i, w in enumerate(waiting)))
    for what, broken in {
        "an unknown model": lambda: client.infer("none", inputs(a, b)),
        "a missing input": lambda: client.infer("addsub", inputs(a, b)[:1]),
        "too many rows": lambda: client.infer("addsub", inputs(np.zeros((9, 4), np.float32), np.zeros((9, 4), np.float32))),
        "a wrong shape": lambda: client.infer("addsub", inputs(np.zeros((2, 3), np.float32), b)),
        "an unknown output": lambda: client.infer("addsub", inputs(a, b), outputs=[http.InferRequestedOutput("none")]),
    }.items():
        try:
            broken()
            check(f"{what} is refused", False)
        except exception as error:
            check(f"{what} is refused: {error}", "[40" in str(error))


def check_sequences(client, http):
    def send(number, **settings):
        x = http.InferInput("x", [1], "INT32")
        x.set_data_from_numpy(np.array([number], dtype=np.int32))
        return int(client.infer("total", [x], **settings).as_numpy("y")[0])

    totals = [send(5, sequence_id=1, sequence_start=True), send(7, sequence_id="two", sequence_start=True)]
    totals += [send(1, sequence_id=1), send(1, sequence_id="two"), send(2, sequence_id=1, sequence_end=True)]
    check("sequences keep their totals", totals == [5, 7, 6, 8, 8])


def check_administration(client, address):
    check("live and ready", client.is_server_live() and client.is_server_ready() and client.is_model_ready("addsub"))
    check("not ready", not client.is_model_ready("none"))
    check("metadata of the server", client.get_server_metadata()["name"] == "apus")
    metadata = client.get_model_metadata("addsub")
    check("metadata of a model", [p["shape"] for p in metadata["inputs"]] == [[-1, 4]] * 2 and metadata["versions"] == ["1", "2"])
    configuration = client.get_model_config("addsub")
    check("configuration", configuration["max_batch_size"] == 8 and configuration["input"][0]["dims"] == [4])
    rows = client.get_model_repository_index()
    check("index", {"addsub", "total"} <= {row["name"] for row in rows if row.get("state") == "READY"})
    statistics = client.get_inference_statistics("addsub", "2")["model_stats"][0]
    check("statistics", statistics["inference_stats"]["success"]["count"] >= 64 and statistics["execution_count"] > 0)
    try:
        client.unload_model("same_int8")
        check("unloaded", not client.is_model_ready("same_int8"))
        client.load_model("same_int8", config=json.dumps({"max_batch_size": 3}))
        check("loaded with a configuration", client.get_model_config("same_int8")["max_batch_size"] == 3)
    except Exception as error:
        check(f"loading is refused where it is not allowed: {error}", "not allowed" in str(error))


def check_tensorflow(address):
    path = "/v1/models/addsub"
    a, b = [[1, 2, 3, 4], [5, 6, 7, 8]], [[1, 1, 1, 1], [2, 2, 2, 2]]
    total, difference = (np.array(a) + b).tolist(), (np.array(a) - b).tolist()
    rows = [{"a": x, "b": y} for x, y in zip(a, b)]
    expected = [{"sum": x, "difference": y} for x, y in zip(total, difference)]
    check("predict by row", plain(address, "POST", path + ":predict", {"instances": rows}) == (200, {"predictions": expected}))
    answer = plain(address, "POST", path + "/versions/1:predict", {"inputs": {"a": a, "b": b}})
    check("predict by column", answer == (200, {"outputs": {"sum": total, "difference": difference}}))
    answer = plain(address, "POST", "/v1/models/same_fp32:predict", {"instances": [[1.5, 2], [3, 4]]})
    check("the only input", answer == (200, {"predictions": [[1.5, 2], [3, 4]]}))
    answer = plain(address, "POST", "/v1/models/same_bytes:predict", {"instances": [["a", {"b64": "Yg=="}]]})
    check("texts", answer == (200, {"predictions": [["a", "b"]]}))
    answer = plain(address, "POST", path + ":classify", {"examples": rows[:1]})
    check("classify", answer == (200, {"results": [[["zero", 2], ["one", 3], ["two", 4], ["three", 5]]]}))
    check("status", plain(address, "GET", path)[1]["model_version_status"][0]["state"] == "AVAILABLE")
    signature = plain(address, "GET", path + "/metadata")[1]["metadata"]["signature_def"]["signature_def"]["serving_default"]
    check("metadata", signature["inputs"]["a"]["dtype"] == "DT_FLOAT")
    for body in ({}, {"instances": []}, {"instances": [[1], [1, 2]]}, {"instances": rows, "inputs": {}}, {"instances": [{"c": 1}]}):
        status, answer = plain(address, "POST", path + ":predict", body)
        check(f"refused: {answer}", status == 400 and "error" in answer)
    check("unknown model", plain(address, "POST", "/v1/models/none:predict", {"instances": [1]})[0] == 404)


def main():
    if len(sys.argv) == 2:
        return write_models(sys.argv[1])
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    import tritonclient.http as http
    from tritonclient.utils import InferenceServerException

    address = sys.argv[2]
    client = http.InferenceServerClient(address, concurrency=16)
    check_types(client, http)
    check_addsub(client, http, InferenceServerException)
    check_sequences(client, http)
    check_administration(client, address)
    check_tensorflow(address)
    print(f"{failures} failed" if failures else "all as expected")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
