import ApusCore
import ApusFormats
import ApusNN

// Convolutions and their transposes.

let convolutionExports: [String: ExportLowering] = [
  "ConvolutionForward": { operation in
    guard try operation.attributes.choice("epilogue") == "none" else {
      throw operation.refusal("it was joined with another operation already")
    }
    let settings = try ConvolutionLayout(operation)
    let all = try operation.inputs.indices.map { try operation.wide($0) }
    if operation.needsWideWindows([operation.inputSizes[0]]) {
      return [try operation.narrow(operation.wideConvolution(settings, all))]
    }
    return [try operation.narrow(operation.add("Conv", all, settings.attributes))]
  },
  "ConvolutionInputGradient": { operation in
    let settings = try ConvolutionLayout(operation, isTransposed: true)
    let all = try operation.inputs.indices.map { try operation.wide($0) }
    if operation.needsWideWindows([operation.inputSizes[0]]) {
      return [try operation.narrow(operation.wideTransposed(settings, all))]
    }
    var attributes = settings.attributes
    // What the sizes leave open: how much of the result lies beyond the last window.
    let (given, wanted) = (operation.inputSizes[0], operation.outputSizes[0])
    var rest: [Int] = []
    for d in settings.stride.indices {
      let span = settings.dilation[d] * (settings.kernel[d] - 1) + 1 - settings.before[d] - settings.after[d]
      let stride = Size(given[d + 2].values.map { ($0 - 1) * settings.stride[d] + span })
      rest.append(try operation.fixed([wanted[d + 2] - stride], "the padding of a transposed convolution")[0])
    }
    if rest.contains(where: { $0 != 0 }) { attributes.append(("output_padding", .ints(rest.map(Int64.init)))) }
    return [try operation.narrow(operation.add("ConvTranspose", all, attributes))]
  },
]

/// How windows are laid.
struct ConvolutionLayout {
  let stride, before, after, dilation, kernel: [Int]
  let groups: Int

  init(_ operation: ExportedOperation, isTransposed: Bool = false) throws {
    let a = try operation.attributes.inside("settings")
    stride = try a.ints("stride")
    before = try a.ints("padding")
    // A transposed convolution says by its result's sizes how far that one goes beyond the last window.
    after = try a.ints("paddingAfter").map { isTransposed ? max($0, 0) : $0 }
    dilation = try a.ints("dilation")
    groups = try a.int("groups")
    kernel = Array(operation.inputTypes[1].shape.dropFirst(2))
  }

  var attributes: [(String, ONNX.AttributeProto.Value)] {
    [
      ("kernel_shape", .ints(kernel.map(Int64.init))), ("strides", .ints(stride.map(Int64.init))),
      ("pads", .ints((before + after).map(Int64.init))), ("dilations", .ints(dilation.map(Int64.init))),
      ("group", .int(Int64(groups))),
    ]
  }
}
