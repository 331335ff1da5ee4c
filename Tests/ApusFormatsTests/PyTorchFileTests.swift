import ApusCore
import ApusFormats
import TestSupport
import Testing

@Suite struct PyTorchFileTests {
  /// A file with this pickle and one storage of four numbers.
  private func file(_ pickle: [UInt8], storage: [Float]? = [1, 2, 3, 4]) throws -> [UInt8] {
    try zipBytes { zip in
      try zip.add("archive/data.pkl", pickle, method: .stored(alignment: 64))
      if let storage {
        try storage.withUnsafeBytes { try zip.add("archive/data/0", $0, method: .stored(alignment: 64)) }
      }
      try zip.add("archive/version", Array("3\n".utf8))
    }
  }

  private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  private func text(_ text: String) -> [UInt8] { [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }

  /// A tensor of four numbers as `torch.save` describes it.
  private func tensor(count: UInt8 = 4, offset: UInt8 = 0, size: UInt8 = 4) -> [UInt8] {
    var bytes = global("torch._utils", "_rebuild_tensor_v2") + [0x28, 0x28] + text("storage")
    bytes += global("torch", "FloatStorage") + text("0") + text("cpu") + [0x4b, count, 0x74, 0x51]
    bytes += [0x4b, offset, 0x4b, size, 0x85, 0x4b, 1, 0x85, 0x89]
    return bytes + global("collections", "OrderedDict") + [0x29, 0x52, 0x74, 0x52]
  }

  private func refusal(_ pickle: [UInt8], storage: [Float]? = [1, 2, 3, 4]) throws -> String? {
    let bytes = try file([0x80, 2] + pickle + [0x2e], storage: storage)
    do throws(TensorError) {
      let file = try PyTorchFile(bytes: bytes, name: "x.pt")
      for (_, tensor) in file.allTensors { _ = try tensor.tensor() }
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func aTensorIsRead() throws {
    let file = try PyTorchFile(bytes: try file([0x80, 2] + tensor(offset: 1, size: 3) + [0x2e]), name: "x.pt")
    #expect(file.form == .zip)
    let tensor = try #require(file.root.tensor)
    #expect(try tensor.tensor().array() == [2, 3, 4] as [Float])
    #expect(!tensor.requiresGrad && !tensor.isParameter && tensor.offset == 1)
  }

  @Test func nothingElseIsLookedUp() throws {
    for (module, name) in [("os", "system"), ("builtins", "eval"), ("torch.hub", "load"), ("numpy", "ndarray")] {
      let message = try refusal(global(module, name) + text("x") + [0x85, 0x52])
      #expect(message?.contains("\(module).\(name)") == true)
    }
    // A known class whose state would change what it is.
    let state = [0x7d] + text("__class__") + text("x") + [0x73, 0x62]
    #expect(try refusal(global("collections", "OrderedDict") + [0x29, 0x52] + state) != nil)
  }

  @Test func damageIsFound() throws {
    #expect(try refusal(tensor(count: 5))?.contains("20 bytes") == true)
    #expect(try refusal(tensor(size: 5))?.contains("beyond") == true)
    #expect(try refusal(tensor(offset: 200))?.contains("beyond") == true)
    #expect(try refusal(tensor(), storage: nil)?.contains("data/0") == true)
    #expect(try refusal([0x52])?.contains("empty stack") == true)
    #expect(try refusal([0x68, 9])?.contains("memo") == true)
    // A list in itself, and lists in lists without end.
    #expect(try refusal([0x5d, 0x71, 0, 0x68, 0, 0x61])?.contains("contains itself") == true)
    let deep = [UInt8](repeating: 0x5d, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999)
    #expect(try refusal(deep)?.contains("deep") == true)
    let whole = try file([0x80, 2] + tensor() + [0x2e])
    for length in 0..<whole.count {
      #expect(throws: TensorError.self) { try PyTorchFile(bytes: Array(whole[..<length]), name: "x.pt") }
    }
  }

  @Test func valuesAreWrittenAndRead() throws {
    let folder = TemporaryFolder()
    let path = folder.file("tree.pt")
    let base = Tensor([1.0, 2, 3, 4, 5, 6]).reshape([2, 3])
    let tree: PickledValue = [
      "epoch": 3, "best": 0.5, "done": false, "none": nil, "name": "né",
      "big": .bigInt("-123456789012345678901234567890"),
      "list": [1, -70000, .int(1 << 40)], "tuple": .tuple([1]), "bytes": .bytes([0, 255]), "set": .set([1, 2]),
      "size": .size([2, 3]), "dtype": .dtype(try #require(PickledElementType(.bfloat16))), "device": .device("cuda:1"),
      "model": PickledValue([
        (name: "w", tensor: base), (name: "t", tensor: base.transpose(0, 1)), (name: "s", tensor: base[1]),
      ]),
    ]
    try writePyTorch(tree, to: path)
    let file = try PyTorchFile(path: path)
    #expect("\(file.root)" == "\(tree)")
    let read = try file.tensors(at: "model").map(\.tensor)
    #expect(read.map(\.shape) == [[2, 3], [3, 2], [3]])
    #expect(read.map(\.strides) == [[3, 1], [1, 3], [1]])
    #expect(read.map(\.offset) == [0, 0, 3])
    #expect(read.allSatisfy { $0.storage === read[0].storage })
    #expect(try file.tensor(named: "t").array() == [1, 4, 2, 5, 3, 6] as [Float])
    #expect(file.tensors.map(\.name) == ["w", "t", "s"])
  }

  /// What is read may be changed: neither the file nor another reading of it sees that.
  @Test func mappedElementsAreValues() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.pt")
    try writePyTorch([(name: "w", tensor: Tensor.ones([1000]))], to: path)
    let file = try PyTorchFile(path: path)
    var first = try file.tensor(named: "w")
    first[0] = Tensor(5.0)
    #expect(try file.tensor(named: "w").sum().item() == 1000)
    #expect(try PyTorchFile(path: path).tensor(named: "w").sum().item() == 1000)
    #expect(first.sum().item() == 1004)
  }

  @Test func allElementTypes() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.pt")
    let tensors = DType.allCases.map { (name: $0.name, tensor: Tensor([0.0, 1, 2]).to($0)) }
    try writePyTorch(tensors, to: path)
    let file = try PyTorchFile(path: path)
    for (name, tensor) in tensors {
      let read = try file.tensor(named: name)
      #expect(read.dtype == tensor.dtype)
      #expect(read.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
    }
  }
}
