import ApusCore
import ApusFormats
import FormatsKit
import Foundation
import TestSupport
import Testing

@Suite struct GGUFTests {
  static let recorded = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded"

  @Test func recordedFilesGiveWhatThePackageReads() throws {
    let group = try FormatGroup(name: "gguf", in: Self.recorded)
    #expect(group.cases.count > 20)
    for item in group.cases { #expect(group.run(item) == .passed, "\(item.id)") }
  }

  @Test func damagedFilesAreRefused() throws {
    let fuzzing = Fuzzing(FormatFuzzing(try FormatGroup(name: "gguf", in: Self.recorded)))
    for number in 0..<300 { _ = try fuzzing.readOne(number) }
  }

  @Test func quantisingKeepsRows() throws {
    let x = arange(0, 256).reshape([4, 64]) / 16 - 8
    for type in [GGUFTensorType.q8_0, .q5_1, .q5_0, .q4_1, .q4_0] {
      let quantized = try QuantizedTensor(quantizing: x, as: type)
      #expect(quantized.byteCount == 8 * type.block.bytes && quantized.rowCount == 4)
      let whole = quantized.dequantized()
      #expect((whole - x).abs().max().item() < 0.6)
      let rows = try quantized.dequantizedRows(1..<3)
      #expect(rows.array() == whole[1..<3].array())
      #expect(throws: TensorError.self) { try quantized.dequantizedRows(3..<5) }
    }
    #expect(throws: TensorError.self) { try QuantizedTensor(quantizing: Tensor.zeros([4, 33]), as: .q8_0) }
    #expect(throws: TensorError.self) { try QuantizedTensor(quantizing: x, as: .q5_K) }
  }

  @Test func metadataKeepsItsOrder() {
    var metadata = GGUFMetadata()
    metadata["b"] = .uint32(1)
    metadata["a"] = .string("x")
    metadata["b"] = .uint32(2)
    #expect(metadata.keys == ["b", "a"] && metadata["b"]?.int == 2)
    metadata["b"] = nil
    #expect(metadata.keys == ["a"])
  }
}
