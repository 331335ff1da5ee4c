import Apus

extension Pipeline {
  /// The pipeline as a workflow of Argo: the YAML that `argo submit` and `kubectl create` take; a `CronWorkflow` where there is a
  /// schedule.
  ///
  /// Each step is a template of a container on the volume of runs, a DAG has their order. The parameters `root` and `run` of the workflow
  /// say the folder and the name of the run; without one it is called as the workflow.
  /// - Throws: `TensorError` of kind `value` where something is missing or cannot be; the first mistake of the description.
  public func argo(_ how: Orchestration) throws -> String {
    try how.check(self, "Argo", needsImage: true, needsVolume: true)
    for word in how.command + [how.root, how.image] + how.environment.values where has("{{", in: word) {
      throw TensorError(
        .value, "Argo: pipeline \(name)", "'\(word)' has {{, which Argo would take for a place of its own")
    }
    var names = PlainNames.kubernetes(longest: 100)
    let called = steps.map { names.name($0.name) }
    let known = Dictionary(zip(steps.map(\.name), called), uniquingKeysWith: { $1 })
    // The name of the entry is taken by no step.
    let entry = names.name("\(name) in order")
    let tasks = zip(steps, called).map { step, name -> YAML in
      var task: [(key: String, value: YAML)] = [("name", .text(name)), ("template", .text(name))]
      let needed = Set(step.needed.compactMap { known[$0] }).sorted()
      if !needed.isEmpty { task.append(("dependencies", YAML(needed))) }
      return .map(task)
    }
    let templates = zip(steps, called).map { Self.argoTemplate($0, $1, how) }
    let workflow: YAML = [
      "entrypoint": .text(entry),
      "arguments": [
        "parameters": [["name": "root", "value": .text(how.root)], ["name": "run", "value": ""]]
      ],
      "volumes": [["name": "runs", "persistentVolumeClaim": ["claimName": .text(how.volumeClaim)]]],
      "templates": .list([["name": .text(entry), "dag": ["tasks": .list(tasks)]]] + templates),
    ]
    var workflowNames = PlainNames.kubernetes(longest: 50)
    let plain = workflowNames.name(name)
    let labels: YAML = ["app.kubernetes.io/managed-by": "apus"]
    let document: YAML
    if let schedule = how.schedule {
      document = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow",
        "metadata": ["name": .text(plain), "labels": labels],
        "spec": ["schedules": [.text(schedule)], "concurrencyPolicy": "Forbid", "workflowSpec": workflow],
      ]
    } else {
      document = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
        "metadata": ["generateName": .text(plain + "-"), "labels": labels], "spec": workflow,
      ]
    }
    return "# The pipeline \(name) for Argo. Written by Apus.\n" + document.document
  }

  private static func argoTemplate(_ step: PipelineStep, _ name: String, _ how: Orchestration) -> YAML {
    let run = "{{= workflow.parameters.run == '' ? workflow.name : workflow.parameters.run }}"
    // Kubernetes puts variables in the place of $(NAME), and takes $$( for $(.
    func literal(_ word: String) -> String { replaced("$(", in: word, with: "$$(") }
    let words = how.words(step: step.name, root: "{{workflow.parameters.root}}", run: run)
    var container: [(key: String, value: YAML)] = [
      ("image", .text(how.image)), ("command", YAML(how.command.map(literal))),
      ("args", YAML(Array(words.dropFirst(how.command.count)))),
      ("volumeMounts", [["name": "runs", "mountPath": .text(how.root)]]),
    ]
    let variables = how.environment.sorted { $0.key < $1.key }
    if !variables.isEmpty {
      container.append(("env", .list(variables.map { ["name": .text($0.key), "value": .text(literal($0.value))] })))
    }
    var limits: [(key: String, value: YAML)] = []
    if let processors = step.resources.processors { limits.append(("cpu", .text(kubernetesAmount(processors)))) }
    if let memory = step.resources.memory { limits.append(("memory", .text("\(memory)Mi"))) }
    if let cards = step.resources.accelerators { limits.append(("nvidia.com/gpu", .text("\(cards)"))) }
    if !limits.isEmpty { container.append(("resources", ["limits": .map(limits)])) }
    // Numbers that Kubernetes takes as texts too are texts in Argo's schema.
    var template: [(key: String, value: YAML)] = [("name", .text(name)), ("container", .map(container))]
    if step.retries > 0 {
      template.append(
        (
          "retryStrategy",
          [
            "limit": .text("\(step.retries)"), "retryPolicy": "Always",
            "backoff": ["duration": .text("\(how.retryDelay)s"), "factor": "2"],
          ]
        ))
    }
    if let seconds = step.resources.timeout { template.append(("activeDeadlineSeconds", .text("\(seconds)"))) }
    return .map(template)
  }
}
