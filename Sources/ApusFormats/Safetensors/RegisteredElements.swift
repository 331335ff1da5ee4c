import ApusCore

/// What the metadata of a safetensors file say of tensors whose elements are of registered types (``CustomElement``): for the
/// tensor NAME `apus.elements.NAME` is the name of the type and the version of its layout, `maxplus 1`.
enum RegisteredElements {
  private static let prefix = "apus.elements."

  static func metadata(of tensors: [SafetensorsTensor]) -> [String: String] {
    var result: [String: String] = [:]
    for tensor in tensors {
      guard let version = tensor.dtype.layoutVersion else { continue }
      result[prefix + tensor.name] = "\(tensor.dtype.name) \(version)"
    }
    return result
  }

  /// Shape and element type of the tensor of an entry, whose bytes are in the last dimension; nil: its elements are of a
  /// type of the format.
  /// - Throws: if this program has no such type, or another version of it.
  static func type(
    of entry: SafetensorsFile.Entry, _ metadata: [String: String]
  ) throws(TensorError) -> TensorType? {
    guard let text = metadata[prefix + entry.name] else { return nil }
    let words = text.split(separator: " ")
    let failure = { (kind: TensorError.Kind, message: String) in
      TensorError(kind, entry.path, "tensor '\(entry.name)': \(message)")
    }
    guard words.count == 2, let version = Int(words[1]) else {
      throw failure(.format, "'\(text)' in the metadata is not the name and the layout version of an element type")
    }
    let name = String(words[0])
    guard let dtype = DType(name: "apus." + name), let own = dtype.layoutVersion else {
      throw failure(
        .unsupported,
        "its elements are of the type '\(name)', which this program has not registered; ask for the dtype of that Swift type "
          + "before (DType.register(T.self))")
    }
    guard own == version else {
      throw failure(
        .unsupported,
        "its elements are '\(name)' of layout version \(version), and this program has version \(own); read the file with a "
          + "program that has that version, and convert the tensor there")
    }
    guard entry.dtype == .uint8, entry.shape.last == dtype.size else {
      throw failure(
        .format, "elements of '\(name)' take \(dtype.size) bytes, and the file has \(entry.shape) of \(entry.dtypeName)"
      )
    }
    return TensorType(entry.shape.dropLast(), dtype)
  }
}
