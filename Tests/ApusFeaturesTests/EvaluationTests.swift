import Apus
import ApusFeatures
import Foundation
import TestSupport
import Testing

@Suite struct SlicedEvaluationTests {
  /// Rows with what a model says of them, drawn once: the same for the reference in Recorded/evaluation.json.
  private let table: Table
  private let reference: [String: [String: Double]]

  init() throws {
    table = try Table(csv: Recorded.path("scored.csv"))
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: Recorded.path("evaluation.json"))))
    reference = try #require(json as? [String: [String: Double]])
  }

  /// The numbers of a column.
  private func column(_ table: Table, _ name: String) throws -> Tensor { try table[name].tensor(.float64) }

  private func binary(_ table: Table) throws -> (predictions: Tensor, targets: Tensor) {
    (try column(table, "score"), try column(table, "label").to(.int64))
  }

  /// Rows of a table.
  private func rows(_ range: Range<Int>) throws -> Table {
    let text = try String(contentsOfFile: Recorded.path("scored.csv"), encoding: .utf8).split(separator: "\n")
    return try Table(
      csv: Array(([text[0]] + text[1...][(range.lowerBound + 1)..<(range.upperBound + 1)]).joined(separator: "\n").utf8)
    )
  }

  private static let metrics: [EvaluationMetric] = [
    .accuracy, .logLoss, .brier, .precision, .recall, .f1, .areaUnderCurve, .calibration, .meanLabel, .meanPrediction,
  ]

  @Test(arguments: [nil, "weight"])
  func binaryMetricsAsScikitLearn(_ weights: String?) throws {
    var evaluation = SlicedEvaluation(
      metrics: Self.metrics, slices: [.whole, .column("group"), .ranges("age", at: [30, 50]), .value("group", "b")])
    evaluation.weights = weights
    let results = try evaluation.run(table, binary)
    for slice in results.slices {
      let expected = try #require(reference["\(slice.key)\(weights == nil ? "" : " weighted")"], "\(slice.key)")
      #expect(slice.examples == Int(expected["examples"] ?? 0), "\(slice.key)")
      for metric in Self.metrics {
        let (found, wanted) = (slice.values[metric.name]?.value ?? .nan, try #require(expected[metric.name]))
        let tolerance = metric.name == "auc" ? 2e-3 : 1e-9
        #expect(abs(found - wanted) <= tolerance, "\(metric.name) of \(slice.key): \(found), \(wanted)")
      }
    }
    #expect(results.slices.map(\.key.description).contains("age=[30, 50)"))
    #expect(results[SliceKey("group", "c")]?.isSmall == true && results[.whole]?.isSmall == false)
  }

  @Test func valuesAsScikitLearn() throws {
    let evaluation = SlicedEvaluation(metrics: [.meanSquaredError, .rootMeanSquaredError, .meanAbsoluteError, .r2])
    let results = try evaluation.run(table) { (try column($0, "age") / 60, try column($0, "score")) }
    for (name, value) in try #require(reference["values"]) {
      #expect(abs((results.value(name) ?? .nan) - value) < 1e-9, "\(name)")
    }
  }

  @Test func classesByOtherMetrics() throws {
    let classes = Tensor([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3], [0.4, 0.35, 0.25]])
    let target = Tensor([0, 2, 0, 1])
    let evaluation = SlicedEvaluation(metrics: [
      .accuracy, .logLoss, .metric("macro F1") { MulticlassF1Score(numClasses: 3) },
    ])
    let results = try evaluation.run(Table([("n", Column([1, 2, 3, 4]))])) { _ in (classes, target) }
    #expect(results.value("accuracy") == 0.5)
    #expect(abs((results.value("log_loss") ?? 0) - -(log(0.7) + log(0.6) + log(0.2) + log(0.35)) / 4) < 1e-6)
    let direct = MulticlassF1Score(numClasses: 3)
    direct.update(classes, target)
    #expect(results.value("macro F1") == direct.compute().item())
  }

  @Test func partsGiveWhatTheWholeGives() throws {
    var evaluation = SlicedEvaluation(
      metrics: [.accuracy, .areaUnderCurve, .metric("exact") { BinaryAUROC() }],
      slices: [.whole, .column("flag") * .ranges("age", at: [40])])
    evaluation.confidence = .jackknife(parts: 4)
    let whole = try evaluation.run(table, binary)
    var parts = try [rows(0..<100), rows(100..<101), rows(101..<250), rows(250..<400)][...]
    let joined = try evaluation.run(next: { parts.popFirst() }, binary)
    #expect(joined.slices.map(\.key) == whole.slices.map(\.key) && whole.slices.count == 5)
    for (a, b) in zip(joined.slices, whole.slices) {
      for (name, estimate) in a.values {
        let other = try #require(b.values[name])
        #expect(abs(estimate.value - other.value) < 1e-6 || estimate.value.isNaN && other.value.isNaN)
        #expect((estimate.interval == nil) == (other.interval == nil))
        #expect(abs((estimate.interval?.lowerBound ?? 0) - (other.interval?.lowerBound ?? 0)) < 1e-6)
      }
    }
  }

  /// The delete-a-group jackknife of a mean is that of the means of the groups.
  @Test func intervals() throws {
    var evaluation = SlicedEvaluation(metrics: [.meanPrediction])
    evaluation.confidence = .jackknife(parts: 5, level: 0.9)
    let results = try evaluation.run(table, binary)
    let scores = try column(table, "score").array(as: Double.self)
    let means = (0..<5).map { part in
      let kept = scores.indices.filter { $0 % 5 != part }.map { scores[$0] }
      return kept.reduce(0, +) / Double(kept.count)
    }
    let mean = means.reduce(0, +) / 5
    let error = (means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * 4 / 5).squareRoot()
    // The 95th percentile of Student's distribution with 4 degrees of freedom, from tables.
    let interval = try #require(results[.whole]?.values["mean_prediction"]?.interval)
    #expect(abs((interval.upperBound - interval.lowerBound) / 2 - 2.131847 * error) < 1e-6)
    #expect(results.level == 0.9)
    // Without the one example of class 1 the sum of the labels is 0, and the calibration infinite: there is no interval.
    var few = SlicedEvaluation(metrics: [.calibration, .areaUnderCurve, .recall, .r2])
    few.confidence = .jackknife(parts: 3)
    let odd = try few.run(Table([("x", Column([1, 2, 3]))])) { _ in (Tensor([0.5, 0.5, 0.5]), Tensor([0, 1, 0])) }
    #expect(odd.value("calibration") == 1.5 && odd.slices[0].values.values.allSatisfy { $0.interval == nil })
  }

  @Test func thresholds() throws {
    let evaluation = SlicedEvaluation(
      metrics: [.accuracy, .logLoss, .calibration], slices: [.whole, .column("group")])
    let results = try evaluation.run(table, binary)
    let worse = try evaluation.run(table) { (try binary($0).predictions * 0.5, try binary($0).targets) }
    let accuracy = try #require(results.value("accuracy"))
    func failures(_ thresholds: MetricThreshold..., baseline: EvaluationResults? = nil) throws -> [String] {
      try results.validate(thresholds, baseline: baseline).failures.map(\.description)
    }
    #expect(try failures(.bounds("accuracy", from: accuracy, to: accuracy)).isEmpty)
    let low = try failures(.bounds("accuracy", from: 0.99))
    #expect(
      low.count == 1 && low[0].hasPrefix("accuracy of all rows is 0.")
        && low[0].contains("at least 0.99 is asked; 400 rows"))
    #expect(try failures(.bounds("accuracy", from: 2, slices: .columns(["group"]))).count == 4)
    #expect(try failures(.bounds("accuracy", from: 2, slices: .all)).count == 5)
    let few = try results.validate([.bounds("accuracy", from: 2, slices: .all, leastExamples: 30)])
    #expect(few.failures.count == 3 && few.skipped.map(\.description) == ["group missing", "group=c"])
    let absent = try failures(.bounds("accuracy", from: 0, slices: .named([SliceKey("group", "z")])))
    #expect(absent == ["accuracy of group=z was not measured, at least 0 is asked; 0 rows"])
    // Better than the baseline by what there is, and not by more.
    let gain = accuracy - (worse.value("accuracy") ?? 0)
    #expect(gain > 0)
    #expect(try failures(.change("accuracy", absolute: gain - 1e-9), baseline: worse).isEmpty)
    let small = try failures(.change("accuracy", absolute: gain + 0.01), baseline: worse)
    #expect(small.count == 1 && small[0].contains("(baseline 0."))
    #expect(try failures(.change("log_loss", relative: -0.01), baseline: worse).isEmpty)
    #expect(try failures(.change("log_loss", absolute: -10), baseline: worse).count == 1)
    #expect(try failures(.change("calibration", absolute: 0, higherIsBetter: true), baseline: results).isEmpty)
    #expect(throws: TensorError.self) { try failures(.change("calibration", absolute: 0), baseline: worse) }
    #expect(throws: TensorError.self) { try failures(.change("accuracy", absolute: 0)) }
    #expect(throws: TensorError.self) { try failures(.bounds("recall", from: 0)) }
    #expect(throws: TensorError.self) { try failures(.bounds("accuracy")) }
    #expect(few.description.hasPrefix("3 of 3 checks failed; too few rows in group missing; group=c"))
  }

  @Test func filesAndPages() throws {
    let folder = TemporaryFolder()
    var evaluation = SlicedEvaluation(
      metrics: [.accuracy, .areaUnderCurve], slices: [.whole, .column("group"), .column("flag")])
    evaluation.confidence = .jackknife()
    let results = try evaluation.run(table, binary)
    try results.write(to: folder.file("a/results.json"))
    let read = try EvaluationResults(path: folder.file("a/results.json"))
    #expect(read.slices == results.slices && read.metrics == results.metrics && read.level == 0.95)
    let validation = try results.validate([.bounds("accuracy", from: 0.99)])
    try validation.write(to: folder.file("validation.json"))
    #expect(String(decoding: contents(of: folder.file("validation.json")), as: UTF8.self).contains("\"ok\": false"))
    try results.write(page: folder.file("page.html"), title: "A <model>", baseline: read, validation: validation)
    let page = String(decoding: contents(of: folder.file("page.html")), as: UTF8.self)
    #expect(page.contains("A &lt;model&gt;") && page.contains("group=b") && page.contains("at least 0.99 is asked"))
    #expect(!page.contains("http"))
    // Changed at random places: an error or other results, never the end of the program.
    let bytes = contents(of: folder.file("a/results.json"))
    var random = SystemOf(seed: 3)
    for _ in 0..<100 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next() >> 8)
      }
      put(damaged, at: folder.file("damaged.json"))
      _ = try? EvaluationResults(path: folder.file("damaged.json"))
    }
  }

  @Test func configurationsOfTFMA() throws {
    let folder = TemporaryFolder()
    func read(_ text: String, _ name: String = "eval_config.pbtxt") throws -> EvaluationConfiguration {
      put(Array(text.utf8), at: folder.file(name))
      return try EvaluationConfiguration(path: folder.file(name))
    }
    let text = """
      model_specs { signature_name: "serving_default" label_key: "label" example_weight_key: "weight" }
      model_specs { name: "baseline" is_baseline: true }
      slicing_specs {}
      slicing_specs { feature_keys: ["group"] }
      slicing_specs { feature_keys: ["group"] feature_values { key: "flag" value: "true" } }
      metrics_specs {
        metrics { class_name: "ExampleCount" }
        metrics {
          class_name: "BinaryAccuracy"
          threshold {
            value_threshold { lower_bound { value: 0.5 } upper_bound { value: 0.99 } }
            change_threshold { direction: HIGHER_IS_BETTER absolute { value: -1e-10 } }
          }
          per_slice_thresholds {
            slicing_specs { feature_values { key: "group" value: "b" } }
            slicing_specs { feature_keys: "group" }
            threshold { value_threshold { lower_bound { value: 2 } } }
          }
        }
        metrics { class_name: "AUC" config: "{ \\"name\\": \\"area\\" }" }
        metrics { class_name: "BinaryCrossentropy" }
        thresholds { key: "binary_crossentropy" value { value_threshold { upper_bound { value: 0.7 } } } }
      }
      options { compute_confidence_intervals { value: true } min_slice_size { value: 50 } }
      """
    let configuration = try read(text)
    #expect(configuration.label == "label" && configuration.evaluation.weights == "weight")
    #expect(
      configuration.evaluation.slices.prefix(2) == [.whole, .column("group")]
        && configuration.evaluation.slices.count == 3)
    #expect(configuration.evaluation.metrics.map(\.name) == ["binary_accuracy", "area", "binary_crossentropy"])
    #expect(configuration.evaluation.confidence == .jackknife())
    #expect(
      configuration.thresholds == [
        .bounds("binary_accuracy", from: 0.5, to: 0.99, leastExamples: 50),
        .change("binary_accuracy", absolute: -1e-10, higherIsBetter: true, leastExamples: 50),
        .bounds("binary_accuracy", from: 2, slices: .named([SliceKey("group", "b")]), leastExamples: 50),
        .bounds("binary_accuracy", from: 2, slices: .columns(["group"]), leastExamples: 50),
        .bounds("binary_crossentropy", to: 0.7, leastExamples: 50),
      ])
    let results = try configuration.evaluation.run(table, binary)
    let verdict = try results.validate(configuration.thresholds, baseline: results)
    #expect(
      verdict.failures.map(\.slice.description) == ["group=b", "group=a", "group=b"] && verdict.skipped.count == 2)

    // As TFMA writes it beside its results.
    let json = """
      {"evalConfig": {"modelSpecs": [{"labelKey": "label"}], "slicingSpecs": [{"featureValues": {"group": "a"}}],
      "metricsSpecs": [{"metrics": [{"className": "MeanLabel", "threshold": {"valueThreshold": {"lowerBound": 0.1}}}]}]},
      "version": "0.46.0"}
      """
    let other = try read(json, "eval_config.json")
    #expect(other.evaluation.slices == [.value("group", "a")] && other.thresholds == [.bounds("mean_label", from: 0.1)])

    for (wrong, part) in [
      ("slicing_specs {}", "no metric"),
      ("metrics_specs { metrics { class_name: \"Glamour\" } }", "'Glamour' is not known"),
      ("metrics_specs { metrics { class_name: \"AUC\" config: \"{\\\"num_thresholds\\\": 3}\" } }", "num_thresholds"),
      (
        "metrics_specs { metrics { class_name: \"AUC\" } thresholds { key: \"acc\" value { value_threshold {} } } }",
        "'acc'"
      ),
      (
        "metrics_specs { metrics { class_name: \"AUC\" threshold { change_threshold { absolute { value: 1 } } } } }",
        "direction"
      ),
      ("metrics_specs {", "line 1"),
    ] {
      let error = #expect(throws: TensorError.self) { try read(wrong) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }

  @Test func mistakes() throws {
    func message(_ change: (inout SlicedEvaluation) -> Void, _ table: Table? = nil) -> String {
      var evaluation = SlicedEvaluation(metrics: [.accuracy])
      change(&evaluation)
      do {
        _ = try evaluation.run(table ?? self.table, binary)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { $0.slices = [.column("colour")] }.contains("no column is called 'colour'"))
    #expect(message { $0.slices = [.column("score")] }.contains(".ranges(\"score\""))
    #expect(message { $0.slices = [.ranges("age", at: [3, 2])] }.contains("rising order"))
    #expect(message { $0.slices = [] }.contains(".whole"))
    #expect(message { $0.weights = "group" }.contains("'group' holds string"))
    #expect(message { $0.metrics = [.accuracy, .accuracy] }.contains("must differ"))
    #expect(
      message {
        $0.weights = "weight"
        $0.metrics = [.metric("exact") { BinaryAUROC() }]
      }.contains("'exact' takes no weights"))
    #expect(message { $0.metrics = [.metric("curve") { MulticlassAccuracy(numClasses: 2, average: .none) }] } != "")
    #expect(
      message {
        $0.mostSlices = 2; $0.slices = [.column("group")]
      }.contains("more than 2 slices"))
    #expect(message { $0.confidence = .jackknife(parts: 1) }.contains("2 to 1000 parts"))
    #expect(
      message({ _ in }, try Table([("score", Column([] as [Double])), ("label", Column([] as [Int]))])).contains(
        "no rows"))
    let wrong = SlicedEvaluation(metrics: [.areaUnderCurve])
    #expect(throws: TensorError.self) { try wrong.run(table) { (try column($0, "age"), try column($0, "label")) } }
    #expect(throws: TensorError.self) { try wrong.run(table) { _ in (zeros(3), zeros(3)) } }
  }
}
