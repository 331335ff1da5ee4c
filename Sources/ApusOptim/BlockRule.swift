import ApusCore
import ApusFunctional

/// The algorithm of an optimiser whose states lie in blocks of 256 bytes with a scale each, or in float32, and change where they lie.
protocol BlockRule: StepRule {
  /// The parameter after step number `step` (from 1), in its type; nil where it cannot be computed with. States are zeros at first, in
  /// memory that nobody else has.
  /// - Parameter number: the number of the parameter among all of the optimiser.
  func changed(_ parameter: Tensor, _ gradient: Tensor, states: [Tensor], step: Int, parameter number: Int) -> Tensor?
}

/// The numbers of a step, rounded to float32 once.
struct BlockScalars {
  /// What the parameter is multiplied by, 1 - lr * weightDecay.
  var kept: Float
  var lr: Float
  var beta1: Float
  var rest1: Float
  var beta2: Float
  var rest2: Float
  var eps: Float
  /// 1 - beta1^t and sqrt(1 - beta2^t).
  var correction1: Float
  var correction2: Float

  init(lr: Double, betas: (Double, Double), eps: Double, weightDecay: Double, step: Int) {
    kept = Float(1 - lr * weightDecay)
    self.lr = Float(lr)
    (beta1, rest1) = (Float(betas.0), Float(1 - betas.0))
    (beta2, rest2) = (Float(betas.1), Float(1 - betas.1))
    self.eps = Float(eps)
    correction1 = Float(1 - power(betas.0, step))
    correction2 = Float((1 - power(betas.1, step)).squareRoot())
  }
}

/// States of an optimiser in blocks: which there are, and a pass over a parameter with them.
struct BlockStates {
  static let size = 256
  /// The codes of each state.
  let codes: [DynamicCode]
  /// Smaller parameters have float32 states.
  let least: Int

  private func isSmall(_ count: Int) -> Bool { count < least }

  /// `state1`, `state2`, and where they are bytes `absmax1`, `absmax2`: the names of bitsandbytes.
  func kept(for parameter: Tensor) -> [KeptState] {
    let small = isSmall(parameter.count)
    let blocks = (parameter.count + Self.size - 1) / Self.size
    var kept = codes.indices.map {
      KeptState(name: "state\($0 + 1)", shape: parameter.shape, initial: 0, dtype: small ? .float32 : .uint8)
    }
    if !small {
      kept += codes.indices.map { KeptState(name: "absmax\($0 + 1)", shape: [blocks], initial: 0, dtype: .float32) }
    }
    return kept
  }

  /// Calls `update` with up to 256 numbers of the parameter, the gradient and the states, which it changes.
  ///
  /// A parameter of bfloat16 is rounded up or down at random where `seed` is given.
  func changed(
    _ parameter: Tensor, _ gradient: Tensor, _ states: [Tensor], seed: UInt64?,
    _ update: (
      _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ states: [UnsafeMutablePointer<Float>], _ count: Int
    ) -> Void
  ) -> Tensor? {
    guard let g = try? gradient.to(Device.cpu).dense(.float32), states.count == kept(for: parameter).count else {
      return nil
    }
    let new = parameter.to(Device.cpu).to(.float32).contiguous().clone()
    let count = new.count
    let p = new.body.data.assumingMemoryBound(to: Float.self)
    let gradients = UnsafePointer(g.data.assumingMemoryBound(to: Float.self))
    let memory = states.map(\.body.data)
    let (small, codes) = (isSmall(count), codes)
    withExtendedLifetime((new, g, states)) {
      parallelFor((count + Self.size - 1) / Self.size, grain: 16) { range in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.count * Self.size) { scratch in
          guard let wide = scratch.baseAddress else { return }
          for block in range {
            let first = block * Self.size
            let size = min(Self.size, count - first)
            if small {
              update(
                p + first, gradients + first, memory.map { $0.assumingMemoryBound(to: Float.self) + first }, size)
              continue
            }
            let parts = codes.indices.map { wide + $0 * Self.size }
            for (i, code) in codes.enumerated() {
              let bytes = memory[i].assumingMemoryBound(to: UInt8.self) + first
              let absmax = memory[codes.count + i].assumingMemoryBound(to: Float.self)[block]
              code.dequantize(bytes, size, absmax: absmax, into: parts[i])
            }
            update(p + first, gradients + first, parts, size)
            for (i, code) in codes.enumerated() {
              let bytes = memory[i].assumingMemoryBound(to: UInt8.self) + first
              memory[codes.count + i].assumingMemoryBound(to: Float.self)[block] = code.quantize(
                parts[i], size, into: bytes)
            }
          }
        }
      }
    }
    guard parameter.dtype == .bfloat16, let seed else { return new }
    return stochasticallyRounded(new, seed: seed)
  }
}

/// `x` of float32 in bfloat16, each number rounded to one of its two neighbours, to the nearer the more likely, so that the mean of many
/// roundings is the number itself (Gupta and others, 2015, "Deep Learning with Limited Numerical Precision"). What is no number stays so.
///
/// The same `seed` gives the same numbers, however many threads there are.
package func stochasticallyRounded(_ x: Tensor, seed: UInt64) -> Tensor {
  guard let source = try? x.detach().dense(.float32) else { return x }
  let result = Tensor.uninitialized(x.shape, .bfloat16)
  let bits = UnsafePointer(source.data.assumingMemoryBound(to: UInt32.self))
  let out = result.body.data.assumingMemoryBound(to: UInt16.self)
  withExtendedLifetime((source, result)) {
    parallelFor((x.count + 3) / 4, grain: 4096) { range in
      for group in range {
        // Four numbers of 16 bits from one of 64: Steele and others, 2014, splitmix64.
        var random = seed &+ UInt64(group) &* 0x9e37_79b9_7f4a_7c15
        random = (random ^ random >> 30) &* 0xbf58_476d_1ce4_e5b9
        random = (random ^ random >> 27) &* 0x94d0_49bb_1331_11eb
        random ^= random >> 31
        for i in 4 * group..<min(4 * group + 4, x.count) {
          let value = bits[i]
          let isNumber = value & 0x7f80_0000 != 0x7f80_0000
          let added = isNumber ? UInt32(truncatingIfNeeded: random & 0xffff) : 0
          // A NaN whose upper half is that of an infinity stays one.
          let kept: UInt32 = !isNumber && value & 0x007f_ffff != 0 ? 0x0040_0000 : 0
          out[i] = UInt16((value &+ added | kept) >> 16)
          random >>= 16
        }
      }
    }
  }
  return result
}
