import Apus

extension Pipeline {
  /// The pipeline as a DAG of Airflow 2 and 3: the text of a Python file for its folder of DAGs.
  ///
  /// Each step is a `BashOperator` with the retries and the time limit of the step. The run is called as Airflow calls it, with hyphens
  /// for what a name may not have; the parameters `run` and `root` of a run replace its name and the folder.
  /// - Throws: `TensorError` of kind `value` where something is missing or cannot be; the first mistake of the description.
  public func airflow(_ how: Orchestration) throws -> String {
    try how.check(self, "Airflow")
    var lines = [
      "# The pipeline \(name), as a DAG of Airflow. Written by Apus: change the pipeline, and write it again.",
      "from datetime import datetime, timedelta, timezone", "", "try:", "    from airflow.sdk import DAG",
      "    from airflow.providers.standard.operators.bash import BashOperator", "except ImportError:",
      "    from airflow import DAG", "    from airflow.operators.bash import BashOperator", "",
    ]
    let schedule = how.schedule.map(Self.python) ?? "None"
    lines += [
      "with DAG(", "    dag_id=\(Self.python(name)),", "    schedule=\(schedule),",
      "    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),", "    catchup=False,",
      "    params={\"root\": \(Self.python(how.root)), \"run\": \"\"},", "    tags=[\"apus\"],", ") as dag:",
    ]
    for (i, step) in steps.enumerated() {
      lines += [
        "    step_\(i) = BashOperator(", "        task_id=\(Self.python(step.name)),",
        "        bash_command=\(Self.python(Self.bash(how, step.name))),", "        retries=\(step.retries),",
        "        retry_delay=timedelta(seconds=\(how.retryDelay)),",
      ]
      if let seconds = step.resources.timeout {
        lines.append("        execution_timeout=timedelta(seconds=\(seconds)),")
      }
      if !how.environment.isEmpty {
        let pairs = how.environment.sorted { $0.key < $1.key }
          .map { "\(Self.python($0.key)): \(Self.python(Self.template($0.value)))" }
        lines += ["        env={\(pairs.joined(separator: ", "))},", "        append_env=True,"]
      }
      lines += ["        do_xcom_push=False,", "    )"]
    }
    let places = Dictionary(steps.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
    for (i, step) in steps.enumerated() {
      let needed = Set(step.needed.compactMap { places[$0] }).sorted()
      if !needed.isEmpty { lines.append("    [\(needed.map { "step_\($0)" }.joined(separator: ", "))] >> step_\(i)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What stands between single quotes of the shell for the folder and for the run: what the parameter says, or Airflow's name of the
  /// run without the characters that a name may not have.
  private static let airflowRoot = "{{ params.root\(quoting) }}"
  private static let airflowRun =
    "{{ (params.run or (run_id | replace(':', '-') | replace('+', '-') | replace(' ', '-'))[:100])\(quoting) }}"
  private static let quoting = #" | replace("'", "'\\''")"#

  /// The command of a step. The quotes around every word also keep it from ending in `.sh`, which Airflow takes for a file.
  private static func bash(_ how: Orchestration, _ step: String) -> String {
    let marks = (root: "\0root", run: "\0run")
    return how.words(step: step, root: marks.root, run: marks.run).map { word in
      switch word {
      case marks.root: "'\(airflowRoot)'"
      case marks.run: "'\(airflowRun)'"
      default:
        "'" + template(replaced("'", in: word, with: "'\\''")) + "'"
      }
    }.joined(separator: " ")
  }

  /// A text as Jinja gives it back: it takes marks of its own out, and makes every end of a line one character.
  private static func template(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "{": "{{ '{' }}"
      case "\r": "{{ '\\r' }}"
      default: String(scalar)
      }
    }.joined()
  }

  /// A text as a literal of Python, whose escapes are those of YAML here.
  static func python(_ text: String) -> String { YAML.quoted(text) }
}
