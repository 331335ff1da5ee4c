import ApusCore
import ApusMetrics
import ApusModels
import ApusText
import ApusTrain

/// The class that a model gives a text, or the number.
struct ClassificationEvaluation {
  let model: any PretrainedModel
  let tokenizer: Tokenizer
  let settings: EvaluationSettings

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    let names = model.configuration.labels
    let isRegression =
      try model.configuration["problem_type"]?.string == "regression" || model.configuration.labelCount() == 1
    let classes = try model.configuration.labelCount()
    var texts: [(String, String?)] = []
    var wanted: [Double] = []
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) {
        let text = try row.text(.text)
        let pair = row.value(.textPair) == nil ? nil : try row.text(.textPair)
        wanted.append(
          isRegression ? try row.number(.label) : Double(try Self.label(row.required(.label), names, classes)))
        texts.append((text, pair))
      } catch { problems.append(.init(line: row.line, message: error.message)) }
    }
    progress.begin("texts", texts.count)
    let scores = try self.scores(of: texts, progress)
    if isRegression { return regression(scores.map { $0[0] }, wanted) }
    let predicted = scores.map { row in row.indices.max { row[$0] < row[$1] || row[$0] == row[$1] && $0 > $1 } ?? 0 }
    let labels = wanted.map { Int($0) }
    let right = zip(predicted, labels).map { $0 == $1 ? 1.0 : 0.0 }
    func name(_ label: Int) -> SettingValue { .string(names[label] ?? "LABEL_\(label)") }
    let items = zip(predicted, labels).map { ["label": name($1), "predicted": name($0)] }
    return EvaluationScores(
      measures: [
        .mean("accuracy", right),
        EvaluationScores.Measure(name: "f1_macro", isHigherBetter: true) { Self.macroF1(predicted, labels, $0) },
      ], items: items)
  }

  /// The number of a label, given as such or by its name.
  private static func label(
    _ given: SettingValue, _ names: [Int: String], _ classes: Int
  ) throws(EvaluationTask.Row.Mistake) -> Int {
    var found: Int?
    if case .int(let number) = given { found = number }
    if case .bool(let truth) = given { found = truth ? 1 : 0 }
    if let text = given.plainText, found == nil { found = names.first { $0.value == text }?.key ?? Int(text) }
    guard let found, (0..<classes).contains(found) else {
      let known = names.sorted { $0.key < $1.key }.map(\.value).prefix(10).joined(separator: ", ")
      throw .init(message: "the model has no label \(given.excerpt); it has \(classes): \(known)")
    }
    return found
  }

  /// The mean F1 of the classes that are there or are predicted.
  private static func macroF1(_ predicted: [Int], _ wanted: [Int], _ items: [Int]) -> Double {
    var counts: [Int: (both: Double, predicted: Double, wanted: Double)] = [:]
    for i in items {
      let label = wanted[i]
      counts[label, default: (0, 0, 0)].wanted += 1
      counts[predicted[i], default: (0, 0, 0)].predicted += 1
      if label == predicted[i] { counts[label, default: (0, 0, 0)].both += 1 }
    }
    guard !counts.isEmpty else { return .nan }
    return counts.values.reduce(0) { $0 + 2 * $1.both / ($1.predicted + $1.wanted) } / Double(counts.count)
  }

  private func regression(_ predicted: [Double], _ wanted: [Double]) -> EvaluationScores {
    EvaluationScores(
      measures: [
        .correlation("pearson", predicted, wanted, isRanked: false),
        .correlation("spearman", predicted, wanted, isRanked: true),
        .mean("mse", zip(predicted, wanted).map { ($0 - $1) * ($0 - $1) }, isHigherBetter: false),
      ], items: zip(predicted, wanted).map { ["predicted": .double($0), "label": .double($1)] })
  }

  /// The scores of the classes of each text, texts of about one length together.
  private func scores(of texts: [(String, String?)], _ progress: EvaluationProgress) throws -> [[Double]] {
    let most = max(
      8, min(settings.context ?? .max, model.contextLength ?? 512, tokenizer.configuration.modelMaxLength ?? .max))
    let encodings = try texts.map {
      try tokenizer.encode($0.0, pair: $0.1, truncation: Truncation(maxLength: most))
    }
    let order = encodings.indices.sorted { encodings[$0].count > encodings[$1].count }
    var scores = [[Double]](repeating: [], count: texts.count)
    var start = 0
    try withErrors {
      try noGrad {
        while start < order.count {
          let end = min(order.count, start + max(1, settings.batchTokens / max(1, encodings[order[start]].count)))
          let rows = order[start..<end]
          let inputs = ModelInputs(rows.map { encodings[$0] }, padding: tokenizer.configuration.padId ?? 0)
          guard let logits = model(inputs).logits, logits.rank == 2, logits.size(0) == rows.count else {
            throw TensorError(
              .unsupported, "classification", "\(type(of: model).typeName) gives no scores of labels")
          }
          let values: [Double] = logits.to(.float64).array()
          let width = logits.size(1)
          for (row, place) in rows.enumerated() { scores[place] = Array(values[row * width..<(row + 1) * width]) }
          start = end
          progress.advance(start)
        }
      }
    }
    return scores
  }
}

/// How well the cosine of two texts' vectors follows what people say of them.
struct SimilarityEvaluation {
  let embedder: TextEmbedder

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    var texts: [String] = []
    var wanted: [Double] = []
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) {
        let (first, second, score) = (try row.text(.first), try row.text(.second), try row.number(.score))
        texts += [first, second]
        wanted.append(score)
      } catch { problems.append(.init(line: row.line, message: error.message)) }
    }
    guard !wanted.isEmpty else { return EvaluationScores(measures: [], items: []) }
    progress.begin("texts", texts.count)
    let vectors = try embedder.embed(texts).reshape([wanted.count, 2, -1])
    let found: [Double] = noGrad {
      EmbeddingSimilarity.cosine.pairs(vectors.select(1, 0), vectors.select(1, 1)).to(.float64)
    }.array()
    progress.advance(texts.count)
    return EvaluationScores(
      measures: [
        .correlation("spearman", found, wanted, isRanked: true),
        .correlation("pearson", found, wanted, isRanked: false),
      ], items: zip(found, wanted).map { ["cosine": .double($0), "score": .double($1)] })
  }
}

/// Which of all texts a question's vector is nearest to.
struct RetrievalEvaluation {
  let embedder: TextEmbedder

  /// How far down results are looked at.
  static let depth = 10

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    var collection = Collection()
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) { try collection.add(row) } catch {
        problems.append(.init(line: row.line, message: error.message))
      }
    }
    collection.resolve(&problems)
    let queries = collection.queries
    guard !queries.isEmpty else { return EvaluationScores(measures: [], items: []) }
    progress.begin("texts", queries.count + collection.texts.count)
    let asked = try embedder.embed(queries.map(\.text))
    progress.advance(queries.count)
    let known = try embedder.embed(collection.texts)
    progress.advance(queries.count + collection.texts.count)
    let documents = collection.texts.count
    let metrics: [(name: String, metric: any RetrievalMetric & QueryMetric)] = [
      ("ndcg@\(Self.depth)", RetrievalNormalizedDCG(topK: Self.depth)),
      ("mrr@\(Self.depth)", RetrievalMRR(topK: Self.depth)),
      ("recall@\(Self.depth)", RetrievalRecall(topK: Self.depth)), ("recall@1", RetrievalRecall(topK: 1)),
    ]
    var values = [[Double]](repeating: [], count: metrics.count)
    var items: [[String: SettingValue]] = []
    for (i, query) in queries.enumerated() {
      let scores = noGrad { EmbeddingSimilarity.cosine.matrix(asked.narrow(0, i, 1), known) }.reshape([documents])
      var relevance = [Int](repeating: 0, count: documents)
      for (place, grade) in query.relevant { relevance[place] = grade }
      let graded = Tensor(relevance, dtype: .int64)
      let index = Tensor.zeros([documents], dtype: .int64)
      for (m, entry) in metrics.enumerated() {
        let target = m == 0 ? graded : graded.gt(0).to(.int64)
        entry.metric.reset()
        entry.metric.update(scores, target, indexes: index)
        values[m].append(entry.metric.computedValue?.number ?? .nan)
      }
      let best = scores.topk(min(Self.depth, documents)).indices
      let places: [Int64] = best.array(as: Int64.self)
      items.append([
        "query": .string(query.text), "found": .list(places.prefix(3).map { .string(collection.texts[Int($0)]) }),
        "rank": Self.rank(scores, query).map { .int($0) } ?? .none,
      ])
    }
    return EvaluationScores(
      measures: zip(metrics, values).map { .mean($0.name, $1) }, items: items,
      notes: ["\(queries.count) questions, \(documents) texts"])
  }

  /// The place of the best relevant text, from 1.
  private static func rank(_ scores: Tensor, _ query: Collection.Query) -> Int? {
    let values: [Float] = scores.to(.float32).array()
    guard let best = query.relevant.filter({ $0.value > 0 }).map({ values[$0.key] }).max() else { return nil }
    return 1 + values.count { $0 > best }
  }

  /// All texts, each once, and the questions.
  struct Collection {
    struct Query {
      let text: String
      /// The grades of texts, by their places.
      var relevant: [Int: Int]
    }

    private(set) var texts: [String] = []
    private(set) var queries: [Query] = []
    private var places: [String: Int] = [:]
    private var byIdentifier: [String: Int] = [:]
    /// Questions whose texts are named and may come later.
    private var named: [(query: Int, line: Int, identifier: String, grade: Int)] = []

    private mutating func place(of text: String) -> Int {
      if let place = places[text] { return place }
      places[text] = texts.count
      texts.append(text)
      return texts.count - 1
    }

    mutating func add(_ row: EvaluationTask.Row) throws(EvaluationTask.Row.Mistake) {
      if row.value(.query) == nil {
        let place = place(of: try row.text(.passage))
        if let identifier = row.value(.identifier)?.plainText { byIdentifier[identifier] = place }
        return
      }
      let text = try row.text(.query)
      var relevant: [Int: Int] = [:]
      let isNamed = row.values["relevant"] != nil
      let given = try row.required(.positive)
      if isNamed {
        var grades: [(String, Int)] = []
        if case .dictionary(let members) = given {
          for (identifier, value) in members.sorted(by: { $0.key < $1.key }) {
            guard case .int(let grade) = value else {
              throw .init(message: "grades are whole numbers, and '\(identifier)' has \(value.excerpt)")
            }
            grades.append((identifier, grade))
          }
        } else {
          grades = try row.texts(.positive).map { ($0, 1) }
        }
        for (identifier, grade) in grades { named.append((queries.count, row.line, identifier, grade)) }
      } else {
        for passage in try row.texts(.positive) { relevant[place(of: passage)] = 1 }
        if row.value(.negative) != nil {
          for passage in try row.texts(.negative) { _ = place(of: passage) }
        }
      }
      queries.append(Query(text: text, relevant: relevant))
    }

    /// Finds the texts that questions name.
    mutating func resolve(_ problems: inout [EvaluationTask.Problem]) {
      for entry in named {
        if let place = byIdentifier[entry.identifier] {
          queries[entry.query].relevant[place] = entry.grade
        } else {
          problems.append(.init(line: entry.line, message: "no passage has the id '\(entry.identifier)'"))
        }
      }
      queries.removeAll { query in !query.relevant.values.contains { $0 > 0 } }
    }
  }
}

extension EvaluationScores.Measure {
  /// Pearson's coefficient of two lists, or of their ranks (Spearman's).
  static func correlation(_ name: String, _ x: [Double], _ y: [Double], isRanked: Bool) -> Self {
    Self(name: name, isHigherBetter: true) { items in
      var (a, b) = (items.map { x[$0] }, items.map { y[$0] })
      if isRanked { (a, b) = (averageRanks(a), averageRanks(b)) }
      let n = Double(items.count)
      let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
      var (ab, aa, bb) = (0.0, 0.0, 0.0)
      for (p, q) in zip(a, b) {
        ab += (p - meanA) * (q - meanB)
        aa += (p - meanA) * (p - meanA)
        bb += (q - meanB) * (q - meanB)
      }
      return aa == 0 || bb == 0 ? .nan : ab / (aa * bb).squareRoot()
    }
  }
}
