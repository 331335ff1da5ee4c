import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Operations on pictures by their names in files.
  package static let vision: StoredTable = [
    "resample": Resampling.self, "nearest_pixels": NearestPixels.self, "normalize_channels": Normalising.self,
    "inverted_bytes": InvertedBytes.self,
  ]
}

extension StoredOperands {
  /// Refuses anything but pictures `[N, C, H, W]` with elements.
  fileprivate func checkPictures() throws(TensorError) {
    try count(1)
    try rank(0, is: 4)
    try filled(0)
  }
}

extension ResamplingMethod: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["interpolation": interpolation.rawValue, "antialias": antialias]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    let name: String = try attributes["interpolation"]
    guard let interpolation = ImageInterpolation(rawValue: name) else {
      throw TensorError(.format, "", "'\(name)' is no interpolation")
    }
    self.init(interpolation: interpolation, antialias: try attributes["antialias"])
  }
}

extension Resampling: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["height": height, "width": width, "method": method]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(height: try attributes["height"], width: try attributes["width"], method: try attributes["method"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkPictures()
    try operands.demand(
      [.uint8, .float32, .float64].contains(operands[0].dtype), "needs pictures in uint8, float32 or float64")
    try operands.demand(
      [.bilinear, .bicubic, .lanczos].contains(method.interpolation), "needs bilinear, bicubic or lanczos")
    try operands.number(height, in: 1...StoredOperands.largestNumber, "height")
    try operands.number(width, in: 1...StoredOperands.largestNumber, "width")
    try operands.demand(
      operands.shape(0)[2...].allSatisfy { $0 <= StoredOperands.largestNumber }, "the pictures are too large")
  }
}

extension NearestPixels: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["rows": rows, "columns": columns] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(rows: try attributes["rows"], columns: try attributes["columns"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkPictures()
    let (height, width) = (operands.shape(0)[2], operands.shape(0)[3])
    try operands.demand(width <= Int(Int32.max), "the pictures are too wide")
    try operands.numbers(rows, in: 0...height - 1, "rows")
    try operands.numbers(columns, in: 0...width - 1, "columns")
  }
}

extension Normalising: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["mean": mean, "deviation": deviation] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(mean: try attributes["mean"], deviation: try attributes["deviation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkPictures()
    try operands.demand(operands[0].dtype == .float32, "needs float32")
    let channels = operands.shape(0)[1]
    try operands.demand(
      mean.count == channels && deviation.count == channels, "needs a mean and a deviation for each channel")
  }
}

extension InvertedBytes: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.demand(operands[0].dtype == .uint8, "needs bytes")
  }
}
