import ApusCore
import ApusFormats
import ApusRecipes
import Testing
#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Losses of vectors of texts beside sentence-transformers'.
@Suite struct EmbeddingLossTests {
  struct Case {
    let columns: Int
    let labels: Tensor?
    let loss: Double
    let gradients: [[Double]]
  }

  static func recorded() throws -> (vectors: [Tensor], cases: [String: Case]) {
    let file = try JSON(file: recordedFile("embedding-losses.json"))
    let rows = try #require(file["rows"]?.int)
    let width = try #require(file["width"]?.int)
    func numbers(_ json: JSON) -> [Double] {
      json.array?.flatMap { $0.array == nil ? [$0.double ?? .nan] : numbers($0) } ?? []
    }
    let vectors = try #require(file["vectors"]?.array).map { Tensor(numbers($0), shape: [rows, width]).to(.float32) }
    let cases = try #require(file["cases"]?.object).mapValues { json -> Case in
      let labels = json["labels"].flatMap { $0.isNull ? nil : numbers($0) }.map { values in
        Tensor(values, shape: values.count == rows ? [rows] : [rows, width]).to(.float32)
      }
      return Case(
        columns: json["columns"]?.int ?? 0, labels: labels, loss: json["loss"]?.double ?? .nan,
        gradients: json["gradients"]?.array?.map(numbers) ?? [])
    }
    return (vectors, cases)
  }

  static let losses: [(String, any EmbeddingLoss)] = {
    typealias Ranking = MultipleNegativesRankingLoss
    func matryoshka(_ loss: any EmbeddingLoss, _ dimensions: [Int], _ weights: [Double]? = nil) -> any EmbeddingLoss {
      (try? MatryoshkaLoss(loss, dimensions: dimensions, weights: weights)) ?? loss
    }
    return [
      ("ranking", Ranking()), ("ranking-negatives", Ranking(scale: 10)),
      ("ranking-directions", Ranking(directions: Set(Ranking.Direction.allCases))),
      ("ranking-symmetric", Ranking.symmetric()),
      ("ranking-hard", Ranking(hardnessMode: .hardNegatives, hardnessStrength: 5)),
      ("ranking-hard-batch", Ranking(hardnessMode: .inBatchNegatives, hardnessStrength: 5)),
      ("ranking-hard-all", Ranking(hardnessMode: .allNegatives, hardnessStrength: 5)), ("triplet", TripletLoss()),
      ("triplet-cosine", TripletLoss(distance: .cosine, margin: 0.5)),
      ("triplet-manhattan", TripletLoss(distance: .manhattan, margin: 2)), ("contrastive", ContrastiveLoss()),
      ("contrastive-euclidean", ContrastiveLoss(distance: .euclidean, margin: 4)),
      ("contrastive-manhattan", ContrastiveLoss(distance: .manhattan, margin: 9)), ("online", OnlineContrastiveLoss()),
      ("online-euclidean", OnlineContrastiveLoss(distance: .euclidean, margin: 4)), ("cosine", CosineSimilarityLoss()),
      ("cosent", CoSENTLoss()), ("angle", AnglELoss()), ("distill-mse", EmbedDistillLoss(measure: .mse)),
      ("distill-l2", EmbedDistillLoss(measure: .l2)), ("distill-cosine", EmbedDistillLoss()),
      ("margin", MarginMSELoss()), ("matryoshka", matryoshka(Ranking(), [2, 6, 4], [0.25, 1, 0.5])),
      ("matryoshka-cosent", matryoshka(CoSENTLoss(), [6, 3])),
      ("matryoshka-triplet", matryoshka(TripletLoss(margin: 1), [4])),
    ]
  }()

  @Test(arguments: losses.map(\.0)) func lossAndGradientAreTheLibrarys(_ name: String) throws {
    let (vectors, cases) = try Self.recorded()
    let recorded = try #require(cases[name])
    let loss = try #require(Self.losses.first { $0.0 == name }?.1)
    let own = vectors.prefix(recorded.columns).map { vector -> Tensor in
      let own = vector.detach()
      own.requiresGrad = true
      return own
    }
    let value = loss(Array(own), recorded.labels)
    value.backward()
    #expect(abs(value.item() - recorded.loss) <= 2e-6 * max(1, abs(recorded.loss)))
    for (tensor, expected) in zip(own, recorded.gradients) {
      let found: [Double] = (tensor.grad ?? Tensor.zeros(tensor.shape)).to(.float64).array()
      for (a, b) in zip(found, expected) {
        let distance = abs(a - b)
        #expect(distance <= 2e-5 * max(1, abs(b)), "\(name): \(a), \(b)")
      }
    }
    #expect(Set(Self.losses.map(\.0)) == Set(cases.keys))
  }

  @Test func perfectVectorsLoseNothing() throws {
    // The closed form of vectors at right angles: each row has its own direction.
    let unit = eye(4)
    let ranking = MultipleNegativesRankingLoss(scale: 3)([unit, unit])
    #expect(abs(ranking.item() - (log1p(3 * exp(-3.0)))) < 1e-6)
    #expect(CosineSimilarityLoss()([unit, unit], Tensor.ones([4])).item() < 1e-12)
    #expect(ContrastiveLoss()([unit, unit], Tensor.ones([4])).item() < 1e-12)
    #expect(EmbedDistillLoss(measure: .mse)([unit], unit).item() == 0)
    // No pair of rows is in order where all scores are equal.
    #expect(CoSENTLoss()([unit, unit], Tensor.ones([4])).item() == 0)
  }

  @Test func mistakesSayWhatIsAsked() throws {
    func message(_ body: () -> Tensor) -> String {
      do { _ = try withErrors { body() } } catch { return "\(error)" }
      return ""
    }
    let x = Tensor.ones([3, 4])
    #expect(message { TripletLoss()([x, x]) }.contains("needs 3 columns of texts, and found 2"))
    #expect(message { MultipleNegativesRankingLoss()([x]) }.contains("2 or more"))
    #expect(message { CoSENTLoss()([x, x]) }.contains("a label for each of 3 rows"))
    #expect(message { CoSENTLoss()([x, x], Tensor.ones([2])) }.contains("a label for each of 3 rows"))
    #expect(message { CosineSimilarityLoss()([x, Tensor.ones([3, 5])], Tensor.ones([3])) }.contains("one shape"))
    #expect(throws: TensorError.self) { try MatryoshkaLoss(TripletLoss(), dimensions: [4, 0]) }
    #expect(
      message { try! MatryoshkaLoss(MultipleNegativesRankingLoss(), dimensions: [8])([x, x]) }.contains("4 features"))
  }
}

/// The path of a recorded file.
func recordedFile(_ name: String) -> String {
  let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  return "\(folder)/Recorded/\(name)"
}
