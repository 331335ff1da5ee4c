import Apus
import Foundation
import TestSupport
import Testing

@Suite struct HDF5Tests {
  private static func open(_ bytes: [UInt8]) throws -> HDF5File {
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).h5"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try HDF5File(path: path)
  }

  @Test func groupsAndDatasets() throws {
    let file = try Self.open(HDF5Sample.dense(kernel: [1, 2, 3, 4, 5, 6], bias: [7, 8]))
    #expect(try file.datasets() == ["layers/dense/vars/0", "layers/dense/vars/1"])
    #expect(try file.members(of: "layers/dense/vars") == ["0", "1"])
    #expect(try file.kind(of: "layers") == .group)
    #expect(try file.kind(of: "layers/conv") == nil)
    #expect(try file.dataset("layers/dense/vars/0").shape == [3, 2])
    #expect(try file.tensor("layers/dense/vars/0").equal(Tensor([[1.0, 2], [3, 4], [5, 6]])))
  }

  @Test(arguments: [(1, "soft link"), (64, "external link")])
  func linksAreNotFollowed(kind: UInt8, words: String) throws {
    var sample = HDF5Sample()
    let root = sample.group([("a", 0)], kind: kind)
    let file = try Self.open(sample.finished(root: root))
    let error = #expect(throws: TensorError.self) { _ = try file.tensor("a") }
    #expect(error?.message.contains(words) == true)
  }

  @Test func groupInsideItself() throws {
    var sample = HDF5Sample()
    // The group is the first object, at 48.
    let root = sample.group([("again", 48)])
    let file = try Self.open(sample.finished(root: root))
    #expect(throws: TensorError.self) { _ = try file.datasets() }
  }

  @Test func claimsMoreThanThereIs() throws {
    var sample = HDF5Sample()
    let numbers = sample.dataset([1, 2], [1 << 40], claimed: 1 << 42)
    let root = sample.group([("a", numbers)])
    let file = try Self.open(sample.finished(root: root))
    let error = #expect(throws: TensorError.self) { _ = try file.tensor("a") }
    #expect(error?.message.contains("damaged or cut short") == true)
  }

  @Test func everyByteMayBeWrong() throws {
    let good = HDF5Sample.dense(kernel: [1, 2, 3, 4, 5, 6], bias: [7, 8])
    for place in good.indices {
      for value: UInt8 in [0, 0x7f, 0xff] {
        var bytes = good
        bytes[place] = value
        // Either is fine; nothing may crash.
        _ = try? Self.open(bytes).datasets()
      }
    }
  }
}
