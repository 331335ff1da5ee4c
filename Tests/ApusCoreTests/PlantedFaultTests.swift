import Apus
import Testing

#if compiler(>=6.2) && os(Linux)
  /// A network of 200 operations in which one power is planted, at each of 50 lines: its gradient, its value or nothing at all
  /// is then no number, and file and line of it must be told, whether the network is compiled or not.
  @Suite struct PlantedFaultTests {
    private static let lines = 50
    private static func exponents(_ place: Int, _ fault: Double) -> [Double] {
      var all = [Double](repeating: 1, count: lines)
      all[place] = fault
      return all
    }

    private static func message(_ body: () throws -> Void) -> String {
      do {
        try withErrors { try withWarnings(.silent, body) }
        return ""
      } catch {
        return "\(error)"
      }
    }

    private static func input() -> Tensor { Tensor([0.5, 0.25, 1.0], requiresGrad: true) }

    private static func step(_ exponents: [Double], compiled: Bool) {
      if compiled {
        let step = compile { (x: Tensor) in
          let loss = network(x, exponents)
          loss.backward()
          return loss.detach()
        }
        _ = step(input())
      } else {
        network(input(), exponents).backward()
      }
    }

    /// Whether a call is that of line `i` of the network.
    private static func isPlace(_ call: (some StringProtocol)?, _ i: Int) -> Bool {
      guard let call else { return false }
      return call.hasPrefix("network in ") && call.hasSuffix("PlantedFaultTests.swift:\(firstLine + i)")
    }

    /// The power of 0 to 1/2 has the gradient infinity, and what is multiplied by 0 before it none.
    @Test(arguments: [false, true]) func aGradientThatIsNoNumberIsFound(compiled: Bool) {
      for i in 0..<Self.lines {
        let text = Self.message { detectAnomaly { Self.step(Self.exponents(i, 0.5), compiled: compiled) } }
        #expect(text.hasPrefix("backward: Function 'MulBackward0' returned nan values in its 0th output"), "\(text)")
        #expect(Self.isPlace(firstPlace(text), i), "\(text)")
      }
    }

    @Test(arguments: [false, true]) func anInfiniteGradientIsFound(compiled: Bool) {
      for i in stride(from: 0, to: Self.lines, by: 7) {
        let text = Self.message {
          detectAnomaly(checkInfinity: true) { Self.step(Self.exponents(i, 0.5), compiled: compiled) }
        }
        #expect(text.hasPrefix("backward: Function 'PowBackward0' returned infinite values in its 0th"), "\(text)")
        #expect(Self.isPlace(firstPlace(text), i), "\(text)")
      }
    }

    /// The sine of the next line is the first whose gradient is no number.
    @Test(arguments: [false, true]) func aValueThatIsNoNumberIsFoundInTheBackwardPass(compiled: Bool) {
      for i in 0..<Self.lines {
        let text = Self.message { detectAnomaly { Self.step(Self.exponents(i, .nan), compiled: compiled) } }
        let parts = text.split(separator: "The forward pass had nan values before that, first in 'PowBackward0',")
        // Behind the last one no other operation comes.
        let isLast = parts.count == 1 && text.hasSuffix("\nThe forward call gave nan values already.")
        #expect(parts.count == 2 || isLast, "\(text)")
        #expect(Self.isPlace(firstPlace(String(parts.last ?? "")), i), "\(text)")
      }
    }

    @Test(arguments: [false, true]) func aValueThatIsNoNumberIsFoundAtOnce(compiled: Bool) {
      for i in 0..<Self.lines {
        let text = Self.message { checkNumerics { Self.step(Self.exponents(i, .nan), compiled: compiled) } }
        let parts = text.split(separator: "; called at ")
        let start = "checkNumerics: Pow gave 3 nan among 3 elements of shape [3], float32, the first at [0]"
        #expect(text.hasPrefix(start + "; it was given finite numbers, float32[3]"), "\(text)")
        #expect(Self.isPlace(parts.last, i), "\(text)")
      }
    }

    /// Gradients are looked at too, by the operations that they belong to.
    @Test(arguments: [false, true]) func anInfiniteGradientIsFoundAmongAllChecks(compiled: Bool) {
      for i in stride(from: 0, to: Self.lines, by: 7) {
        let text = Self.message { checkNumerics { Self.step(Self.exponents(i, 0.5), compiled: compiled) } }
        #expect(text.hasPrefix("backward: Function 'PowBackward0' returned infinite values"), "\(text)")
        #expect(Self.isPlace(firstPlace(text), i), "\(text)")
      }
    }

    @Test(arguments: [false, true]) func whatIsSoundIsNoFault(compiled: Bool) {
      let all = Self.exponents(0, 1)
      #expect(Self.message { detectAnomaly(checkInfinity: true) { Self.step(all, compiled: compiled) } } == "")
      #expect(Self.message { checkNumerics { Self.step(all, compiled: compiled) } } == "")
    }
  }

  /// The first call that a message tells.
  private func firstPlace(_ text: String) -> Substring? {
    text.split(separator: "\n").first { $0.hasPrefix("    at ") }?.dropFirst(7)
  }

  private let firstLine = #line + 4
  @inline(never) @_optimize(none)
  private func network(_ input: Tensor, _ c: [Double]) -> Tensor {
    var x = input
    x = x.sin() + (x * 0).pow(c[0])
    x = x.sin() + (x * 0).pow(c[1])
    x = x.sin() + (x * 0).pow(c[2])
    x = x.sin() + (x * 0).pow(c[3])
    x = x.sin() + (x * 0).pow(c[4])
    x = x.sin() + (x * 0).pow(c[5])
    x = x.sin() + (x * 0).pow(c[6])
    x = x.sin() + (x * 0).pow(c[7])
    x = x.sin() + (x * 0).pow(c[8])
    x = x.sin() + (x * 0).pow(c[9])
    x = x.sin() + (x * 0).pow(c[10])
    x = x.sin() + (x * 0).pow(c[11])
    x = x.sin() + (x * 0).pow(c[12])
    x = x.sin() + (x * 0).pow(c[13])
    x = x.sin() + (x * 0).pow(c[14])
    x = x.sin() + (x * 0).pow(c[15])
    x = x.sin() + (x * 0).pow(c[16])
    x = x.sin() + (x * 0).pow(c[17])
    x = x.sin() + (x * 0).pow(c[18])
    x = x.sin() + (x * 0).pow(c[19])
    x = x.sin() + (x * 0).pow(c[20])
    x = x.sin() + (x * 0).pow(c[21])
    x = x.sin() + (x * 0).pow(c[22])
    x = x.sin() + (x * 0).pow(c[23])
    x = x.sin() + (x * 0).pow(c[24])
    x = x.sin() + (x * 0).pow(c[25])
    x = x.sin() + (x * 0).pow(c[26])
    x = x.sin() + (x * 0).pow(c[27])
    x = x.sin() + (x * 0).pow(c[28])
    x = x.sin() + (x * 0).pow(c[29])
    x = x.sin() + (x * 0).pow(c[30])
    x = x.sin() + (x * 0).pow(c[31])
    x = x.sin() + (x * 0).pow(c[32])
    x = x.sin() + (x * 0).pow(c[33])
    x = x.sin() + (x * 0).pow(c[34])
    x = x.sin() + (x * 0).pow(c[35])
    x = x.sin() + (x * 0).pow(c[36])
    x = x.sin() + (x * 0).pow(c[37])
    x = x.sin() + (x * 0).pow(c[38])
    x = x.sin() + (x * 0).pow(c[39])
    x = x.sin() + (x * 0).pow(c[40])
    x = x.sin() + (x * 0).pow(c[41])
    x = x.sin() + (x * 0).pow(c[42])
    x = x.sin() + (x * 0).pow(c[43])
    x = x.sin() + (x * 0).pow(c[44])
    x = x.sin() + (x * 0).pow(c[45])
    x = x.sin() + (x * 0).pow(c[46])
    x = x.sin() + (x * 0).pow(c[47])
    x = x.sin() + (x * 0).pow(c[48])
    x = x.sin() + (x * 0).pow(c[49])
    return x.sum()
  }
#endif
