#!/usr/bin/env python3
"""Records small models of integers as ONNX Runtime's own tools write them, operators on bytes (QLinearConv, QGemm ...) and ranges found
at the call (DynamicQuantizeLinear, MatMulInteger ...), with what ONNX Runtime computes for some inputs.

usage: record-integers.py [Tests/ApusLayoutsTests/Recorded/integers]   (with a Python that has numpy, onnx, onnxruntime and safetensors)
"""
import os
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors.numpy import save_file

folder = sys.argv[1] if len(sys.argv) > 1 else "Tests/ApusLayoutsTests/Recorded/integers"
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(0)


class Builder:
    """Nodes and weights of a model with one input and one output."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array), f"w{len(self.weights)}"))
        return self.weights[-1].name

    def add(self, kind, *inputs, **attributes):
        self.count += 1
        self.nodes.append(helper.make_node(kind, list(inputs), [f"v{self.count}"], name=f"{kind}_{self.count}", **attributes))
        return f"v{self.count}"

    def conv(self, x, channels, filters, size, bias=True, group=1, **attributes):
        w = random.normal(size=(filters, channels // group, size, size)) / np.sqrt(channels // group * size * size)
        inputs = [x, self.weight(w.astype(np.float32))]
        if bias:
            inputs.append(self.weight(random.normal(size=filters).astype(np.float32) * 0.1))
        return self.add("Conv", *inputs, kernel_shape=[size, size], group=group, **attributes)

    def gemm(self, x, given, made, turned=True):
        w = (random.normal(size=(made, given)) / np.sqrt(given)).astype(np.float32)
        return self.add("Gemm", x, self.weight(w if turned else w.T.copy()),
                        self.weight(random.normal(size=made).astype(np.float32) * 0.1), transB=int(turned))

    def matmul(self, x, given, made, bias=True):
        y = self.add("MatMul", x, self.weight((random.normal(size=(given, made)) / np.sqrt(given)).astype(np.float32)))
        return self.add("Add", y, self.weight(random.normal(size=made).astype(np.float32) * 0.1)) if bias else y

    def model(self, result, shape, made):
        names = ["n"] + list(shape[1:])
        graph = helper.make_graph(
            self.nodes, "model", [helper.make_tensor_value_info("x", TensorProto.FLOAT, names)],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["n"] + made)], self.weights)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(made)
        return made


def images():
    """Convolutions of all kinds, a residual, poolings, a product."""
    b = Builder()
    x = b.add("Relu", b.conv("x", 3, 16, 3, strides=[2, 2], pads=[1, 1, 1, 1]))
    y = b.conv(b.add("Relu", b.conv(x, 16, 16, 3, group=16, pads=[1, 1, 1, 1])), 16, 16, 1, bias=False)
    x = b.add("Relu", b.add("Add", x, y))
    x = b.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = b.add("Relu", b.conv(x, 16, 24, 3, group=2, dilations=[2, 2], pads=[2, 1, 2, 1]))
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    return b.model(b.gemm(x, 24, 10), (2, 3, 17, 20), [10])


def words():
    """Products of rows."""
    b = Builder()
    x = b.add("Relu", b.matmul("x", 20, 36))
    x = b.add("Tanh", b.matmul(x, 36, 32, bias=False))
    return b.model(b.matmul(x, 32, 7), (2, 5, 20), [5, 7])


def pixels():
    """Products of pictures."""
    b = Builder()
    x = b.add("Relu", b.gemm("x", 30, 40))
    return b.model(b.gemm(b.add("Relu", b.gemm(x, 40, 33, turned=False)), 33, 6), (6, 30), [6])


class Reader(CalibrationDataReader):
    def __init__(self, batches):
        self.left = iter([{"x": x} for x in batches])

    def get_next(self):
        return next(self.left, None)


recorded = {}
with tempfile.TemporaryDirectory() as scratch:
    for name, build, shape in [("images", images, (2, 3, 17, 20)), ("words", words, (2, 5, 20)), ("pixels", pixels, (6, 30))]:
        plain, ready = os.path.join(scratch, "plain.onnx"), os.path.join(scratch, "ready.onnx")
        onnx.save(build(), plain)
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        batches = [random.normal(size=shape).astype(np.float32) for _ in range(8)]
        ways = [
            ("u8", lambda to: quantize_static(
                ready, to, Reader(batches), quant_format=QuantFormat.QOperator, per_channel=True,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)),
            ("s8", lambda to: quantize_static(
                ready, to, Reader(batches), quant_format=QuantFormat.QOperator, per_channel=False,
                activation_type=QuantType.QInt8, weight_type=QuantType.QInt8)),
            ("u8u8", lambda to: quantize_static(
                ready, to, Reader(batches), quant_format=QuantFormat.QOperator, per_channel=False,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QUInt8)),
            ("dynamic", lambda to: quantize_dynamic(ready, to, weight_type=QuantType.QInt8, per_channel=True)),
            ("dynamic-u8", lambda to: quantize_dynamic(ready, to, weight_type=QuantType.QUInt8)),
        ]
        recorded[f"{name}.x"] = x = batches[0]
        recorded[f"{name}.y"] = ort.InferenceSession(plain, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
        for way, write in ways:
            path = os.path.join(folder, f"{name}-{way}.onnx")
            write(path)
            kinds = sorted({node.op_type for node in onnx.load(path).graph.node})
            # As it is written: what the optimiser makes of it has other operators and roundings.
            options = ort.SessionOptions()
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
            y = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
            recorded[f"{name}-{way}.y"] = y
            cosine = (y * recorded[f"{name}.y"]).sum() / np.sqrt((y**2).sum() * (recorded[f"{name}.y"] ** 2).sum())
            print(f"{name}-{way}: {os.path.getsize(path)} bytes, cosine {cosine:.5f}, {', '.join(kinds)}")
save_file(recorded, os.path.join(folder, "results.safetensors"))
