import Apus
import TestSupport
import Testing

/// The code of docs/formats/numpy-gguf.md. It names files that a test does not have, so that it is compiled only.
@Suite struct NumpyGGUFCode {
  func numpy() throws {
    let x = try loadNumpy("features.npy")  // numpy.load
    try saveNumpy(x, to: "copy.npy")  // numpy.save, byte for byte

    let archive = try NumpyArchive(path: "data.npz")  // numpy.load of an archive
    print(archive.names)
    let y = try archive.tensor(named: "y")
    try saveNumpyArchive([("x", x), ("y", y)], to: "both.npz", isCompressed: true)  // numpy.savez_compressed
  }

  func gguf() throws {
    let file = try GGUFFile(path: "model.gguf")
    print(file.metadata["general.architecture"]?.string ?? "?")
    let norm = try file.tensor(named: "output_norm.weight")  // numbers
    let weight = try file.quantizedTensor(named: "token_embd.weight")  // blocks, a quarter of the memory and less
    let rows = try weight.dequantizedRows(0..<4)  // some rows
    let all = weight.dequantized(.bfloat16)  // all, on several threads

    let small = try QuantizedTensor(quantizing: all, as: .q8_0)
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string("llama")
    try writeGGUF([GGUFTensor(name: "token_embd.weight", small)], metadata: metadata, to: "small.gguf")
    print(norm.shape, rows.shape)
  }

  func shards(tensors: [SafetensorsTensor]) throws {
    let model = try ShardedSafetensors(path: "folder")  // or the path of its model.safetensors.index.json
    for name in model.names { print(name, try model.tensor(named: name).shape) }
    try writeShardedSafetensors(tensors, maxShardSize: 5_000_000_000, to: "folder")
  }
}
