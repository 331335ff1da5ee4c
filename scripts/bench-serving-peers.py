#!/usr/bin/env python3
"""Measures servers of one small model beside each other: Apus, FastAPI, KServe's Python server and BentoML.

  bench-serving-peers.py --apus APUS [--fastapi PYTHON] [--kserve PYTHON] [--bentoml PYTHON] [--torch FOLDER] [OPTIONS]

The model classifies pictures of digits, 64 numbers in and 10 out, by layers of 128 and 10; the peers run it in PyTorch, Apus as a model of ONNX.
All of them answer requests of the Open Inference Protocol in JSON, but for BentoML, whose own interface is the same list of numbers. `apus
bench-serve` is the client. A peer whose interpreter is not named is left out; the interpreters need the peer's packages, torch and numpy (--torch
names a folder of packages to be added), and this program onnx. Servers take turns, one at a time, so that a busy machine is busy for all of them.
"""
import argparse, json, os, re, signal, socket, subprocess, sys, tempfile, time

MODEL = '''
import os, sys
if os.environ.get('BENCH_TORCH'): sys.path.append(os.environ['BENCH_TORCH'])
import numpy, torch
torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)).eval()
weights = numpy.load(os.environ['BENCH_WEIGHTS'])
with torch.no_grad():
    for name, value in model.state_dict().items(): value.copy_(torch.tensor(weights[name]))
'''

FASTAPI = MODEL + '''
from fastapi import FastAPI
from pydantic import BaseModel
class Input(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list[float]
class Request(BaseModel):
    inputs: list[Input]
app = FastAPI()
@app.post('/v2/models/digits/infer')
async def infer(request: Request):
    given = request.inputs[0]
    with torch.inference_mode(): found = model(torch.tensor(given.data).reshape(given.shape))
    return {'model_name': 'digits', 'outputs': [
        {'name': 'logits', 'datatype': 'FP32', 'shape': list(found.shape), 'data': found.flatten().tolist()}]}
'''

KSERVE = MODEL + '''
import kserve
from kserve import InferOutput, InferResponse
class Digits(kserve.Model):
    def __init__(self):
        super().__init__('digits')
        self.ready = True
    async def predict(self, payload, headers=None, response_headers=None):
        given = payload.inputs[0].as_numpy()
        with torch.inference_mode(): found = model(torch.from_numpy(given.astype(numpy.float32))).numpy()
        output = InferOutput(name='logits', shape=list(found.shape), datatype='FP32')
        output.set_data_from_numpy(found, binary_data=False)
        return InferResponse(response_id=payload.id or 'none', model_name='digits', infer_outputs=[output])
if __name__ == '__main__':
    port = int(os.environ['BENCH_PORT'])
    kserve.ModelServer(http_port=port, enable_grpc=False, workers=1, access_log_format=None).start([Digits()])
'''

BENTOML = MODEL + '''
import bentoml
from typing import List
@bentoml.service(workers=int(os.environ['BENCH_WORKERS']))
class Digits:
    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=1000)
    def classify(self, rows: List[List[float]]) -> List[List[float]]:
        with torch.inference_mode(): return model(torch.tensor(rows)).tolist()
'''


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def write_models(folder):
    import numpy, onnx
    from onnx import TensorProto, helper, numpy_helper
    random = numpy.random.default_rng(0)
    weights = {'1.weight': random.normal(size=(128, 64)) / 8, '1.bias': random.normal(size=128) / 8,
               '3.weight': random.normal(size=(10, 128)) / 11, '3.bias': random.normal(size=10) / 11}
    weights = {name: value.astype(numpy.float32) for name, value in weights.items()}
    numpy.savez(folder + '/weights.npz', **weights)
    nodes = [helper.make_node('Flatten', ['image'], ['flat']),
             helper.make_node('Gemm', ['flat', '1.weight', '1.bias'], ['hidden'], transB=1),
             helper.make_node('Relu', ['hidden'], ['active']),
             helper.make_node('Gemm', ['active', '3.weight', '3.bias'], ['logits'], transB=1)]
    graph = helper.make_graph(
        nodes, 'digits', [helper.make_tensor_value_info('image', TensorProto.FLOAT, ['rows', 1, 8, 8])],
        [helper.make_tensor_value_info('logits', TensorProto.FLOAT, ['rows', 10])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    os.makedirs(folder + '/models/digits/1')
    onnx.save(model, folder + '/models/digits/1/model.onnx')


class Server:
    """A server that runs while it is measured."""

    def __init__(self, name, command, path, body, folder, environment):
        self.name, self.path, self.body = name, path, body
        self.port = free_port()
        self.log = open(f'{folder}/{name}.log', 'w')
        environment = {**os.environ, **environment, 'BENCH_PORT': str(self.port)}
        self.process = subprocess.Popen([part.replace('PORT', str(self.port)) for part in command], cwd=folder,
                                        stdout=self.log, stderr=self.log, env=environment, start_new_session=True)

    def ask(self):
        with socket.create_connection(('127.0.0.1', self.port), timeout=5) as s:
            body = self.body.encode()
            s.sendall(f'POST {self.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n'
                      f'Content-Length: {len(body)}\r\n\r\n'.encode() + body)
            answer = b''
            while part := s.recv(65536): answer += part
        return answer

    def wait(self):
        for _ in range(600):
            if self.process.poll() is not None: break
            try:
                answer = self.ask()
                if answer.startswith(b'HTTP/1.1 200'):
                    numbers = re.findall(rb'-?\d+\.\d+(?:e-?\d+)?', answer.split(b'\r\n\r\n', 1)[1])
                    return [float(x) for x in numbers[-10:]]
            except OSError: pass
            time.sleep(0.1)
        sys.exit(f'{self.name} does not answer; its log: {self.log.name}')

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try: self.process.wait(10)
        except subprocess.TimeoutExpired: os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('apus', 'fastapi', 'kserve', 'bentoml', 'torch'): parser.add_argument('--' + name)
    parser.add_argument('--clients', type=int, default=64)
    parser.add_argument('--seconds', type=float, default=5)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--workers', type=int, default=2, help='processes of FastAPI and BentoML')
    given = parser.parse_args()
    if not given.apus: parser.error('--apus is needed')
    folder = tempfile.mkdtemp(prefix='bench-serving-')
    write_models(folder)
    for name, text in (('fast', FASTAPI), ('kserver', KSERVE), ('bento', BENTOML)):
        with open(f'{folder}/{name}.py', 'w') as file: file.write(text)
    row = [round(i % 17 / 16, 4) for i in range(64)]
    infer = json.dumps({'inputs': [{'name': 'image', 'shape': [1, 1, 8, 8], 'datatype': 'FP32', 'data': row}]})
    rows = json.dumps({'rows': [row]})
    environment = {'BENCH_WEIGHTS': folder + '/weights.npz', 'BENCH_WORKERS': str(given.workers),
                   'BENCH_TORCH': given.torch or '', 'BENTOML_DO_NOT_TRACK': 'true', 'PYTHONPATH': folder}
    path = '/v2/models/digits/infer'
    apus = os.path.abspath(given.apus)
    plans = [('Apus', [apus, 'serve', 'models', '--http', '127.0.0.1:PORT', '--grpc', 'off', '--metrics', 'off'], path, infer)]
    if given.fastapi:
        plans.append(('FastAPI', [given.fastapi, '-m', 'uvicorn', 'fast:app', '--port', 'PORT', '--workers', str(given.workers),
                                  '--no-access-log'], path, infer))
    if given.kserve: plans.append(('KServe', [given.kserve, 'kserver.py'], path, infer))
    if given.bentoml:
        plans.append(('BentoML', [given.bentoml, '-m', 'bentoml', 'serve', 'bento:Digits', '--port', 'PORT'], '/classify', rows))
    found, expected = {}, None
    for number in range(given.rounds):
        for name, command, path, body in plans:
            server = Server(name, command, path, body, folder, environment)
            try:
                answer = server.wait()
                if expected is None: expected = answer
                if len(answer) != 10 or max(abs(a - b) for a, b in zip(answer, expected)) > 1e-4:
                    sys.exit(f'{name} answers {answer}, and Apus {expected}')
                with open(folder + '/body.json', 'w') as file: file.write(body)
                for seconds in (1, given.seconds):
                    output = subprocess.run(
                        [apus, 'bench-serve', f'http://127.0.0.1:{server.port}{path}', '--body', folder + '/body.json',
                         '--clients', str(given.clients), '--seconds', str(max(1, int(seconds)))],
                        capture_output=True, text=True)
                print(f'{name}, round {number + 1}:\n{output.stdout or output.stderr}', flush=True)
                found.setdefault(name, []).append(output.stdout)
            finally:
                server.stop()
    print(f'{"":10}{"requests/s":>18}{"p50, ms":>16}{"p99, ms":>16}  failed')
    for name, texts in found.items():
        lines = [text.splitlines()[-1].split() for text in texts]
        span = lambda values, digits: f'{min(values):.{digits}f} to {max(values):.{digits}f}'
        def times(place):
            return [float(line[place]) / (1000 if line[place + 1] == 'us' else 1) for line in lines]
        failed = {' '.join(line[12:]) for line in lines}
        print(f'{name:10}{span([float(line[1]) for line in lines], 0):>18}{span(times(2), 1):>16}{span(times(6), 1):>16}'
              f'  {"; ".join(sorted(failed))}')


if __name__ == '__main__': main()
