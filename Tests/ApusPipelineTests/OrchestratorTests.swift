import Apus
import ApusCore
import ApusFormats
import ApusPipeline
import TestSupport
import Testing

/// What pipelines become for orchestrators.
@Suite struct OrchestratorTests {
  /// Five steps; of two names one becomes the other where capitals and underscores are none.
  static func sample(_ name: String = "Sales.v2") -> Pipeline {
    var sample = Pipeline(name)
    let rows = sample.add(
      PipelineStep("read_rows", type: "CsvExampleGen", outputs: [OutputDescription("examples", Examples.self)]) { _ in
      },
      giving: "examples", Examples.self)
    let statistics = sample.add(
      PipelineStep(
        "read-rows", type: "StatisticsGen", inputs: [StepInput("examples", rows)],
        outputs: [OutputDescription("statistics", ExampleStatistics.self)]
      ) { _ in },
      giving: "statistics", ExampleStatistics.self)
    var train = PipelineStep(
      "Train.it", type: "Trainer",
      inputs: [
        StepInput("examples", rows), StepInput("base-model", latest: ModelArtifact.self),
        StepInput("statistics", statistics),
      ], outputs: [OutputDescription("model.1", ModelArtifact.self)], parameters: ["epochs": 3]
    ) { _ in }
    train.retries = 2
    train.resources = StepResources(processors: 1.5, memory: 512, accelerators: 1, timeout: 60)
    let model = sample.add(train, giving: "model.1", ModelArtifact.self)
    sample.add(
      PipelineStep(
        "judge", type: "Evaluator", inputs: [StepInput("model", model), StepInput("examples", rows)],
        outputs: [OutputDescription("evaluation", ModelEvaluation.self)]
      ) { _ in })
    sample.add(PipelineStep("tell", type: "Mail", after: ["judge"]) { _ in })
    return sample
  }

  static func orchestration(_ command: [String] = ["/opt/sales"]) -> Orchestration {
    var how = Orchestration(command: command, root: "/runs")
    (how.image, how.volumeClaim) = ("registry.example/sales:1", "runs-claim")
    return how
  }

  @Test func whatIsMissingIsNamed() {
    let how = Self.orchestration()
    func changed(_ change: (inout Orchestration) -> Void) -> Orchestration {
      var other = how
      change(&other)
      return other
    }
    let (noImage, noClaim) = (changed { $0.image = "" }, changed { $0.volumeClaim = "" })
    let (noCommand, relative) = (changed { $0.command = [] }, changed { $0.root = "runs" })
    let (schedule, zero) = (changed { $0.schedule = "daily" }, changed { $0.command.append("a\0") })
    let (place, variable) = (changed { $0.command.append("{{x}}") }, changed { $0.environment = ["2=": "x"] })
    let mistakes = [
      Mistake("no steps", .value, "no steps") { try Pipeline("empty").airflow(how) },
      Mistake("a broken pipeline", .value, "no name of a pipeline") { try Pipeline("a b").airflow(how) },
      Mistake("no command", .value, "command") { try Self.sample().airflow(noCommand) },
      Mistake("a folder of elsewhere", .value, "'runs'", "begins with a slash") { try Self.sample().airflow(relative) },
      Mistake("a wrong schedule", .value, "'daily' is no schedule") { try Self.sample().airflow(schedule) },
      Mistake("a zero byte", .value, "zero byte") { try Self.sample().airflow(zero) },
      Mistake("a wrong variable", .value, "no name of a variable") { try Self.sample().airflow(variable) },
      Mistake("impossible resources", .value, "'tell'", "nan processors") {
        var pipeline = Self.sample()
        pipeline.change("tell") { $0.resources.processors = .nan }
        return try pipeline.kubeflow(how)
      },
      Mistake("no image", .value, "image", "set `image`") { try Self.sample().kubeflow(noImage) },
      Mistake("no image for Argo", .value, "image") { try Self.sample().argo(noImage) },
      Mistake("no claim", .value, "volumeClaim") { try Self.sample().argo(noClaim) },
      Mistake("a place of Argo's", .value, "{{x}}") { try Self.sample().argo(place) },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil, "\(mistake)") }
  }

  /// Texts that writers get wrong: quotes, marks of templates, what looks like numbers, controls, other alphabets.
  static let nasty: [String] = {
    let words = [
      "", " ", "'", "\"", "\\", "it's", "a\"b", "{{ x }}", "{% raw %}", "{# x #}", "{", "}}", "{{{", "$HOME", "`id`",
      "$(id)",
      "a\nb", "\n", "\t", "a\r\nb", "null", "~", "true", "No", "y", "1", "1.5", "1e5", "0x1F", "0o7", "1_000",
      "2026-01-01",
      "12:30:45", ".inf", ".nan", "-", "- a", "? a", "a: b", "a #b", "#", "&a", "*a", "!a", "|", ">", "%a", "@a", "=",
      "<<",
      "[a", "{a: b}", "a,b", "ü ß 猫 😀", "\u{200b}\u{2028}\u{feff}\u{7f}\u{85}\u{1b}[0m", "\u{1}\u{1f}", "x.sh", "x.sh ",
      "...",
      "---", "\\n", "\\u0041", "%s", "a\u{301}", "'\u{301}; id #",
      "{{\u{301} x }}", "\"\u{301}", "\\\u{301}", "{\u{301}%",
    ]
    var generator = SeededGenerator(state: 7)
    let alphabet = Array("aZ09 '\"\\{}%#$`\n\t:-_.,!?&*[]|<>@=~éŁ\u{2029}😀\u{fffe}\u{e000}\u{10ffff}")
    return words
      + (0..<300).map { _ in
        String(
          (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
          })
      }
  }()

  private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Suite(.enabled(if: PythonProgram.kubeflow.isInstalled)) struct Kubeflow {
    private let folder = TemporaryFolder()

    @Test func yamlIsReadAsItWasMeant() throws {
      let nasty = OrchestratorTests.nasty
      let numbers: [YAML] = [
        .double(0.1), .double(1e20), .double(-2.5e-7), .double(3), .int(-5), .bool(true), .bool(false),
      ]
      let map = nasty.enumerated().map { (key: $0.element + "\($0.offset)", value: YAML.text($0.element)) }
      let document: YAML = [
        "texts": YAML(nasty), "map": .map(map), "numbers": .list(numbers), "empty": [[], [:], [[]], [["a": [:]]]],
        "deep": [[["a": ["b": [["c"], "d"]]], "e"], ["f": "g", "h": [1, 2]]],
      ]
      put(Array(document.document.utf8), at: folder.file("document.yaml"))
      put(Array(JSON.array(nasty.map { .string($0) }).text().utf8), at: folder.file("meant.json"))
      let said = try PythonProgram.kubeflow.output(
        of: """
          import yaml, json, sys
          d = yaml.safe_load(open(sys.argv[1], encoding='utf-8'))
          meant = json.load(open(sys.argv[2], encoding='utf-8'))
          print(d['texts'] == meant, d['map'] == {t + str(i): t for i, t in enumerate(meant)}, len(meant))
          print(d['numbers'], [type(x).__name__ for x in d['numbers']], d['empty'], d['deep'])
          """, [folder.file("document.yaml"), folder.file("meant.json")])
      #expect(said.first == "True True \(nasty.count)")
      #expect(
        said.last
          == "[0.1, 1e+20, -2.5e-07, 3.0, -5, True, False] ['float', 'float', 'float', 'float', 'int', 'bool', 'bool'] "
          + "[[], {}, [[]], [{'a': {}}]] [[{'a': {'b': [['c'], 'd']}}, 'e'], {'f': 'g', 'h': [1, 2]}]")
    }

    @Test func theSDKLoadsAndUsesThePipeline() throws {
      put(
        Array(try OrchestratorTests.sample().kubeflow(OrchestratorTests.orchestration()).utf8),
        at: folder.file("p.yaml"))
      let said = try PythonProgram.kubeflow.output(
        of: """
          import sys, json
          from kfp import components, compiler, dsl
          from google.protobuf import json_format
          c = components.load_component_from_file(sys.argv[1])
          spec = json_format.MessageToDict(c.pipeline_spec)
          tasks = spec['root']['dag']['tasks']
          for name, t in sorted(tasks.items()):
              a = {k: (v['taskOutputArtifact']['producerTask'], v['taskOutputArtifact']['outputArtifactKey'])
                   for k, v in t['inputs'].get('artifacts', {}).items()}
              print(name, t.get('dependentTasks', []), sorted(a.items()), t.get('retryPolicy', {}).get('maxRetryCount'),
                    t['cachingOptions'])
          e = spec['deploymentSpec']['executors']['exec-train-it']['container']
          print(e['image'], e['command'], e['args'])
          print(json.dumps(e['resources'], sort_keys=True))
          o = spec['components']['comp-train-it']
          print({k: v['artifactType']['schemaTitle'] for k, v in sorted({**o['inputDefinitions']['artifacts'],
                **o['outputDefinitions']['artifacts']}.items())})
          p = json_format.MessageToDict(c.platform_spec)['platforms']['kubernetes']['deploymentSpec']['executors']
          print(p['exec-train-it']['activeDeadlineSeconds'], p['exec-tell']['pvcMount'][0]['mountPath'], len(p))
          @dsl.pipeline(name='outer')
          def outer(root: str = '/elsewhere'):
              c(root=root)
          compiler.Compiler().compile(outer, sys.argv[2])
          text = open(sys.argv[2]).read()
          print('exec-train-it' in text, 'pvcMount' in text, len(components.load_component_from_file(sys.argv[2]).pipeline_spec.components))
          """, [folder.file("p.yaml"), folder.file("outer.yaml")])
      let place = "{{$.outputs.artifacts['model_1'].path}}"
      #expect(
        said == [
          "judge ['read-rows', 'train-it'] [('examples', ('read-rows', 'examples')), ('model', ('train-it', 'model_1'))] None {}",
          "read-rows [] [] None {}",
          "read-rows-2 ['read-rows'] [('examples', ('read-rows', 'examples'))] None {}",
          "tell ['judge'] [] None {}",
          "train-it ['read-rows', 'read-rows-2'] [('examples', ('read-rows', 'examples')), ('statistics', ('read-rows-2', "
            + "'statistics'))] 2 {}",
          "registry.example/sales:1 ['/opt/sales'] ['step', '--root', \"{{$.inputs.parameters['root']}}\", '--run', "
            + "\"{{$.inputs.parameters['run']}}\", '--step', 'Train.it', '--output', \"model.1=\(place)\", '--executor-input', '{{$}}']",
          #"{"accelerator": {"count": "1", "resourceCount": "1", "resourceType": "nvidia.com/gpu", "type": "nvidia.com/gpu"}, "#
            + #""cpuLimit": 1.5, "memoryLimit": 0.536870912, "resourceCpuLimit": "1500m", "resourceMemoryLimit": "512Mi"}"#,
          "{'examples': 'system.Dataset', 'model_1': 'system.Model', 'statistics': 'system.Artifact'}", "60 /runs 5",
          "True True 6",
        ])
    }

    @Test func argoHasTheOrderAndTheLimits() throws {
      var how = OrchestratorTests.orchestration(["/opt/sales", "$(X)", "it's"])
      how.environment = ["A": "b $(c)"]
      put(Array(try OrchestratorTests.sample().argo(how).utf8), at: folder.file("w.yaml"))
      how.schedule = "0 3 * * *"
      put(Array(try OrchestratorTests.sample().argo(how).utf8), at: folder.file("c.yaml"))
      let said = try PythonProgram.kubeflow.output(
        of: """
          import yaml, sys
          w = yaml.safe_load(open(sys.argv[1]))
          s = w['spec']
          print(w['kind'], w['metadata']['generateName'], s['entrypoint'])
          t = {x['name']: x for x in s['templates']}
          print([(x['name'], x['template'], x.get('dependencies', [])) for x in t[s['entrypoint']]['dag']['tasks']])
          x = t['train-it']
          print(x['container']['command'], x['container']['args'])
          print(x['container']['resources'], x['container']['env'], x['retryStrategy'], x['activeDeadlineSeconds'])
          print(s['volumes'], x['container']['volumeMounts'], s['arguments'])
          c = yaml.safe_load(open(sys.argv[2]))
          print(c['kind'], c['metadata']['name'], c['spec']['schedules'], c['spec']['workflowSpec'] == s)
          """, [folder.file("w.yaml"), folder.file("c.yaml")])
      #expect(
        said == [
          "Workflow sales-v2- sales-v2-in-order",
          "[('read-rows', 'read-rows', []), ('read-rows-2', 'read-rows-2', ['read-rows']), ('train-it', 'train-it', "
            + "['read-rows', 'read-rows-2']), ('judge', 'judge', ['read-rows', 'train-it']), ('tell', 'tell', ['judge'])]",
          "['/opt/sales', '$$(X)', \"it's\"] ['step', '--root', '{{workflow.parameters.root}}', '--run', \"{{= "
            + "workflow.parameters.run == '' ? workflow.name : workflow.parameters.run }}\", '--step', 'Train.it']",
          "{'limits': {'cpu': '1500m', 'memory': '512Mi', 'nvidia.com/gpu': '1'}} [{'name': 'A', 'value': 'b $$(c)'}] {'limit': "
            + "'2', 'retryPolicy': 'Always', 'backoff': {'duration': '30s', 'factor': '2'}} 60",
          "[{'name': 'runs', 'persistentVolumeClaim': {'claimName': 'runs-claim'}}] [{'name': 'runs', 'mountPath': '/runs'}] "
            + "{'parameters': [{'name': 'root', 'value': '/runs'}, {'name': 'run', 'value': ''}]}",
          "CronWorkflow sales-v2 ['0 3 * * *'] True",
        ])
    }
  }

  @Suite(.enabled(if: PythonProgram.airflow.isInstalled)) struct Airflow {
    private let folder = TemporaryFolder()

    /// Python reads the literals, Jinja fills the templates in and the shell splits the words.
    @Test func wordsComeToTheProgramAsTheyWere() throws {
      let nasty = OrchestratorTests.nasty
      var how = OrchestratorTests.orchestration(["/bin/echo"] + nasty)
      how.environment = ["VALUE": nasty.joined(separator: "|")]
      put(Array(try OrchestratorTests.sample().airflow(how).utf8), at: folder.file("dag.py"))
      put(Array(JSON.array(nasty.map { .string($0) }).text().utf8), at: folder.file("meant.json"))
      let said = try PythonProgram.airflow.output(
        of: """
          import ast, sys, json, subprocess
          from jinja2.sandbox import SandboxedEnvironment
          meant = json.load(open(sys.argv[2], encoding='utf-8'))
          seen = []
          jinja = SandboxedEnvironment(keep_trailing_newline=True)
          context = {'run_id': 'manual__2026-01-01T00:00:00+00:00', 'params': {'root': "/it's/ü", 'run': ''}}
          for call in ast.walk(ast.parse(open(sys.argv[1], encoding='utf-8').read())):
              if not isinstance(call, ast.Call): continue
              for k in call.keywords:
                  if k.arg == 'bash_command':
                      seen.append(jinja.from_string(ast.literal_eval(k.value)).render(context))
                  if k.arg == 'env':
                      value = jinja.from_string(ast.literal_eval(k.value)['VALUE']).render(context)
          show = "import sys, json; print(json.dumps(sys.argv[1:]))"
          for command in seen:
              line = subprocess.run(['bash', '-c', 'f() { "$P" -c "$S" "$@"; }; f ' + command], capture_output=True,
                  env={'P': sys.executable, 'S': show, 'LC_ALL': 'C.UTF-8'}).stdout
              words = json.loads(line)
              wrong = [(a, b) for a, b in zip(words[1:-7], meant) if a != b]
              print(words[0], words[1:-7] == meant or wrong[:3], words[-7:-1])
          print(len(seen), value == '|'.join(meant))
          """, [folder.file("dag.py"), folder.file("meant.json")])
      let run = "manual__2026-01-01T00-00-00-00-00"
      let line = "/bin/echo True ['step', '--root', \"/it's/ü\", '--run', '\(run)', '--step']"
      #expect(said == [String](repeating: line, count: 5) + ["5 True"])
    }

    @Test func airflowReadsTheDAG() throws {
      var how = OrchestratorTests.orchestration()
      how.schedule = "30 4 * * 1"
      put(Array(try OrchestratorTests.sample().airflow(how).utf8), at: folder.file("dag.py"))
      let said = try PythonProgram.airflow.output(
        of: """
          import sys, os
          os.environ['AIRFLOW_HOME'] = sys.argv[1] + '/home'
          os.environ['AIRFLOW__CORE__LOAD_EXAMPLES'] = 'False'
          import logging
          logging.disable(logging.CRITICAL)
          import importlib.util
          spec = importlib.util.spec_from_file_location('dag', sys.argv[1] + '/dag.py')
          module = importlib.util.module_from_spec(spec)
          spec.loader.exec_module(module)
          dag = module.dag
          print('DAG', dag.dag_id, dag.catchup, sorted(dag.params), dag.params['root'])
          for t in dag.tasks:
              print('DAG', t.task_id, sorted(t.upstream_task_ids), t.retries, t.retry_delay, t.execution_timeout)
          """, [folder.path]
      ).filter { $0.hasPrefix("DAG") }
      #expect(
        said == [
          "DAG Sales.v2 False ['root', 'run'] /runs", "DAG read_rows [] 0 0:00:30 None",
          "DAG read-rows ['read_rows'] 0 0:00:30 None", "DAG Train.it ['read-rows', 'read_rows'] 2 0:00:30 0:01:00",
          "DAG judge ['Train.it', 'read_rows'] 0 0:00:30 None", "DAG tell ['judge'] 0 0:00:30 None",
        ])
    }
  }
}
