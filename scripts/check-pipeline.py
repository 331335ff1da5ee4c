#!/usr/bin/env python3
"""Gives a pipeline to the systems that it is made for, and looks what they make of it: ML Metadata, Airflow, Kubeflow Pipelines, Argo, MLflow.

    check-pipeline.py [--only PART]... COMMAND [WORD]...

COMMAND and WORDs call a pipeline's program, in front of `run`, `step` and `compile`. Parts are metadata, kubeflow, argo, airflow, mlflow, page.
The interpreters of Python are named by APUS_MLMD_PYTHON (package ml_metadata), APUS_AIRFLOW_PYTHON (apache-airflow 2.10 or 3),
APUS_KFP_PYTHON (kfp, kfp-kubernetes) and APUS_MLFLOW_PYTHON (mlflow or mlflow-skinny); without them `python3` is asked. APUS_ARGO_SCHEMA is
Argo's api/jsonschema/schema.json, checked with the package jsonschema of Airflow's interpreter. What is not there is skipped. The exit status
is 1 where something is not as it should be.
"""
import html.parser
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

COMMAND = sys.argv[1:]
ONLY = []
while COMMAND[:1] == ["--only"]:
    ONLY.append(COMMAND[1])
    COMMAND = COMMAND[2:]
FAILURES = []


def python(variable, package):
    """The interpreter that has a package, or None."""
    path = os.environ.get(variable, "python3")
    try:
        found = subprocess.run([path, "-c", f"import {package}"], capture_output=True)
    except OSError:
        return None
    return path if found.returncode == 0 else None


def check(name, is_right, found=""):
    print(("ok    " if is_right else "WRONG ") + name + ("" if is_right or found == "" else f": {found}"), flush=True)
    if not is_right:
        FAILURES.append(name)


def skip(name, reason):
    print(f"skip  {name}: {reason}")


def pipeline(*words):
    done = subprocess.run(COMMAND + list(words), capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-2000:] + done.stderr[-2000:])
    check(f"{words[0]} ends well", done.returncode == 0, done.returncode)
    return done.stdout


def ask(interpreter, program, *arguments, environment=None):
    """What a program prints as JSON in its last line."""
    done = subprocess.run([interpreter, "-W", "ignore", "-c", program, *arguments], capture_output=True, text=True,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        print(done.stderr[-3000:])
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def states(root):
    """The states of the steps of the newest run, by `runs`."""
    lines = pipeline("runs", "--root", root).splitlines()
    found = {}
    for line in lines[1:]:
        if not line.startswith("  "):
            break
        name, state = line.split()[:2]
        found[name] = state.rstrip(":")
    return found


def is_done(root, steps):
    """Whether the newest run has done all steps."""
    found = states(root)
    return set(found) == set(steps) and set(found.values()) <= {"complete", "cached"}


def steps():
    """The steps, in their order."""
    return [line.split(" (")[0] for line in pipeline("steps").splitlines() if line and not line.startswith(" ")]


METADATA = """
import sys, os, json
from ml_metadata import metadata_store
from ml_metadata.proto import metadata_store_pb2 as p
c = p.ConnectionConfig(); c.sqlite.filename_uri = sys.argv[1]; c.sqlite.connection_mode = 1
s = metadata_store.MetadataStore(c)
runs = s.get_contexts_by_type('pipeline_run')
state = {v: k for k, v in p.Execution.State.items()}
first = [(state[e.last_known_state], e.custom_properties['step'].string_value) for e in s.get_executions_by_context(runs[0].id)]
second = [(state[e.last_known_state], e.custom_properties['step'].string_value) for e in s.get_executions_by_context(runs[1].id)]
artifacts = s.get_artifacts()
parents = [x.name for x in s.get_parent_contexts_by_context(runs[0].id)]
o = p.LineageSubgraphQueryOptions(max_num_hops=50, starting_artifacts=p.LineageSubgraphQueryOptions.StartingNodes(
    filter_query='id=%d' % max(a.id for a in artifacts)), direction=p.LineageSubgraphQueryOptions.UPSTREAM)
g = s.get_lineage_subgraph(o)
print(json.dumps(dict(first=first, second=second, parents=parents, there=[os.path.isdir(a.uri) for a in artifacts],
    types=sorted({a.type for a in artifacts}), upstream=len(g.artifacts), events=len(g.events))))
"""


def check_metadata(folder, names):
    interpreter = python("APUS_MLMD_PYTHON", "ml_metadata")
    if not interpreter:
        return skip("ML Metadata", "no Python has the package ml_metadata")
    found = ask(interpreter, METADATA, f"{folder}/root/metadata.sqlite")
    check("ML Metadata reads the database", found is not None)
    if not found:
        return
    # Steps side by side come in any order.
    check("its first run has all steps", sorted(found["first"]) == sorted(["COMPLETE", name] for name in names), found["first"])
    known = {tuple(step) for step in found["second"]}
    check("its second run made nothing that was known", all(state in ("CACHED", "COMPLETE") for state, _ in known) and
          len(known) == len(names), found["second"])
    check("runs lie in the pipeline", len(found["parents"]) == 1, found["parents"])
    check("artifacts are where it says", found["there"] and all(found["there"]), found["there"])
    check("its lineage has what the last artifact came from", found["upstream"] > 1 and found["events"] > 1, found)


KUBEFLOW = """
import sys, json, os
from kfp import components, compiler, dsl, local
from kfp.local import subprocess_task_handler as handler
from google.protobuf import json_format
path, folder, root = sys.argv[1:]
c = components.load_component_from_file(path)
spec = json_format.MessageToDict(c.pipeline_spec)
@dsl.pipeline(name='outer')
def outer(root: str = root):
    c(root=root)
compiler.Compiler().compile(outer, folder + '/outer.yaml')
nested = len(components.load_component_from_file(folder + '/outer.yaml').pipeline_spec.components)
# The SDK runs containers in Docker alone. Here the machine stands for the image, so that its own code orders the tasks, gives them parameters
# and paths, and calls the commands.
handler.SubprocessTaskHandler.validate_not_container_component = lambda self, command: None
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=folder + '/kfp-outputs', raise_on_error=False)
task = c(root=root)
given = [os.path.join(d, f) for d, _, fs in os.walk(folder + '/kfp-outputs') for f in fs]
print(json.dumps(dict(tasks=sorted(spec['root']['dag']['tasks']), nested=nested, state=getattr(task.state, 'name', str(task.state)), given=len(given))))
"""


def check_kubeflow(folder, names):
    interpreter = python("APUS_KFP_PYTHON", "kfp")
    if not interpreter:
        return skip("Kubeflow Pipelines", "no Python has the package kfp")
    pipeline("compile", "kubeflow", "--root", f"{folder}/kfp-root", "--image", "python-or-any", "--retry-delay", "1",
             "--output", f"{folder}/kfp.yaml")
    os.makedirs(f"{folder}/kfp")
    found = ask(interpreter, KUBEFLOW, f"{folder}/kfp.yaml", f"{folder}/kfp", f"{folder}/kfp-root")
    check("the SDK of Kubeflow Pipelines loads the specification", found is not None)
    if not found:
        return
    check("it has a task for each step", len(found["tasks"]) == len(names), found["tasks"])
    check("it compiles it into another pipeline", found["nested"] >= len(names), found["nested"])
    check("its local runner comes to the end", found["state"] == "FINAL" and is_done(f"{folder}/kfp-root", names), found)
    check("it was given the artifacts", found["given"] > 0, found)


ARGO = """
import sys, json, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
kinds = []
for path in sys.argv[2:]:
    document = yaml.safe_load(open(path))
    kinds.append(document['kind'])
    name = 'io.argoproj.workflow.v1alpha1.' + document['kind']
    def strict(value):
        # A member that Argo does not know is a mistake.
        if isinstance(value, dict):
            if 'properties' in value: value.setdefault('additionalProperties', False)
            for inner in value.values(): strict(inner)
        elif isinstance(value, list):
            for inner in value: strict(inner)
    strict(schema['definitions'])
    jsonschema.validate(document, {'$ref': '#/definitions/' + name, 'definitions': schema['definitions']})
print(json.dumps(kinds))
"""


def check_argo(folder, names):
    interpreter = python("APUS_AIRFLOW_PYTHON", "jsonschema, yaml")
    schema = os.environ.get("APUS_ARGO_SCHEMA")
    if not interpreter or not schema:
        return skip("Argo", "APUS_ARGO_SCHEMA is not set, or no Python has jsonschema")
    common = ["--root", "/runs", "--image", "image", "--volume-claim", "runs"]
    pipeline("compile", "argo", *common, "--output", f"{folder}/argo.yaml")
    pipeline("compile", "argo", *common, "--schedule", "0 3 * * *", "--output", f"{folder}/argo-cron.yaml")
    found = ask(interpreter, ARGO, schema, f"{folder}/argo.yaml", f"{folder}/argo-cron.yaml")
    check("Argo's schema takes the workflows", found == ["Workflow", "CronWorkflow"], found)


def check_airflow(folder, names):
    interpreter = python("APUS_AIRFLOW_PYTHON", "airflow")
    if not interpreter:
        return skip("Airflow", "no Python has the package airflow")
    home = f"{folder}/airflow"
    os.makedirs(f"{home}/dags")
    pipeline("compile", "airflow", "--root", f"{folder}/airflow-test", "--retry-delay", "1", "--output", f"{home}/dags/pipeline.py")
    program = os.path.join(os.path.dirname(interpreter), "airflow")
    environment = {
        **os.environ, "AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": f"{home}/dags",
        "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "5", "PATH": os.path.dirname(interpreter) + ":" + os.environ["PATH"],
    }

    def airflow(*words, lasts=240):
        return subprocess.run([program, *words], env=environment, capture_output=True, text=True, timeout=lasts)

    version = airflow("version").stdout.strip().splitlines()[-1]
    done = airflow("db", "migrate")
    check(f"Airflow {version} makes its database", done.returncode == 0, done.stderr[-1000:])
    airflow("dags", "reserialize")
    listed = json.loads(airflow("dags", "list", "-o", "json").stdout.strip().splitlines()[-1] or "[]")
    name = listed[0]["dag_id"] if listed else None
    check("it lists the DAG", name is not None, listed)
    if not name:
        return
    done = airflow("dags", "test", name, "2026-01-01T00:00:00+00:00")
    check("`airflow dags test` comes to the end", done.returncode == 0 and is_done(f"{folder}/airflow-test", names),
          (done.stdout + done.stderr)[-1500:])

    # With a scheduler, into another folder, in a run with a name of its own.
    root = f"{folder}/airflow-scheduled"
    commands = [["scheduler"]]
    if version.startswith("3"):
        commands += [["dag-processor"], ["api-server", "--port", "18793", "--workers", "1"]]
        environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] = "http://127.0.0.1:18793/execution/"
        environment["AIRFLOW__API__PORT"] = "18793"
    # A group of its own for each, so that what they start ends with them.
    servers = [subprocess.Popen([program, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True) for command in commands]
    try:
        airflow("dags", "unpause", "-y", name)
        done = airflow("dags", "trigger", name, "--conf", json.dumps({"root": root, "run": "by-hand"}))
        check("it takes a run with parameters", done.returncode == 0, done.stderr[-1000:])
        state, end = "", time.time() + 240
        while state not in ("success", "failed") and time.time() < end:
            time.sleep(2)
            listing = airflow("dags", "list-runs", *(["-d"] if version.startswith("2") else []), name, "-o", "json").stdout
            runs = json.loads(listing.strip().splitlines()[-1] or "[]")
            state = next((run["state"] for run in runs if run["run_id"].startswith("manual__") and "2026-01-01" not in run["run_id"]), "")
        check("its scheduler brings the run to the end", state == "success" and is_done(root, names), state)
        check("the run has the name that was given", "by-hand" in pipeline("runs", "--root", root))
    finally:
        for server in servers:
            os.killpg(server.pid, 15)
        for server in servers:
            server.wait()


MLFLOW = """
import sys, json
import mlflow
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1])
found = []
for e in client.search_experiments():
    for run in client.search_runs([e.experiment_id]):
        found.append(dict(experiment=e.name, name=run.info.run_name, status=run.info.status, metrics=run.data.metrics,
            params=run.data.params, tags=run.data.tags, start=run.info.start_time, end=run.info.end_time))
print(json.dumps(found))
"""


def check_mlflow(folder, names):
    interpreter = python("APUS_MLFLOW_PYTHON", "mlflow")
    if not interpreter:
        return skip("MLflow", "no Python has the package mlflow")
    for _ in range(2):
        pipeline("mlflow", "--root", f"{folder}/root", "--store", f"{folder}/mlruns")
    # Later releases want to be told that a store of files is meant.
    found = ask(interpreter, MLFLOW, f"file://{folder}/mlruns", environment={"MLFLOW_ALLOW_FILE_STORE": "true"})
    check("MLflow reads the store", found is not None)
    if not found:
        return
    check("it has both runs, once each", len(found) == 2 and {run["status"] for run in found} == {"FINISHED"}, found)
    for run in found:
        has = {tag.split(".", 2)[2] for tag in run["tags"] if tag.startswith("apus.state.")}
        check("a run has the states of all steps", has == set(names), run["tags"])
        places = [value for tag, value in run["tags"].items() if tag.startswith("apus.artifact.")]
        check("and where its artifacts lie", places and all(os.path.isdir(place) for place in places), places)
        check("and its times", 0 < run["start"] <= run["end"], run)


class Page(html.parser.HTMLParser):
    """Whether each tag that is opened is closed, and which places it has and points to."""

    def __init__(self):
        super().__init__()
        self.open, self.places, self.links, self.mistakes = [], set(), set(), []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.places.add(attributes["id"])
        if attributes.get("href", "").startswith("#"):
            self.links.add(attributes["href"][1:])
        if tag not in ("meta", "br", "link", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(tag)


def check_page(folder, names):
    pipeline("page", "--root", f"{folder}/root", "--output", f"{folder}/page.html")
    with open(f"{folder}/page.html", encoding="utf-8") as file:
        text = file.read()
    page = Page()
    page.feed(text)
    check("the page is well formed", not page.mistakes and not page.open, (page.mistakes, page.open))
    check("its links lead somewhere", page.links and page.links <= page.places, page.links - page.places)
    check("it has all steps", all(name in text for name in names))


def main():
    if not COMMAND:
        sys.exit(__doc__)
    folder = os.path.realpath(tempfile.mkdtemp(prefix="apus-pipeline-"))
    try:
        names = steps()
        for _ in range(2):
            pipeline("run", "--root", f"{folder}/root")
        check("it is done", is_done(f"{folder}/root", names))
        for part in (check_metadata, check_kubeflow, check_argo, check_airflow, check_mlflow, check_page):
            if not ONLY or part.__name__.removeprefix("check_") in ONLY:
                part(folder, names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(FAILURES)} wrong" if FAILURES else "all as it should be")
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    main()
