import ApusFormats

/// The numbers of element types in TensorBoard's `TensorProto`.
enum SummaryTensor {
  static let float: Int64 = 1
  static let double: Int64 = 2
  static let string: Int64 = 7
}

extension ProtobufWriter {
  /// The metadata of `Summary.Value`: which plugin shows it, and what that one wants to know.
  mutating func addPlugin(_ name: String, content: [UInt8] = []) {
    add(9) { metadata in
      metadata.add(1) { plugin in
        plugin.add(1, string: name)
        if !content.isEmpty { plugin.add(2, bytes: content) }
      }
    }
  }

  /// A `TensorShapeProto` in a field.
  mutating func add(_ field: Int, tensorShape sizes: [Int]) {
    add(field) { shape in
      for size in sizes { shape.add(2) { $0.add(1, int64: Int64(size)) } }
    }
  }

  /// The tensor of `Summary.Value`: numbers of 32 bits.
  mutating func addTensor(_ values: [Float], shape: [Int]) {
    add(8) { tensor in
      tensor.add(1, int64: SummaryTensor.float)
      tensor.add(2, tensorShape: shape)
      tensor.add(5, floats: values)
    }
  }
}
