import ApusCore
import ApusFormats
import TestSupport
import Testing

@Suite struct ONNXTensorTests {
  private func raw(_ type: ONNX.DataType, _ dims: [Int64], _ bytes: [UInt8]) -> ONNX.TensorProto {
    ONNX.TensorProto(name: "t", dims: dims, dataType: type.rawValue, rawData: ByteSlice(bytes))
  }

  private func refusal(_ proto: ONNX.TensorProto, folder: String? = nil) -> String {
    do throws(TensorError) {
      _ = try proto.tensor(folder: folder)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func elementsFromBytes() throws {
    let floats = try raw(.float, [2], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]).tensor(folder: nil)
    #expect(floats.array() == [1, -2] as [Float])
    #expect(try raw(.bool, [3], [0, 1, 255]).tensor(folder: nil).array(as: Bool.self) == [false, true, true])
    #expect(try raw(.int4, [3], [0x8f, 0x07]).tensor(folder: nil).array(as: Int8.self) == [-1, -8, 7])
    #expect(try raw(.uint4, [2], [0x8f]).tensor(folder: nil).array(as: UInt8.self) == [15, 8])
    #expect(try raw(.int2, [4], [0b11_10_01_00]).tensor(folder: nil).array(as: Int8.self) == [0, 1, -2, -1])
    #expect(try raw(.bfloat16, [1], [0x80, 0x3f]).tensor(folder: nil).to(.float32).array() == [1] as [Float])
  }

  @Test func smallFloats() throws {
    // The OCP formats: 0.5 and 6 of four bits, powers of two, and types without minus zero.
    #expect(try raw(.float4e2m1, [2], [0x71]).tensor(folder: nil).array() == [0.5, 6] as [Float])
    #expect(try raw(.float8e8m0, [2], [127, 130]).tensor(folder: nil).array() == [1, 8] as [Float])
    #expect(try raw(.float8e4m3fnuz, [2], [0x40, 0x7f]).tensor(folder: nil).array() == [1, 240] as [Float])
    #expect(try raw(.float8e5m2fnuz, [2], [0x40, 0x7f]).tensor(folder: nil).array() == [1, 57344] as [Float])
    #expect(try raw(.float6e2m3, [4], [0x7f, 0, 0]).tensor(folder: nil).array() == [-7.5, 0.125, 0, 0] as [Float])
    #expect(try raw(.float8e4m3fnuz, [1], [0x80]).tensor(folder: nil).isnan().array(as: Bool.self) == [true])
  }

  @Test func roundingToSmallFloats() throws {
    let four = try #require(ONNX.DataType.float4e2m1.narrowFloat)
    // Halfway cases go to the even code.
    #expect(
      [0.25, 0.75, 1.25, 2.5, 5, 100, -0.3].map { four.rounded($0, saturate: true) } == [0, 1, 1, 2, 4, 6, -0.5])
    let fnuz = try #require(ONNX.DataType.float8e4m3fnuz.narrowFloat)
    #expect(fnuz.rounded(-0.0, saturate: true).sign == .plus && fnuz.rounded(1000, saturate: false).isNaN)
    for value in fnuz.values where !value.isNaN { #expect(fnuz.rounded(value, saturate: true) == value) }
  }

  @Test func listsOfNumbers() throws {
    let half = ONNX.TensorProto(name: "h", dims: [2], dataType: 10, int32Data: [0x3c00, 0xc000])
    #expect(try half.tensor(folder: nil).to(.float32).array() == [1, -2] as [Float])
    let wide = ONNX.TensorProto(name: "u", dims: [], dataType: 13, uint64Data: [.max])
    #expect(try wide.tensor(folder: nil).array(as: UInt64.self) == [.max])
    let text = ONNX.TensorProto(name: "s", dims: [2], dataType: 8, stringData: ["a", "b"])
    #expect(try text.texts() == ["a", "b"])
  }

  @Test func contradictions() {
    #expect(refusal(raw(.float, [2], [1, 2, 3])).contains("tensor 't': raw_data has 3 bytes"))
    #expect(refusal(raw(.float, [-1], [])).contains("a dimension is -1"))
    #expect(refusal(raw(.float, [1 << 40, 1 << 40], [])).contains("more elements than any memory holds"))
    #expect(refusal(ONNX.TensorProto(name: "t", dims: [2], dataType: 99)).contains("the element type 99"))
    #expect(refusal(ONNX.TensorProto(name: "t", dims: [2], dataType: 1, floatData: [1])).contains("float_data has 1"))
  }

  @Test func externalData() throws {
    let folder = TemporaryFolder()
    put([0, 0, 0, 0, 0, 0, 0x80, 0x3f], at: folder.file("w.bin"))
    func outside(_ location: String, offset: String = "4", length: String = "4") -> ONNX.TensorProto {
      ONNX.TensorProto(
        name: "w", dims: [1], dataType: 1,
        externalData: [
          .init(key: "location", value: location), .init(key: "offset", value: offset),
          .init(key: "length", value: length),
        ], isExternal: true)
    }
    let path = folder.path
    #expect(try outside("w.bin").tensor(folder: path).array() == [1] as [Float])
    #expect(refusal(outside("w.bin", offset: "8"), folder: path).contains("'w'"))
    #expect(refusal(outside("w.bin", offset: "9223372036854775807"), folder: path).contains("'w'"))
    #expect(refusal(outside("w.bin", length: "8"), folder: path).contains("8 bytes"))
    #expect(refusal(outside("../w.bin"), folder: path).contains("outside of the model's folder"))
    #expect(refusal(outside("/etc/hostname"), folder: path).contains("outside of the model's folder"))
    #expect(refusal(outside("none.bin"), folder: path).contains("none.bin"))
    #expect(refusal(outside("w.bin")).contains("where the model lies is not known"))
  }
}
