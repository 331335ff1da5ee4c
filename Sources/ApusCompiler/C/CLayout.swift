import ApusCore

extension Graph {
  /// Lets every computed value lie in row-major order, whatever order suits the kernels of this machine: programs are the same
  /// wherever they are written, and the C of convolutions has one order to read. Images of bytes have their channels last where their
  /// operations write them so, since products of bytes add up several neighbours at once.
  mutating func layOutInRows() {
    // What asks for places in memory depends on the order that was.
    if nodes.contains(where: { $0.name == "AsStrided" }) { return }
    for (value, tensor) in constants { values[value].strides = tensor.strides }
    let place = Tensor.uninitialized([16], .float32)
    for node in nodes {
      guard case .primitive(let primitive) = node.operation else { continue }
      for (k, value) in node.outputs.enumerated() {
        // Views look at shapes and strides alone: all may lie in the same place.
        let inputs = node.inputs.map { place.part(at: 0, values[$0].type, strides: values[$0].strides) }
        let type = values[value].type
        if node.outputs.count == 1, let view = try? primitive.view(inputs, type: type) {
          values[value].view = (node.inputs[0], view.offset)
          values[value].strides = view.strides
        } else {
          values[value].view = nil
          values[value].strides = rowMajorStrides(type.shape)
          if type.dtype == .uint8 || type.dtype == .int8, case .channelsLast = primitive.layout(of: k, inputs, type) {
            values[value].strides = channelsLastStrides(type.shape)
          }
        }
      }
    }
  }
}
