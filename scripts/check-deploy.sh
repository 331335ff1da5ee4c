#!/usr/bin/env bash
# Checks what is in deploy/ with the tools that are there: systemd-analyze, kubernetes-validate (PyPI), KServe's own Python package.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
failed=0
check() { if "$@"; then echo "ok      $*"; else echo "FAILED  $*"; failed=1; fi; }

if command -v systemd-analyze >/dev/null; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # The command need not be installed here.
  sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' deploy/apus-serve.service >"$folder/apus-serve.service"
  check systemd-analyze verify "$folder/apus-serve.service"
fi
for job in deploy/slurm/*.sbatch; do check bash -n "$job"; done
python=${PYTHON:-python3}
if "$python" -c 'import kubernetes_validate' 2>/dev/null; then
  check "$python" -m kubernetes_validate --strict deploy/kubernetes.yaml
fi
if "$python" -c 'import kubernetes_validate' 2>/dev/null; then
  # The templates of the MPI Operator's job are those of pods.
  check "$python" - <<'PY'
import kubernetes_validate
import yaml

job = yaml.safe_load(open("deploy/kubernetes/mpijob.yaml"))
for name, replica in job["spec"]["mpiReplicaSpecs"].items():
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name.lower()}, "spec": replica["template"]["spec"]}
    kubernetes_validate.validate(pod, "1.30", strict=True)
PY
fi
if "$python" -c 'import kserve' 2>/dev/null; then
  check "$python" - <<'PY'
import re
import sys

import kserve.models
import kubernetes.client.models
import yaml


def unknown(value, kind, path):
    """The members that the classes of KServe and Kubernetes do not know."""
    inner = re.fullmatch(r"(?:list\[|dict\(str, )(\w+)[\])]", kind)
    if inner:
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from unknown(one, inner[1], f"{path}[{key}]")
        return
    found = getattr(kserve.models, kind, None) or getattr(kubernetes.client.models, kind, None)
    if found is None or not isinstance(value, dict):
        return
    names = {key: name for name, key in found.attribute_map.items()}
    for key, one in value.items():
        if key not in names:
            yield f"{path}.{key}"
        else:
            yield from unknown(one, found.openapi_types[names[key]], f"{path}.{key}")


documents = yaml.safe_load_all(open("deploy/kserve.yaml"))
kinds = ("V1alpha1ClusterServingRuntime", "V1beta1InferenceService")
wrong = [path for document, kind in zip(documents, kinds) for path in unknown(document, kind, kind)]
for path in wrong:
    print(f"unknown to KServe: {path}")
sys.exit(1 if wrong else 0)
PY
fi
exit "$failed"
