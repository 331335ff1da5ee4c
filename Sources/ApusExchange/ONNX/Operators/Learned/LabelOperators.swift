import ApusCore
import ApusFormats

// Labels, categories and maps.

/// A key of a table of labels. Floating point keys are the same if their bits are, and every NaN is one key.
private enum LabelKey: Hashable {
  case text(String)
  case integer(Int64)
  case number(UInt64)

  init(_ x: Double) { self = .number(x.isNaN ? Double.nan.bitPattern : (x == 0 ? 0 : x).bitPattern) }
}

/// Elements of any of the three kinds that labels have.
private enum LabelList {
  case texts([String])
  case integers([Int64], DType)
  case numbers([Double], DType)

  init?(_ value: ONNXValue) {
    switch value {
    case .strings(let texts): self = .texts(texts.elements)
    case .tensor(let tensor) where tensor.dtype.isFloatingPoint:
      self = .numbers(tensor.settled.array(as: Double.self), tensor.dtype)
    case .tensor(let tensor): self = .integers(tensor.settled.array(as: Int64.self), tensor.dtype)
    default: return nil
    }
  }

  var keys: [LabelKey] {
    switch self {
    case .texts(let all): all.map { .text($0) }
    case .integers(let all, _): all.map { .integer($0) }
    case .numbers(let all, _): all.map { LabelKey($0) }
    }
  }

  var count: Int { keys.count }

  /// The elements at `places`; `standard` where there is none.
  func taken(_ places: [Int?], _ standard: LabelList, shape: [Int]) -> ONNXValue {
    switch (self, standard) {
    case (.texts(let all), .texts(let other)):
      .strings(StringTensor(places.map { $0.map { all[$0] } ?? other.first ?? "" }, shape: shape))
    case (.integers(let all, let type), .integers(let other, _)):
      .tensor(Tensor(places.map { $0.map { all[$0] } ?? other.first ?? -1 }, shape: shape, dtype: .int64).to(type))
    case (.numbers(let all, let type), .numbers(let other, _)):
      .tensor(Tensor(places.map { $0.map { all[$0] } ?? other.first ?? 0 }, shape: shape, dtype: .float64).to(type))
    default: .tensor(Tensor.zeros(shape))
    }
  }
}

extension ONNXOperators {
  static func labelEncoder(_ call: ONNXCall) throws -> [ONNXValue?] {
    let value = try call.value(0)
    if call.opset < 2 { return [try oldLabelEncoder(call, value)] }
    func list(_ prefix: String) throws -> LabelList? {
      if let tensor = try call.node.tensor("\(prefix)_tensor") { return LabelList(tensor) }
      if let texts = try call.strings("\(prefix)_strings") { return .texts(texts) }
      if let whole = try call.ints("\(prefix)_int64s") { return .integers(whole.map { Int64($0) }, .int64) }
      if let numbers = try call.floats("\(prefix)_floats") { return .numbers(numbers, .float32) }
      return nil
    }
    guard let keys = try list("keys"), let values = try list("values"), keys.count == values.count else {
      throw call.error(.format, "needs as many keys as values")
    }
    let standard: LabelList
    if let tensor = try call.node.tensor("default_tensor"), let list = LabelList(tensor) {
      standard = list
    } else {
      switch values {
      case .texts: standard = .texts([try call.string("default_string", "_Unused")])
      case .integers(_, let type): standard = .integers([Int64(try call.int("default_int64", -1))], type)
      case .numbers(_, let type): standard = .numbers([try call.float("default_float", -0.0)], type)
      }
    }
    guard let given = LabelList(value), let shape = value.shape else {
      throw call.error(.dtype, "cannot look up \(value.kindName)")
    }
    let table = Dictionary(keys.keys.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
    return [values.taken(given.keys.map { table[$0] }, standard, shape: shape)]
  }

  /// Version 1: texts to their places in a list, and back.
  private static func oldLabelEncoder(_ call: ONNXCall, _ value: ONNXValue) throws -> ONNXValue {
    let classes = try call.strings("classes_strings") ?? []
    if case .strings(let texts) = value {
      let table = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      let standard = try call.int("default_int64", -1)
      return .tensor(
        Tensor(texts.elements.map { Int64(table[$0] ?? standard) }, shape: texts.shape, dtype: .int64))
    }
    let standard = try call.string("default_string", "_Unused")
    let tensor = try call.tensor(0)
    return .strings(
      StringTensor(
        try call.ints(0).map { classes.indices.contains($0) ? classes[$0] : standard }, shape: tensor.shape))
  }

  static func categoryMapper(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (texts, numbers) = (try call.strings("cats_strings") ?? [], try call.ints("cats_int64s") ?? [])
    guard texts.count == numbers.count else {
      throw call.error(.format, "needs as many texts as numbers, and found \(texts.count) and \(numbers.count)")
    }
    if case .strings(let given) = try call.value(0) {
      let table = Dictionary(zip(texts, numbers), uniquingKeysWith: { first, _ in first })
      let standard = try call.int("default_int64", -1)
      return [
        .tensor(
          Tensor(given.elements.map { Int64(table[$0] ?? standard) }, shape: given.shape, dtype: .int64))
      ]
    }
    let table = Dictionary(zip(numbers, texts), uniquingKeysWith: { first, _ in first })
    let standard = try call.string("default_string", "_Unused")
    return [
      .strings(StringTensor(try call.ints(0).map { table[$0] ?? standard }, shape: try call.tensor(0).shape))
    ]
  }

  /// The map of input 0.
  private static func map(_ call: ONNXCall) throws -> ONNXMap {
    let value = try call.value(0)
    guard case .map(let map) = value else { throw call.error(.dtype, "needs a map, and found \(value.kindName)") }
    return map
  }

  static func dictVectorizer(_ call: ONNXCall) throws -> [ONNXValue?] {
    let map = try map(call)
    let places: [Int?]
    let count: Int
    switch map.keys {
    case .strings(let keys):
      let known = try call.strings("string_vocabulary") ?? []
      let table = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      (places, count) = (keys.map { table[$0] }, known.count)
    case .integers(let keys):
      let known = try call.ints("int64_vocabulary") ?? []
      let table = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      (places, count) = (keys.map { table[Int($0)] }, known.count)
    }
    let lists = map.values.map { LabelList($0) }
    if case .texts? = lists.first ?? nil {
      var row = [String](repeating: "", count: count)
      for (place, list) in zip(places, lists) {
        if let place, case .texts(let texts)? = list { row[place] = texts.first ?? "" }
      }
      return [.strings(StringTensor(row, shape: [1, count]))]
    }
    var row = [Double](repeating: 0, count: count)
    for (place, value) in zip(places, map.values) {
      if let place, let tensor = value.tensor { row[place] = tensor.array(as: Double.self).first ?? 0 }
    }
    let type = map.values.first?.tensor?.dtype ?? .float32
    return [.tensor(Tensor(row, shape: [1, count], dtype: .float64).to(type))]
  }

  static func castMap(_ call: ONNXCall) throws -> [ONNXValue?] {
    let map = try map(call)
    guard case .integers(let keys) = map.keys else { throw call.error(.dtype, "needs a map of whole numbers") }
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    let isSparse = try call.string("map_form", "DENSE") == "SPARSE"
    let length = try call.int("max_map", 1)
    guard !isSparse || (0..<1 << 28).contains(length) && keys.allSatisfy({ $0 >= 0 && $0 < length }) else {
      throw call.error(.index, "keys lie beyond \(length)")
    }
    let count = isSparse ? length : keys.count
    let places = isSparse ? order.map { Int(keys[$0]) } : Array(0..<keys.count)
    let isText = try call.string("cast_to", "TO_FLOAT") == "TO_STRING"
    var texts = [String](repeating: "", count: isText ? count : 0)
    var numbers = [Double](repeating: 0, count: isText ? 0 : count)
    for (place, i) in zip(places, order) {
      switch map.values[i] {
      case .strings(let value):
        let text = value.elements.first ?? ""
        if isText { texts[place] = text } else { numbers[place] = Double(text) ?? .nan }
      case .tensor(let value):
        let number = value.array(as: Double.self).first ?? 0
        if isText { texts[place] = "\(Float(number))" } else { numbers[place] = number }
      default: throw call.error(.dtype, "cannot convert \(map.values[i].kindName)")
      }
    }
    if isText { return [.strings(StringTensor(texts, shape: [1, count]))] }
    let type: DType = try call.string("cast_to", "TO_FLOAT") == "TO_INT64" ? .int64 : .float32
    return [.tensor(Tensor(numbers, shape: [1, count], dtype: .float64).to(type))]
  }

  static func zipMap(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let rows = x.rank == 1 ? x.unsqueeze(0) : x
    let texts = try call.strings("classlabels_strings") ?? []
    let numbers = try call.ints("classlabels_int64s") ?? []
    guard rows.rank == 2, rows.size(1) == (texts.isEmpty ? numbers.count : texts.count) else {
      throw call.error(
        .shape, "needs a column for each of \(max(texts.count, numbers.count)) labels, and found \(x.shape)")
    }
    let keys: ONNXMap.Keys = texts.isEmpty ? .integers(numbers.map { Int64($0) }) : .strings(texts)
    return [
      .sequence(
        (0..<rows.size(0)).map { i in
          .map(ONNXMap(keys: keys, values: (0..<rows.size(1)).map { .tensor(rows.select(0, i).select(0, $0)) }))
        })
    ]
  }
}
