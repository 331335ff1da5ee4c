import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperatorTable {
  /// What ai.onnx.ml does to features before and behind a model.
  static let features: [ONNXOperator] = [
    ml("ArrayFeatureExtractor", 2, ONNXOperators.arrayFeatures),
    ml("Binarizer", 1) { call in
      let x = try call.tensor(0)
      return [.tensor(x.gt(try call.float("threshold", 0)).to(x.dtype))]
    },
    ml("CastMap", 1, ONNXOperators.castMap),
    ml("CategoryMapper", 1, ONNXOperators.categoryMapper),
    ml("DictVectorizer", 1, ONNXOperators.dictVectorizer),
    .reading("FeatureVectorizer", domain: "ai.onnx.ml", inputs: .atLeast(1), ONNXOperators.featureVectorizer),
    ml("Imputer", 1, ONNXOperators.imputer),
    ml("LabelEncoder", 1, ONNXOperators.labelEncoder),
    ml("Normalizer", 1, ONNXOperators.normalizer),
    ml("OneHotEncoder", 1, ONNXOperators.oneHotEncoder),
    ml("Scaler", 1, ONNXOperators.scaler),
    ml("ZipMap", 1, ONNXOperators.zipMap),
  ]

  private static func ml(_ name: String, _ inputs: Int, _ run: @escaping ONNXOperator.Kernel) -> ONNXOperator {
    .reading(name, domain: "ai.onnx.ml", inputs: inputs...inputs, run)
  }
}

extension ONNXOperators {
  static func arrayFeatures(_ call: ONNXCall) throws -> [ONNXValue?] {
    let value = try call.value(0)
    let index = try call.ints(1)
    guard let shape = value.shape, let size = shape.last, index.allSatisfy({ (0..<size).contains($0) }) else {
      throw call.error(.index, "cannot take the places \(index.prefix(5)) of \(value.kindName)")
    }
    let places = Tensor(index.map { Int64($0) }, shape: [index.count], dtype: .int64)
    return [
      value.moving { x in
        let taken = x.indexSelect(-1, places)
        return x.rank == 1 ? taken.unsqueeze(0) : taken
      }
    ]
  }

  static func scaler(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0).to(.float32)
    func row(_ name: String) throws -> Tensor? {
      guard let numbers = try call.floats(name), !numbers.isEmpty else { return nil }
      guard numbers.count == 1 || x.rank > 0 && numbers.count == x.size(-1) else {
        throw call.error(.shape, "'\(name)' has \(numbers.count) numbers for features of shape \(x.shape)")
      }
      return Tensor(numbers, shape: [numbers.count], dtype: .float32)
    }
    var made = x
    if let offset = try row("offset") { made = made - offset }
    if let scale = try row("scale") { made = made * scale }
    return [.tensor(made)]
  }

  static func normalizer(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0).to(.float32)
    guard x.rank > 0, x.size(-1) > 0 else { return [.tensor(x)] }
    let divisor: Tensor
    switch try call.string("norm", "MAX") {
    case "MAX": divisor = x.amax([-1], keepDim: true)
    case "L1": divisor = x.abs().sum([-1], keepDim: true)
    case "L2": divisor = (x * x).sum([-1], keepDim: true).sqrt()
    case let name: throw call.error(.value, "knows no norm '\(name)'; there are MAX, L1 and L2")
    }
    return [.tensor(x / `where`(divisor.eq(0), Tensor.ones([]), divisor))]
  }

  static func imputer(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let isFloat = x.dtype.isFloatingPoint
    let new =
      isFloat
      ? try call.floats("imputed_value_floats") ?? [] : (try call.ints("imputed_value_int64s") ?? []).map { Double($0) }
    guard !new.isEmpty, new.count == 1 || x.rank > 0 && new.count == x.size(-1) else {
      throw call.error(.shape, "needs one value, or one for each feature of \(x.shape), and found \(new.count)")
    }
    let old = isFloat ? try call.float("replaced_value_float", 0) : Double(try call.int("replaced_value_int64", 0))
    let isOld = old.isNaN ? x.ne(x) : isFloat ? x.eq(Tensor(old).to(x.dtype)) : x.eq(Int(old))
    let values = Tensor(new, shape: new.count == 1 ? [] : [new.count], dtype: .float64).to(x.dtype)
    return [.tensor(`where`(isOld, values, x))]
  }

  static func featureVectorizer(_ call: ONNXCall) throws -> [ONNXValue?] {
    let parts = try call.tensors().map { $0.to(.float32) }.map { x in
      x.rank == 1 ? x.unsqueeze(0) : x.rank == 2 ? x : x.reshape([x.shape.first ?? 1, -1])
    }
    return [.tensor(cat(parts, dim: 1))]
  }

  static func oneHotEncoder(_ call: ONNXCall) throws -> [ONNXValue?] {
    let value = try call.value(0)
    let (count, places): (Int, [Int?])
    if case .strings(let texts) = value {
      let known = try call.strings("cats_strings") ?? []
      let table = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      (count, places) = (known.count, texts.elements.map { table[$0] })
    } else {
      let known = try call.ints("cats_int64s") ?? []
      let table = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      (count, places) = (known.count, try call.tensor(0).array(as: Int.self).map { table[$0] })
    }
    guard try call.flag("zeros", true) || !places.contains(nil) else {
      throw call.error(.value, "finds a value that is no category")
    }
    let shape = (value.shape ?? []) + [count]
    try call.requireMemory(shape, .float32)
    var made = [Float](repeating: 0, count: places.count * count)
    for (i, place) in places.enumerated() { if let place { made[i * count + place] = 1 } }
    return [.tensor(Tensor(made, shape: shape))]
  }
}
