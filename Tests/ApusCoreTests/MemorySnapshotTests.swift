import Apus
import Testing

#if compiler(>=6.2) && os(Linux)
  /// Live tensors by the place where they were made.
  @Suite struct MemorySnapshotTests {
    private static func isHere(_ place: MemorySnapshot.Place, _ line: Int) -> Bool {
      place.call?.hasSuffix("MemorySnapshotTests.swift:\(line)") == true
    }

    @Test func whatIsKeptIsToldByItsPlace() throws {
      var kept: [Tensor] = []
      let (_, growth) = trackAllocations { keep(100, in: &kept) }
      let place = try #require(growth.places.first { Self.isHere($0, lineOfKept) })
      #expect(place.count == 100 && place.bytes == 100 * 4096)
      #expect(growth.description.contains("+100 tensors, +400.0 KiB created at keep in "), "\(growth)")
      let (_, shrinkage) = trackAllocations { kept.removeAll() }
      #expect(shrinkage.places.contains { Self.isHere($0, lineOfKept) && $0.count == -100 }, "\(shrinkage)")
      #expect(!liveTensors().places.contains { Self.isHere($0, lineOfKept) })
    }

    /// Small tensors lie behind their object.
    @Test func smallTensorsCount() throws {
      var kept: [Tensor] = []
      let (_, growth) = trackAllocations { for i in 0..<7 { kept.append(Tensor(Double(i))) } }
      #expect(growth.places.contains { $0.count == 7 && $0.bytes == 28 }, "\(growth)")
      withExtendedLifetime(kept) {}
    }

    /// The sum of losses that keeps the graphs of all of them.
    @Test func aSumThatHoldsTheGraphIsFound() throws {
      let model = Linear(4, 1)
      var total = Tensor(0.0)
      let (_, growth) = trackAllocations { total = sumOfLosses(model, 50) }
      #expect(growth.operations >= 100)
      let advice = try #require(growth.advice)
      #expect(advice.hasPrefix("Graphs are kept alive by a result of AddBackward0 at sumOfLosses in "), "\(advice)")
      #expect(advice.contains("MemorySnapshotTests.swift:\(lineOfSum)."), "\(advice)")
      #expect(advice.hasSuffix("loss.item(), or loss.detach()"))
      withExtendedLifetime(total) {}
      #expect(trackAllocations { _ = sumOfLosses(model, 5) }.growth.advice == nil)
    }

    @Test func theModuleIsNamed() {
      let model = Sequential(Linear(4, 200), ReLU())
      var y: Tensor?
      let (_, growth) = trackAllocations { y = noGrad { model(ones(3, 4)) } }
      #expect(growth.places.contains { $0.module == "Sequential.1" && $0.bytes == 2400 }, "\(growth)")
      withExtendedLifetime(y) {}
    }

    @Test func nothingIsKnownWithoutHistory() async {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        let x = ones(1000)
        print(liveTensors())
        recordMemoryHistory()
        let y = ones(500)
        print(liveTensors())
        recordMemoryHistory(false)
        let z = ones(100)
        print(liveTensors().bytes)
        withExtendedLifetime((x, y, z)) {}
      }
      let lines = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("nothing is known of tensors") })
      #expect(lines.contains("1 tensor alive, 2.0 KiB") && lines.contains("2000"), "\(lines)")
    }
  }

  private let lineOfKept = #line + 3
  @inline(never) @_optimize(none)
  private func keep(_ count: Int, in kept: inout [Tensor]) {
    for _ in 0..<count { kept.append(ones(1024)) }
  }

  private let lineOfSum = #line + 7
  @inline(never) @_optimize(none)
  private func sumOfLosses(_ model: Linear, _ steps: Int) -> Tensor {
    var total = Tensor(0.0)
    for _ in 0..<steps {
      let loss = model(ones(2, 4)).pow(2).mean()
      loss.backward()
      total += loss
    }
    return total
  }
#endif
