import ApusCore
import ApusNN

/// The network as one C file that needs nothing but `stdint.h`: no floating point number occurs in it.
///
///     let text = try exportLaegnaC(network, inputShape: [1, 8, 8], name: "digits")
///
/// It declares, for `name` "digits":
/// - `void digits(const int16_t *input, int32_t *output, int16_t *workspace)`: one sample in row-major order, as the integers of
///   ``LaegnaNetwork/encode(_:)`` (s = round(x / inputStep), cut to ±4^R / 2), to the integers of ``LaegnaNetwork/integers(_:)``;
/// - `int digits_label(const int16_t *input, int16_t *workspace)`: the place of the greatest output, the first of equals;
/// - `DIGITS_INPUT`, `DIGITS_OUTPUT`, `DIGITS_WORKSPACE`: how many elements these have, and `DIGITS_LIMIT`, the greatest input.
///
/// - Parameters:
///   - inputShape: that of one sample, without the batch.
///   - name: a C identifier.
/// - Throws: where the layers do not fit the shape.
public func exportLaegnaC(
  _ network: LaegnaNetwork, inputShape: [Int], name: String
) throws(TensorError) -> String {
  let isName =
    !name.isEmpty && !(name.first?.isNumber ?? true)
    && name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
  guard isName, inputShape.allSatisfy({ $0 > 0 }) else {
    throw TensorError(
      .value, "exportLaegnaC", "'\(name)' must be a C identifier and the shape \(inputShape) have positive sizes")
  }
  var program = LaegnaProgram(name: name, shape: inputShape)
  let layers = network.layers.layers
  for (i, layer) in layers.enumerated() {
    let isLast = !layers[(i + 1)...].contains { !($0 is Flatten) }
    switch layer {
    case let layer as LaegnaConv2d: try program.add(layer, isLast)
    case let layer as LaegnaLinear: try program.add(layer, isLast)
    case let layer as LaegnaMaxPool2d: try program.add(layer, isLast)
    case is Flatten: program.shape = [program.shape.reduce(1, *)]
    default:
      throw TensorError(.value, "exportLaegnaC", "\(type(of: layer).typeName) has no form in C")
    }
  }
  return program.text(network)
}

/// A C file that grows layer by layer. Numbers between layers lie in the two halves of the workspace in turn.
private struct LaegnaProgram {
  let name: String
  let inputCount: Int
  /// The shape of a sample at this point.
  var shape: [Int]
  private var tables = ""
  private var body = ""
  private var layers = 0
  private var most = 1
  /// Where the numbers are at this point.
  private var place = "input"

  init(name: String, shape: [Int]) {
    (self.name, self.shape, inputCount) = (name, shape, shape.reduce(1, *))
  }

  mutating func add(_ layer: LaegnaConv2d, _ isLast: Bool) throws(TensorError) {
    guard shape.count == 3, shape[0] == layer.weight.size(1) * layer.groups else { throw misfit(layer, shape) }
    let w = layer.window(layer.weight.size(1), shape[1], shape[2])
    guard w.out_height > 0, w.out_width > 0 else { throw misfit(layer, shape) }
    let (channels, outputs) = (layer.weight.size(0), layer.weight.size(0) / layer.groups)
    let target = next([channels, Int(w.out_height), Int(w.out_width)], isLast)
    body += """
        for (int o = 0; o < \(channels); o++)
          for (int y = 0; y < \(w.out_height); y++)
            for (int x = 0; x < \(w.out_width); x++) {
              \(sumType(layer)) sum = 0;
              for (int c = 0; c < \(w.channels); c++)
                for (int i = 0; i < \(w.kernel_height); i++)
                  for (int j = 0; j < \(w.kernel_width); j++) {
                    int v = y * \(w.stride_height) + i * \(w.dilation_height) - \(w.padding_height);
                    int u = x * \(w.stride_width) + j * \(w.dilation_width) - \(w.padding_width);
                    if (v < 0 || v >= \(w.height) || u < 0 || u >= \(w.width)) continue;
                    sum += \(target.from)[((o / \(outputs) * \(w.channels) + c) * \(w.height) + v) * \(w.width) + u]
                        * (\(sumType(layer)))weight\(layers)[((o * \(w.channels) + c) * \(w.kernel_height) + i) * \(w.kernel_width) + j];
                  }
              \(target.to)[(o * \(w.out_height) + y) * \(w.out_width) + x] = \(finished(layer));
            }

      """
    addTables(layer)
  }

  mutating func add(_ layer: LaegnaLinear, _ isLast: Bool) throws(TensorError) {
    guard shape == [layer.depth] else { throw misfit(layer, shape) }
    let channels = layer.weight.size(0)
    let target = next([channels], isLast)
    body += """
        for (int o = 0; o < \(channels); o++) {
          \(sumType(layer)) sum = 0;
          for (int i = 0; i < \(layer.depth); i++) sum += \(target.from)[i] * (\(sumType(layer)))weight\(layers)[o * \(layer.depth) + i];
          \(target.to)[o] = \(finished(layer));
        }

      """
    addTables(layer)
  }

  mutating func add(_ layer: LaegnaMaxPool2d, _ isLast: Bool) throws(TensorError) {
    guard shape.count == 3 else { throw misfit(layer, shape) }
    let w = layer.window(shape[0], shape[1], shape[2])
    guard w.out_height > 0, w.out_width > 0 else { throw misfit(layer, shape) }
    let target = next([shape[0], Int(w.out_height), Int(w.out_width)], isLast)
    body += """
        for (int c = 0; c < \(w.channels); c++)
          for (int y = 0; y < \(w.out_height); y++)
            for (int x = 0; x < \(w.out_width); x++) {
              int most = INT16_MIN;
              for (int i = 0; i < \(w.kernel_height); i++)
                for (int j = 0; j < \(w.kernel_width); j++) {
                  int v = y * \(w.stride_height) + i * \(w.dilation_height) - \(w.padding_height);
                  int u = x * \(w.stride_width) + j * \(w.dilation_width) - \(w.padding_width);
                  if (v < 0 || v >= \(w.height) || u < 0 || u >= \(w.width)) continue;
                  int s = \(target.from)[(c * \(w.height) + v) * \(w.width) + u];
                  most = s > most ? s : most;
                }
              \(target.to)[(c * \(w.out_height) + y) * \(w.out_width) + x] = most;
            }

      """
    layers += 1
  }

  private func misfit(_ layer: any Layer, _ shape: [Int]) -> TensorError {
    TensorError(
      .shape, "exportLaegnaC", "\(type(of: layer).typeName) (layer \(layers)) does not take a sample of shape \(shape)")
  }

  private mutating func next(_ shape: [Int], _ isLast: Bool) -> (from: String, to: String) {
    let from = place
    self.shape = shape
    place = isLast ? "output" : place == "here" ? "there" : "here"
    if !isLast { most = max(most, shape.reduce(1, *)) }
    return (from, place)
  }

  private func sumType(_ layer: LaegnaWeightedLayer) -> String {
    layer.depth * layer.format.limit * layer.format.limit < 1 << 31 ? "int32_t" : "int64_t"
  }

  private func finished(_ layer: LaegnaWeightedLayer) -> String {
    let t = layer.output
    let number = "step((sum + bias\(layers)[o]) * multiplier\(layers)[o], shift\(layers)[o], \(t.low), \(t.limit))"
    return "(\(layer.outputFormat == nil ? "int32_t" : "int16_t"))\(number)"
  }

  private mutating func addTables(_ layer: LaegnaWeightedLayer) {
    func table(_ type: String, _ name: String, _ values: [String]) {
      tables += "static const \(type) \(name)\(layers)[] = {"
      for start in stride(from: 0, to: values.count, by: 24) {
        tables += "\n  " + values[start..<min(values.count, start + 24)].joined(separator: ", ") + ","
      }
      tables += "\n};\n"
    }
    let weights = layer.format.integers(layer.weight).array(as: Double.self)
    table(layer.format.limit <= 127 ? "int8_t" : "int16_t", "weight", weights.map { "\(Int($0))" })
    let numbers = layer.numbers
    table("int64_t", "bias", numbers.bias.map { "\($0)" })
    table("int64_t", "multiplier", numbers.multiplier.map { "\($0)" })
    table("uint8_t", "shift", numbers.shift.map { "\($0)" })
    layers += 1
  }

  func text(_ network: LaegnaNetwork) -> String {
    let upper = name.uppercased()
    let outputCount = shape.reduce(1, *)
    return """
      // A network of Laegna numbers, with integers only.
      // Inputs: s = round(x / \(network.inputStep)), from -\(network.inputFormat.limit) to \(network.inputFormat.limit).
      // Outputs stand for s * \(network.outputStep).
      #include <stdint.h>

      #define \(upper)_INPUT \(inputCount)
      #define \(upper)_OUTPUT \(outputCount)
      #define \(upper)_WORKSPACE \(2 * most)
      #define \(upper)_LIMIT \(network.inputFormat.limit)

      \(tables)
      // x / 2^shift to the nearest integer, ties to even, from low to high. Shifts of negative numbers keep the sign.
      static int64_t step(int64_t x, int shift, int64_t low, int64_t high) {
        if (shift > 0) x = (x + (((int64_t)1 << (shift - 1)) - 1) + ((x >> shift) & 1)) >> shift;
        return x < low ? low : x > high ? high : x;
      }

      void \(name)(const int16_t *input, int32_t *output, int16_t *workspace) {
        int16_t *here = workspace, *there = workspace + \(most);
        (void)here, (void)there;
      \(body)}

      int \(name)_label(const int16_t *input, int16_t *workspace) {
        int32_t output[\(upper)_OUTPUT];
        \(name)(input, output, workspace);
        int label = 0;
        for (int i = 1; i < \(upper)_OUTPUT; i++) label = output[i] > output[label] ? i : label;
        return label;
      }

      """
  }
}
