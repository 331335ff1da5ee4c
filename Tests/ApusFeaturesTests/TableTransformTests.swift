import Apus
import ApusFeatures
import Foundation
import TestSupport
import Testing

/// The table of penguins.
func penguins() throws -> Table { try Table(csv: Recorded.path("penguins.csv")) }

/// A transform of the penguins with something of everything.
func penguinTransform() -> TableTransform {
  var transform = TableTransform()
  transform.numeric("flipper_length_mm", .standardised, missing: .mean, indicator: true)
  transform.numeric("body_mass_g", .log1p, .scaled(to: -1...1), .clipped(-1...1), missing: .median)
  transform.numeric("bill_length_mm", .bucketised(5), missing: .value(40))
  transform.numeric("bill_depth_mm", .uniform(quantiles: 9), missing: .mean)
  transform.category("island", .oneHot)
  transform.category("sex", .index, missing: .ownCategory)
  transform.category("year", .oneHot, unknown: .buckets(1))
  transform.crossed(["island", "sex"], buckets: 12)
  transform.category("species", .index, role: .label)
  return transform
}

@Suite struct TableTransformTests {
  private let table: Table
  private let oracle: [String: Any]
  private let rows: [Int]

  init() throws {
    table = try penguins()
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: Recorded.path("scikit_learn.json"))))
    oracle = try #require(json as? [String: Any])
    rows = try #require(oracle["rows"] as? [Int])
  }

  private func recorded(_ name: String) throws -> [Double] {
    try #require(oracle[name] as? [Any]).map { ($0 as? Double) ?? .nan }
  }

  /// The features of the rows that are recorded.
  private func features(_ describe: (inout TableTransform) -> Void) throws -> [Double] {
    var transform = TableTransform()
    describe(&transform)
    let dense = try transform.fit(table)(table).dense
    return dense[rows].reshape([-1]).array(as: Double.self)
  }

  private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 2e-6) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test(arguments: [
    ("standard", NumericStep.standardised), ("minmax", .scaled(to: -1...2)), ("robust", .robust),
    ("quantile", .uniform(quantiles: 20)), ("log", .log1p),
  ])
  func numbersAsScikitLearn(_ name: String, _ step: NumericStep) throws {
    // The table misses two values; scikit-learn leaves them out of what is fitted too.
    let found = try features { $0.numeric("flipper_length_mm", step, missing: .value(191.3)) }
    let expected = try recorded(name)
    let there = rows.indices.filter { !expected[$0].isNaN }
    #expect(isClose(there.map { found[$0] }, there.map { expected[$0] }))
    #expect(there.count >= rows.count - 1)
  }

  @Test func stepsFollowEachOther() throws {
    let found = try features {
      $0.numeric("bill_length_mm", .log1p, .standardised, missing: .value(40), dtype: .float64)
    }
    let expected = try recorded("log_standard")
    #expect(zip(found, expected).allSatisfy { $1.isNaN || abs($0 - $1) < 1e-6 })
  }

  @Test func bucketsAsScikitLearn() throws {
    var transform = TableTransform()
    transform.numeric("flipper_length_mm", .bucketised(7, .index), missing: .median)
    let fitted = try transform.fit(table)
    #expect(try fitted(table)["flipper_length_mm"][rows].array(as: Double.self) == recorded("bins"))
    #expect(fitted.categoryCounts == ["flipper_length_mm": 8] && fitted.featureNames.isEmpty)
    var given = TableTransform()
    given.numeric("flipper_length_mm", .buckets(at: [181, 190, 203.5]), missing: .median)
    let oneHot = try given.fit(table)
    let dense = try oneHot(table).dense[rows]
    #expect(dense.argmax(1).array(as: Double.self) == (try recorded("digitize")))
    #expect(dense.sum(1).array(as: Float.self).allSatisfy { $0 == 1 })
    #expect(oneHot.featureNames[1] == "flipper_length_mm=[181.0, 190.0)")
  }

  @Test func categoriesAsScikitLearn() throws {
    var transform = TableTransform()
    transform.category("island")
    transform.category("species", role: .label)
    let fitted = try transform.fit(table)
    let names = try #require(oracle["island_names"] as? [String])
    let order = names.map { fitted.featureNames.firstIndex(of: "island=\($0)") ?? 0 }
    let dense = try fitted(table).dense[rows]
    let columns = stack(order.map { dense.select(1, $0) }, dim: 1)
    #expect(columns.reshape([-1]).array(as: Double.self) == (try recorded("island")))
    #expect(try fitted.targets(of: table)[rows].array(as: Double.self) == recorded("species"))
    #expect(fitted.classNames == ["Adelie", "Chinstrap", "Gentoo"])
    // The most frequent comes first.
    #expect(fitted.vocabulary("island") == ["Biscoe", "Dream", "Torgersen"])
  }

  @Test func partsGiveWhatTheWholeGives() throws {
    let whole = try penguinTransform().fit(table)
    let parts = try stride(from: 0, to: table.rows, by: 50).map { start in
      try Table(
        try table.names.map { name in
          let column = try table[name]
          let values = column.values[start..<min(start + 50, table.rows)]
          if column.type == .string {
            return (name, Column(values.map { if case .text(let text) = $0 { text } else { nil } }))
          }
          let numbers: [Double?] = values.map {
            switch $0 {
            case .int(let value): Double(value)
            case .double(let value): value
            default: nil
            }
          }
          if name == "year" { return (name, Column(numbers.map { Int($0 ?? 0) })) }
          return (name, Column(numbers))
        })
    }
    let fitted = try penguinTransform().fit(parts: parts)
    #expect(fitted.featureNames == whole.featureNames)
    #expect(allclose(try fitted(table).dense, try whole(table).dense, rtol: 1e-6, atol: 1e-6))
  }

  @Test func ranksOfManyNumbersStayNearTheirPlace() throws {
    let count = 1_000_000
    var number: UInt64 = 7
    let values = (0..<count).map { _ in
      number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(number >> 40)
    }
    var transform = TableTransform()
    transform.numeric("x", .bucketised(10), dtype: .float64)
    let fitted = try transform.fit(parts: [try Table([("x", Column(values))])])
    let shares = try fitted(Table([("x", Column(values))])).dense.mean(0).array(as: Double.self)
    // 1/8192 of n for each doubling beyond 65,536, at both ends of a bucket, and half a number.
    #expect(shares.allSatisfy { abs($0 - 0.1) < 2.0 * 4 / 8192 + 1e-6 })
  }

  @Test func unknownAndMissingCategories() throws {
    let training = try Table([("c", Column(["b", "a", "b", nil, "c"] as [String?])), ("n", Column([3, 5, 3, 3, 9]))])
    let other = try Table([("c", Column(["z", nil, "", "a"] as [String?])), ("n", Column([4, 3, 9, 5]))])
    func numbers(_ describe: (inout TableTransform) -> Void) throws -> [Int] {
      var transform = TableTransform()
      describe(&transform)
      return try transform.fit(training)(other)["c"].array(as: Int.self)
    }
    #expect(try numbers { $0.category("c", .index) } == [3, 3, 3, 1])
    #expect(try numbers { $0.category("c", .index, missing: .ownCategory) } == [3, 4, 4, 1])
    #expect(try numbers { $0.category("c", .index, missing: .mostFrequent) } == [3, 0, 0, 1])
    #expect(try numbers { $0.category("c", .index, vocabulary: .most(1), unknown: .buckets(1)) } == [1, 1, 1, 1])
    #expect(try numbers { $0.category("c", .index, vocabulary: .atLeast(2)) } == [1, 1, 1, 1])
    // FNV-1a of "z" is 0xaf63f74c86021a6d.
    #expect(
      try numbers { $0.category("c", .index, unknown: .buckets(10)) }[0] == 3 + Int(UInt64(0xaf63_f74c_8602_1a6d) % 10))

    var own = TableTransform()
    own.category("c", missing: .ownCategory)
    own.category("n", vocabulary: .given(["9"]), missing: .ownCategory)
    let ownFitted = try own.fit(training)
    #expect(ownFitted.featureNames == ["c=b", "c=a", "c=c", "c missing", "n=9", "n missing"])
    #expect(
      try ownFitted(other).dense.array(as: Int.self)
        == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0])

    var oneHot = TableTransform()
    oneHot.category("c")
    oneHot.category("n", .oneHot, unknown: .buckets(1))
    let fitted = try oneHot.fit(training)
    #expect(fitted.featureNames == ["c=b", "c=a", "c=c", "n=3", "n=5", "n=9", "n unknown"])
    let dense = try fitted(other).dense
    #expect(
      dense.array(as: Int.self) == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0])
  }

  @Test func crossesOfCategoriesAndBuckets() throws {
    let table = try Table([("a", Column(["x", "y", "x"])), ("n", Column([0.5, 1.5, 2.5]))])
    var transform = TableTransform()
    transform.category("a", .crossedOnly)
    transform.numeric("n", .buckets(at: [1, 2], .crossedOnly))
    transform.crossed(["a", "n"], buckets: 100, encoding: .index)
    let fitted = try transform.fit(table)
    // a: x, y, unknown, and one for none; n: three, and one for none.
    #expect(fitted.categoryCounts == ["a x n": 16])
    #expect(try fitted(table)["a x n"].array(as: Int.self) == [0, 5, 2])
    var few = TableTransform()
    few.category("a", .crossedOnly)
    few.numeric("n", .buckets(at: [1, 2], .crossedOnly))
    few.crossed(["a", "n"], buckets: 3, encoding: .index)
    let folded = try few.fit(table)
    let expected = [0, 5, 2].map { $0 * 1_640_531_527 % 4_294_967_291 % 3 }
    #expect(try folded(table)["a x n"].array(as: Int.self) == expected && folded.categoryCounts == ["a x n": 3])
  }

  @Test func wordsOfTexts() throws {
    let table = try Table([("t", Column(["A cat, a dog", "", nil, "Dog! dog-house \u{00fc}ber", "no"] as [String?]))])
    var transform = TableTransform()
    transform.text("t", vocabulary: .given(["dog", "a", "\u{00fc}ber"]), hashed: 1, length: 4)
    let fitted = try transform.fit(table)
    #expect(fitted.featureNames == ["t: dog", "t: a", "t: \u{00fc}ber", "t other 0"])
    #expect(
      try fitted(table).dense.array(as: Int.self) == [1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 0, 0, 0, 1])
    var presence = TableTransform()
    presence.text("t", .presence, vocabulary: .most(2))
    var pairs = TableTransform()
    pairs.text("t", vocabulary: .given(["a dog", "dog"]), ngrams: 2, length: 8)
    #expect(try pairs.fit(table)(table).dense.array(as: Int.self) == [1, 1, 0, 0, 0, 0, 0, 2, 0, 0])
    let found = try presence.fit(table)
    #expect(found.vocabulary("t") == ["dog", "a"])
    #expect(try found(table).dense.array(as: Int.self) == [1, 1, 0, 0, 0, 0, 1, 0, 0, 0])
  }

  @Test func hashesWithoutAVocabulary() throws {
    let table = try Table([("c", Column(["a", "b", nil, "a"] as [String?])), ("t", Column(["x y", "y", "", "z x"]))])
    var transform = TableTransform()
    transform.category("c", .index, vocabulary: .given([]), unknown: .buckets(8))
    transform.text("t", vocabulary: .given([]), hashed: 5)
    let folder = TemporaryFolder()
    let fitted = try transform.fit(table)
    try fitted.save(to: folder.path)
    let read = try FittedTransform.load(folder.path)
    // FNV-1a of "a" and "b"; a missing one is in the first bucket.
    let (a, b) = (Int(0xaf63_dc4c_8601_ec8c as UInt64 % 8), Int(0xaf63_df4c_8601_f1a5 as UInt64 % 8))
    for transform in [fitted, read] {
      let features = try transform(table)
      #expect(features["c"].array(as: Int.self) == [a, b, 0, a])
      #expect(features.dense.sum(1).array(as: Int.self) == [2, 1, 0, 2] && features.dense.shape == [4, 5])
    }
  }

  @Test func savedAndReadIsTheSame() throws {
    let folder = TemporaryFolder()
    let fitted = try penguinTransform().fit(table)
    try fitted.save(to: folder.file("t"))
    let read = try FittedTransform.load(folder.file("t"))
    let (a, b) = (try fitted(table), try read(table))
    #expect(a.dense.equal(b.dense) && a["sex"].equal(b["sex"]) && read.featureNames == fitted.featureNames)
    #expect(read.inputs == fitted.inputs && read.classNames == fitted.classNames && read.label == "species")
    #expect(read.categoryCounts == fitted.categoryCounts)
    #expect(try read.targets(of: table).equal(fitted.targets(of: table)))
    #expect(zip(read.buffers(), fitted.buffers()).allSatisfy { $0.equal($1) } && !read.buffers().isEmpty)
  }

  @Test func programsGiveTheSame() throws {
    let folder = TemporaryFolder()
    let fitted = try penguinTransform().fit(table)
    let features = try fitted(table)
    try exportServed(
      of: fitted, transform: fitted, to: folder.file("penguins"), outputNames: ["dense", "sex"]
    ) { [$0.dense, $0["sex"]] }
    let program = try Program.load(folder.file("penguins/1/model.apus"))
    #expect(program.inputs.map(\.name) == fitted.inputs.map(\.name) && program.sizes == ["rows"])
    let outputs = try program(try fitted.raw(table))
    #expect(allclose(outputs[0], features.dense, rtol: 1e-6, atol: 1e-6))
    #expect(outputs[1].equal(features["sex"]))
  }

  @Test func onnxGivesTheSame() throws {
    let folder = TemporaryFolder()
    let fitted = try penguinTransform().fit(table)
    let (features, raw) = (try fitted(table), try fitted.raw(table))
    let names = fitted.inputs.map(\.name)
    try exportONNX(
      { (raw: [Tensor]) in
        let features = fitted(raw)
        return [features.dense, features["sex"]]
      }, of: fitted, inputs: raw, to: folder.file("t.onnx"), inputNames: names, outputNames: ["dense", "ids"],
      dynamicAxes: Dictionary(uniqueKeysWithValues: names.map { ($0, [0: "rows"]) }))
    let model = try ONNXModel(path: folder.file("t.onnx"))
    let found = try model.run(Dictionary(uniqueKeysWithValues: zip(names, raw)))
    #expect(allclose(try #require(found["dense"]), features.dense, rtol: 1e-6, atol: 1e-6))
    #expect(try #require(found["ids"]).equal(features["sex"]))
  }

  @Test func mistakesNameTheColumn() throws {
    func message(_ table: Table? = nil, _ describe: (inout TableTransform) -> Void) -> String {
      var transform = TableTransform()
      describe(&transform)
      do {
        _ = try transform.fit(table ?? self.table)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { $0.numeric("wing") }.contains("no column is called 'wing'"))
    #expect(message { $0.numeric("sex") }.contains("'sex' holds string, and numbers are asked for"))
    #expect(message { $0.numeric("body_mass_g", .standardised) }.contains("'body_mass_g' misses 2 of 344 values"))
    #expect(message { $0.category("bill_length_mm") }.contains("'bill_length_mm' holds double"))
    #expect(message { _ in }.contains("no column is described"))
    #expect(
      message {
        $0.numeric("year"); $0.category("year")
      }.contains("'year' is described twice"))
    #expect(message { $0.numeric("year", .standardised, .robust) }.contains("more than one step that is fitted"))
    #expect(message { $0.numeric("year", .bucketised(3), .log1p) }.contains("steps behind its buckets"))
    #expect(message { $0.crossed(["sex", "island"], buckets: 3) }.contains("'sex' is no column of categories"))
    #expect(message { $0.numeric("year", .buckets(at: [2, 1])) }.contains("in rising order"))
    #expect(message { $0.category("sex", .index, unknown: .ignored) }.contains("unknown categories need one too"))
    let odd = try Table([
      ("none", Column([nil, nil] as [Double?])), ("empty", Column(["", nil] as [String?])),
      ("inf", Column([1, Double.infinity])),
      ("low", Column([-3.0, 1])), ("label", Column(["a", nil] as [String?])),
    ])
    #expect(message(odd) { $0.numeric("none", missing: .mean) }.contains("'none' has no value in 2 rows"))
    #expect(message(odd) { $0.category("empty") }.contains("'empty' has no value in 2 rows"))
    #expect(message(odd) { $0.numeric("inf", .standardised) }.contains("'inf' has infinite numbers"))
    #expect(message(odd) { $0.numeric("low", .log1p, .standardised) }.contains("'low' has -3.0"))
    #expect(
      message(odd) {
        $0.numeric("low"); $0.category("label", role: .label)
      }.contains("misses 1 of 2 values"))
    #expect(message(try Table([("x", Column([] as [Double]))])) { $0.numeric("x") }.contains("have no rows"))
    let fitted = try penguinTransform().fit(table)
    #expect(throws: TensorError.self) { try fitted(odd) }
    #expect(throws: TensorError.self) { try fitted.targets(of: odd) }
    #expect(throws: TensorError.self) { try withErrors { fitted([zeros(3)]).dense } }
  }

  @Test func wholeNumbersAndTimesKeepTheirDigits() throws {
    let table = try Table([("t", Column([1_700_000_001, 1_700_000_002])), ("n", Column([1, 2]))])
    var transform = TableTransform()
    transform.numeric("t", .scaled(to: 0...1))
    transform.numeric("n", .scaled(to: 0...1))
    let fitted = try transform.fit(table)
    #expect(fitted.inputs.map(\.dtype) == [.float64, .float32])
    #expect(try fitted(table).dense.array(as: Float.self) == [0, 0, 1, 1])
  }

  @Test func constantColumnsAreNoDivisionByZero() throws {
    let table = try Table([("x", Column([3.0, 3, 3]))])
    for step in [NumericStep.standardised, .scaled(to: 0...1), .robust, .uniform(quantiles: 3), .bucketised(3)] {
      var transform = TableTransform()
      transform.numeric("x", step)
      #expect(try transform.fit(table)(table).dense.isfinite().all().item() == 1)
    }
  }

  /// Files of a transform changed at random places: an error or another transform, never the end of the program.
  @Test func damagedFolders() throws {
    let folder = TemporaryFolder()
    let path = folder.file("t")
    try penguinTransform().fit(table).save(to: path)
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let files = names.map { contents(of: "\(path)/\($0)") }
    let description = try #require(names.firstIndex(of: "transform.json"))
    var random = SystemOf(seed: 11)
    var refused = 0
    for round in 0..<150 {
      let i = round % 3 == 0 ? Int(random.next() % UInt64(files.count)) : description
      var bytes = files[i]
      for _ in 0...Int(random.next() % 3) {
        guard !bytes.isEmpty else { break }
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(Array("0123456789-.,\"[]{}e\n".utf8)[Int(random.next() % 20)], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 40)))
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(names[i])"))
      do {
        let read = try FittedTransform.load(path)
        if round % 20 == 0 { _ = try? read(table) }
      } catch is TensorError { refused += 1 }
      try Data(files[i]).write(to: URL(fileURLWithPath: "\(path)/\(names[i])"))
    }
    #expect(refused > 40)
    try Data([0x61, 0xff, 0x0a]).write(to: URL(fileURLWithPath: "\(path)/island.txt"))
    #expect(throws: TensorError.self) { try FittedTransform.load(path) }
  }
}

/// Numbers that are the same in every run.
struct SystemOf: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
  }
}
