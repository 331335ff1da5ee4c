import Apus
import ApusCore
import ApusExchange
import ApusFormats
import Testing

/// Operators whose rules differ from the library's own, against worked examples of ONNX's documentation.
@Suite struct ONNXOperatorTests {
  private func run(
    _ type: String, _ inputs: [Tensor], opset: Int64 = 25, outputs: Int = 1,
    _ attributes: [(String, ONNX.AttributeProto.Value)] = []
  ) throws -> [Tensor] {
    let names = inputs.indices.map { "x\($0)" }
    let results = (0..<outputs).map { "y\($0)" }
    let node = ONNX.NodeProto(
      type, name: "n", input: names, output: results, attribute: attributes.map { .init($0.0, $0.1) })
    let model = try ONNXModel(
      ONNX.ModelProto(
        opsetImport: [.init(version: opset)],
        graph: .init(name: "g", node: [node], input: names.map { .init($0) }, output: results.map { .init($0) })))
    let values = try model.run(Dictionary(uniqueKeysWithValues: zip(names, inputs)))
    return results.compactMap { values[$0] }
  }

  private func ints(_ values: [Int]) -> Tensor { Tensor(values, dtype: .int64) }

  @Test func reshapingKeepsAndInfers() throws {
    let x = arange(24).reshape([2, 3, 4])
    #expect(try run("Reshape", [x, ints([0, -1])])[0].shape == [2, 12])
    #expect(try run("Reshape", [Tensor.zeros([0, 3]), ints([3, 0])], [("allowzero", .int(1))])[0].shape == [3, 0])
    #expect(throws: TensorError.self) { try run("Reshape", [x, ints([5, -1])]) }
  }

  @Test func slicesRunBackwards() throws {
    let x = arange(20)
    let y = try run("Slice", [x, ints([-1]), ints([Int.min]), ints([0]), ints([-6])])[0]
    #expect(y.array(as: Int.self) == [19, 13, 7, 1])
  }

  @Test func paddingOfAllModes() throws {
    let x = Tensor([1.0, 2.0, 3.0])
    func padded(_ mode: String) throws -> [Float] {
      try run("Pad", [x, ints([4, 1])], [("mode", .string(mode))])[0].array()
    }
    #expect(try padded("constant") == [0, 0, 0, 0, 1, 2, 3, 0])
    #expect(try padded("edge") == [1, 1, 1, 1, 1, 2, 3, 3])
    #expect(try padded("reflect") == [1, 2, 3, 2, 1, 2, 3, 2])
    #expect(try padded("wrap") == [3, 1, 2, 3, 1, 2, 3, 1])
  }

  @Test func wholeNumbersAreDividedTowardsZero() throws {
    #expect(try run("Div", [ints([-7, 7]), ints([2, -2])])[0].array(as: Int.self) == [-3, -3])
    #expect(try run("Mod", [ints([-7, 7]), ints([2, -2])])[0].array(as: Int.self) == [1, -1])
    #expect(try run("Mod", [ints([-7, 7]), ints([2, -2])], [("fmod", .int(1))])[0].array(as: Int.self) == [-1, 1])
  }

  @Test func poolingWithUnequalMargins() throws {
    let x = arange(1, 10).to(.float32).reshape([1, 1, 3, 3])
    let attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("kernel_shape", .ints([2, 2])), ("pads", .ints([1, 0, 0, 1])),
    ]
    #expect(try run("MaxPool", [x], attributes)[0].array() == [2, 3, 3, 5, 6, 6, 8, 9, 9] as [Float])
    #expect(try run("AveragePool", [x], attributes)[0].array() == [1.5, 2.5, 3, 3, 4, 4.5, 6, 7, 7.5] as [Float])
    let places = try run("MaxPool", [x], outputs: 2, attributes)[1]
    #expect(places.array(as: Int.self) == [1, 2, 2, 4, 5, 5, 7, 8, 8])
  }

  @Test func olderSoftmaxTakesDimensionsTogether() throws {
    let x = randn([2, 3, 4])
    let old = try run("Softmax", [x], opset: 11)[0]
    #expect(old.allclose(softmax(x.reshape([2, 12]), dim: 1).reshape([2, 3, 4])))
    #expect(try run("Softmax", [x])[0].allclose(softmax(x, dim: 2)))
  }

  @Test func resizing() throws {
    let x = Tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    let scales = Tensor([1.0, 1.0, 2.0, 2.0])
    let nearest = try run("Resize", [x, Tensor.zeros([0]), scales])[0]
    #expect(nearest.array() == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4] as [Float])
    let linear = try run("Resize", [x, Tensor.zeros([0]), scales], [("mode", .string("linear"))])[0]
    #expect(linear.allclose(interpolate(x, scaleFactor: 2, mode: .bilinear, alignCorners: false)))
  }

  @Test func uniqueInOrderOfAppearance() throws {
    let x = Tensor([2.0, 1.0, 1.0, 3.0, 4.0, 3.0])
    let found = try run("Unique", [x], outputs: 4, [("sorted", .int(0))])
    #expect(found[0].array() == [2, 1, 3, 4] as [Float])
    #expect(found[1].array(as: Int.self) == [0, 1, 3, 4])
    #expect(found[2].array(as: Int.self) == [0, 1, 1, 2, 3, 2])
    #expect(found[3].array(as: Int.self) == [1, 2, 2, 1])
  }

  @Test func positionsOutsideAreMistakes() {
    #expect(throws: TensorError.self) { try run("Gather", [arange(3), ints([3])]) }
    #expect(throws: TensorError.self) { try run("ConstantOfShape", [ints([1 << 50])]) }
    #expect(throws: TensorError.self) { try run("Tile", [arange(3), ints([1 << 60])]) }
  }
}
