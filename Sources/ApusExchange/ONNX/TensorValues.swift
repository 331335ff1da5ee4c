import ApusCore
import ApusFormats

extension ONNXValue {
  /// The tensor of an ONNX file.
  /// - Parameter folder: where the model's file lies, for elements in other files.
  /// - Throws: `TensorError` that names the tensor.
  public init(_ proto: ONNX.TensorProto, in folder: String?) throws(TensorError) {
    let type = try proto.elementType()
    if type == .string {
      self = .strings(StringTensor(try proto.texts(), shape: try proto.shape()))
    } else {
      self.init(try proto.tensor(folder: folder), as: type)
    }
  }

  /// The sparse tensor of an ONNX file, made dense.
  /// - Throws: `TensorError` that names the tensor.
  public init(_ proto: ONNX.SparseTensorProto, in folder: String?) throws(TensorError) {
    func failure(_ message: String) -> TensorError {
      TensorError(.format, "", "sparse \(proto.values.title): \(message)")
    }
    let type = try proto.values.elementType()
    let (values, places) = (try proto.values.tensor(folder: folder), try proto.indices.tensor(folder: folder))
    let shape = try ONNX.TensorProto(name: proto.values.name, dims: proto.dims).shape()
    let count: Int
    do { count = try ResultMemory.require(shape, values.dtype) } catch { throw failure(error.message) }
    guard values.rank == 1, places.dtype == .int64, places.shape.first == values.count,
      places.rank == 1 || places.shape == [values.count, shape.count]
    else {
      throw failure("values \(values.shape) and positions \(places.dtype) \(places.shape) do not fit each other")
    }
    var flat = places.array(as: Int.self)
    if places.rank == 2 {
      let rows = flat
      flat = []
      for i in 0..<values.count {
        var place = 0
        for (d, size) in shape.enumerated() {
          let index = rows[i * shape.count + d]
          guard 0..<size ~= index else { throw failure("a position lies outside of the shape \(shape)") }
          place = place * size + index
        }
        flat.append(place)
      }
    }
    guard flat.allSatisfy((0..<count).contains) else { throw failure("a position lies outside of the shape \(shape)") }
    let dense = Tensor.zeros([count], dtype: values.dtype)
      .indexPut([Tensor(flat, dtype: .int64)], values)
    self.init(dense.reshape(shape), as: type)
  }
}
