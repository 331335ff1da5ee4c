import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXOperator {
  /// Images read at positions.
  static let sampling: [ONNXOperator] = [
    ONNXOperator("GridSample", since: 16, inputs: 2...2) { node in
      let modes: [String: GridSampleMode] = [
        "linear": .bilinear, "bilinear": .bilinear, "nearest": .nearest, "cubic": .bicubic, "bicubic": .bicubic,
      ]
      let margins: [String: GridPaddingMode] = ["zeros": .zeros, "border": .border, "reflection": .reflection]
      let mode = try node.choice("mode", default: node.opset < 20 ? "bilinear" : "linear", of: modes.keys.sorted())
      let margin = try node.choice("padding_mode", default: "zeros", of: margins.keys.sorted())
      let aligns = try node.flag("align_corners")
      return { call in
        let (x, grid) = (try call.tensor(0), try call.tensor(1))
        guard let mode = modes[mode], let margin = margins[margin] else { throw call.error(.value, "unknown mode") }
        let wide = x.dtype == .float64 ? x : x.to(.float32)
        let result = gridSample(wide, grid.to(wide.dtype), mode: mode, paddingMode: margin, alignCorners: aligns)
        return [.tensor(result.to(x.dtype))]
      }
    },
    ONNXOperator("AffineGrid", since: 20, inputs: 2...2) { node in
      let aligns = try node.flag("align_corners")
      return { call in
        let (theta, size) = (try call.tensor(0), try call.ints(1))
        guard size.count == 4 || size.count == 5 else {
          throw call.error(.shape, "the size must be [N, C, H, W] or [N, C, D, H, W], and found \(size)")
        }
        try call.requireMemory([size[0]] + size[2...] + [3], theta.dtype)
        try call.requireMemory(size, theta.dtype)
        return [.tensor(affineGrid(theta, size, alignCorners: aligns))]
      }
    },
  ]
}
