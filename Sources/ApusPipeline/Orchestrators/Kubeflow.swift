import Apus

extension Pipeline {
  /// The pipeline as a specification for Kubeflow Pipelines 2: the YAML that its server and its SDK load.
  ///
  /// Each step is a component of a container with typed artifacts; the parameter `root` of the pipeline is the folder of runs, and the
  /// run is called by the job's id. What a step makes stays in that folder and is given to Kubeflow besides (`--output KEY=PATH`), with what is known of it
  /// (`--executor-input`).
  /// Kubeflow's own cache is off, since it knows nothing of contents; the pipeline's serves. With ``Orchestration/volumeClaim`` a
  /// second document says what Kubernetes mounts.
  /// - Throws: `TensorError` of kind `value` where something is missing or cannot be; the first mistake of the description.
  public func kubeflow(_ how: Orchestration) throws -> String {
    try how.check(self, "Kubeflow", needsImage: true)
    for word in how.command + [how.image] + how.environment.values where has("{{$", in: word) {
      throw TensorError(
        .value, "Kubeflow: pipeline \(name)", "'\(word)' has {{$, which Kubeflow would take for a place of its own")
    }
    var names = PlainNames.kubernetes()
    let tasks = steps.map { KubeflowTask($0, names.name($0.name), how) }
    let known = Dictionary(tasks.map { ($0.step.name, $0) }, uniquingKeysWith: { $1 })
    var pipelineNames = PlainNames.kubernetes(longest: 128)
    var document: [(key: String, value: YAML)] = [
      ("components", .map(tasks.map { ("comp-\($0.name)", $0.component) })),
      ("deploymentSpec", ["executors": .map(tasks.map { ("exec-\($0.name)", $0.executor) })]),
      ("pipelineInfo", ["name": .text(pipelineNames.name(name))]),
    ]
    let root: YAML = [
      "dag": ["tasks": .map(tasks.map { ($0.name, $0.task(known)) })],
      "inputDefinitions": [
        "parameters": ["root": ["defaultValue": .text(how.root), "isOptional": true, "parameterType": "STRING"]]
      ],
    ]
    document += [("root", root), ("schemaVersion", "2.1.0"), ("sdkVersion", "kfp-2.17.3")]
    let text = "# The pipeline \(name) for Kubeflow Pipelines. Written by Apus.\n" + YAML.map(document).document
    let platform = tasks.compactMap { task in task.platform.map { (key: "exec-\(task.name)", value: $0) } }
    guard !platform.isEmpty else { return text }
    let kubernetes: YAML = ["platforms": ["kubernetes": ["deploymentSpec": ["executors": .map(platform)]]]]
    return text + "---\n" + kubernetes.document
  }
}

/// The names of a step's inputs and outputs as Kubeflow takes them.
struct KubeflowNames {
  /// Those of the inputs that come from other steps, by their places.
  let inputs: [Int: String]
  private let outputs: [String: String]

  init(_ step: PipelineStep) {
    var inputNames = PlainNames.python()
    var outputNames = PlainNames.python()
    outputs = Dictionary(step.outputs.map { ($0.key, outputNames.name($0.key)) }, uniquingKeysWith: { $1 })
    var inputs: [Int: String] = [:]
    for (i, input) in step.inputs.enumerated() {
      // The newest artifact of a type comes from the folder of runs.
      guard case .output = input.source else { continue }
      // Several inputs of one key are told apart by their places.
      let isRepeated = step.inputs.prefix(i).contains { $0.key == input.key }
      inputs[i] = inputNames.name(isRepeated ? "\(input.key)_\(i)" : input.key)
    }
    self.inputs = inputs
  }

  /// The name of an output of the step.
  func output(_ key: String) -> String { outputs[key] ?? key }
}

/// A step as a component, a task and an executor.
private struct KubeflowTask {
  let step: PipelineStep
  let name: String
  let how: Orchestration
  private let inputs: [(name: String, type: String, source: (step: String, key: String))]
  private let outputs: [(key: String, name: String, type: String)]

  init(_ step: PipelineStep, _ name: String, _ how: Orchestration) {
    (self.step, self.name, self.how) = (step, name, how)
    let names = KubeflowNames(step)
    outputs = step.outputs.map { ($0.key, names.output($0.key), $0.type) }
    inputs = step.inputs.enumerated().compactMap { i, input in
      guard case .output(let source, let key) = input.source, let name = names.inputs[i] else { return nil }
      return (name, input.type, (source, key))
    }
  }

  private static func type(_ name: String) -> YAML {
    let schemas = [
      "Examples": "Dataset", "InferenceResult": "Dataset", "Model": "Model", "PushedModel": "Model",
      "ModelEvaluation": "Metrics",
    ]
    return ["artifactType": ["schemaTitle": .text("system.\(schemas[name] ?? "Artifact")"), "schemaVersion": "0.0.1"]]
  }

  var component: YAML {
    let parameters: YAML = ["root": ["parameterType": "STRING"], "run": ["parameterType": "STRING"]]
    var definitions: [(key: String, value: YAML)] = []
    if !inputs.isEmpty { definitions.append(("artifacts", .map(inputs.map { ($0.name, Self.type($0.type)) }))) }
    definitions.append(("parameters", parameters))
    var members: [(key: String, value: YAML)] = [
      ("executorLabel", .text("exec-\(name)")), ("inputDefinitions", .map(definitions)),
    ]
    if !outputs.isEmpty {
      members.append(("outputDefinitions", ["artifacts": .map(outputs.map { ($0.name, Self.type($0.type)) })]))
    }
    return .map(members)
  }

  var executor: YAML {
    let words = how.words(
      step: step.name, root: "{{$.inputs.parameters['root']}}", run: "{{$.inputs.parameters['run']}}")
    var places = outputs.flatMap { ["--output", "\($0.key)={{$.outputs.artifacts['\($0.name)'].path}}"] }
    if !places.isEmpty { places += ["--executor-input", "{{$}}"] }
    var container: [(key: String, value: YAML)] = [
      ("args", YAML(Array(words.dropFirst(how.command.count)) + places)), ("command", YAML(how.command)),
    ]
    let variables = how.environment.sorted { $0.key < $1.key }
    if !variables.isEmpty {
      container.append(("env", .list(variables.map { ["name": .text($0.key), "value": .text($0.value)] })))
    }
    container.append(("image", .text(how.image)))
    var resources: [(key: String, value: YAML)] = []
    if let processors = step.resources.processors {
      resources += [("cpuLimit", .double(processors)), ("resourceCpuLimit", .text(kubernetesAmount(processors)))]
    }
    if let memory = step.resources.memory {
      // Gigabytes here, megabytes of 2^20 bytes there.
      resources += [
        ("memoryLimit", .double(Double(memory) * 1_048_576 / 1e9)), ("resourceMemoryLimit", .text("\(memory)Mi")),
      ]
    }
    if let cards = step.resources.accelerators {
      resources.append(
        (
          "accelerator",
          [
            "count": .text("\(cards)"), "resourceCount": .text("\(cards)"), "resourceType": "nvidia.com/gpu",
            "type": "nvidia.com/gpu",
          ]
        ))
    }
    if !resources.isEmpty { container.append(("resources", .map(resources))) }
    return ["container": .map(container)]
  }

  /// The task, among tasks by the names of their steps.
  func task(_ known: [String: KubeflowTask]) -> YAML {
    var members: [(key: String, value: YAML)] = [
      ("cachingOptions", [:]), ("componentRef", ["name": .text("comp-\(name)")]),
    ]
    let needed = Set(step.needed.compactMap { known[$0]?.name }).sorted()
    if !needed.isEmpty { members.append(("dependentTasks", YAML(needed))) }
    let artifacts = inputs.compactMap { input -> (key: String, value: YAML)? in
      guard let source = known[input.source.step],
        let output = source.outputs.first(where: { $0.key == input.source.key })
      else { return nil }
      return (
        input.name,
        ["taskOutputArtifact": ["outputArtifactKey": .text(output.name), "producerTask": .text(source.name)]]
      )
    }
    var given: [(key: String, value: YAML)] = artifacts.isEmpty ? [] : [("artifacts", .map(artifacts))]
    given.append(
      (
        "parameters",
        [
          "root": ["componentInputParameter": "root"],
          "run": ["runtimeValue": ["constant": "{{$.pipeline_job_uuid}}"]],
        ]
      ))
    members.append(("inputs", .map(given)))
    if step.retries > 0 {
      members.append(
        (
          "retryPolicy",
          [
            "backoffDuration": .text("\(how.retryDelay)s"), "backoffFactor": .double(2),
            "backoffMaxDuration": "3600s", "maxRetryCount": .int(step.retries),
          ]
        ))
    }
    members.append(("taskInfo", ["name": .text(name)]))
    return .map(members)
  }

  /// What Kubernetes is told besides.
  var platform: YAML? {
    var members: [(key: String, value: YAML)] = []
    if let seconds = step.resources.timeout { members.append(("activeDeadlineSeconds", .text("\(seconds)"))) }
    if !how.volumeClaim.isEmpty {
      let claim = YAML.text(how.volumeClaim)
      members.append(
        (
          "pvcMount",
          [
            [
              "constant": claim, "mountPath": .text(how.root),
              "pvcNameParameter": ["runtimeValue": ["constant": claim]],
            ]
          ]
        ))
    }
    return members.isEmpty ? nil : .map(members)
  }
}

/// Processors as Kubernetes counts them: `0.5` becomes `500m`.
func kubernetesAmount(_ processors: Double) -> String {
  let whole = processors.rounded()
  return processors == whole ? "\(Int(whole))" : "\(Int((processors * 1000).rounded(.up)))m"
}
