import Apus
import TestSupport
import Testing

private final class Net: Layer {
  let features = Sequential(Conv2d(1, 4, kernelSize: 3), ReLU())
  let head = Linear(64, 10)
  func forward(_ x: Tensor) -> Tensor { head(features(x).flatten(1)) }
}

/// What a user gets wrong with modules, their files and their states.
@Suite struct ModuleMistakesTests {
  @Test(arguments: calls + constructions + states)
  func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

private let calls: [Mistake] = [
  .init("features of a linear layer", .shape, "[..., 64]", "[2, 100]", "(in module Net.head)") {
    Net()(Tensor.ones([2, 1, 7, 7]))
  },
  .init("channels of a convolution", .shape, "3", "(in module Net.features.0)") { Net()(Tensor.ones([2, 3, 6, 6])) },
  .init("image smaller than the kernel", .shape, "[3, 3]", "(in module Net.features.0)") {
    Net()(Tensor.ones([2, 1, 2, 2]))
  },
  .init("element type of a layer", .dtype, "float64", "float32", "(in module Linear)") {
    Linear(2, 2)(Tensor.ones([1, 2], dtype: .float64))
  },
  .init("batch norm of one example", .value, "more than 1 value", "(in module BatchNorm1d)") {
    BatchNorm1d(3)(Tensor.ones([1, 3]))
  },
  .init("batch norm of another rank", .shape, "BatchNorm2d", "4 dimensions", "[2, 3]") {
    BatchNorm2d(3)(Tensor.ones([2, 3]))
  },
  .init("embedding of an unknown word", .index, "index 10", "10 rows", "(in module Embedding)") {
    Embedding(10, 4)(Tensor([3, 10]))
  },
  .init("embedding of floats", .dtype, "integers", "float32", "(in module Embedding)") {
    Embedding(10, 4)(Tensor([3.0]))
  },
  .init("layer norm of another width", .shape, "[4]", "[2, 3]", "(in module LayerNorm)") {
    LayerNorm(4)(Tensor.ones([2, 3]))
  },
  .init("loss of a class too many", .index, "target 3", "3 classes") {
    CrossEntropyLoss()(Tensor.ones([1, 3]), Tensor([3]))
  },
  .init("unflatten", .shape, "unflatten", "[10]", "[3, -1]", "(in module Unflatten)") {
    Unflatten(1, [3, -1])(Tensor.ones([1, 10]))
  },
  .init("bilinear", .shape, "[2, 3]", "[2, 5]", "(in module Bilinear)") {
    Bilinear(3, 4, 2)(Tensor.ones([2, 3]), Tensor.ones([2, 5]))
  },
]

private let constructions: [Mistake] = [
  .init("negative features", .shape, "-3") { Linear(-3, 2) },
  .init("groups that do not divide", .value, "3 input", "2 groups") { Conv2d(3, 4, kernelSize: 3, groups: 2) },
  .init("kernel of too many sizes", .shape, "[1, 1, 3, 3, 3]", "(in module Conv2d)") {
    Conv2d(1, 1, kernelSize: [3, 3, 3])(Tensor.ones([1, 1, 8, 8]))
  },
  .init("dropout", .value, "from 0 to 1", "-0.5") { Dropout(-0.5) },
  .init("group norm", .value, "10 channels", "3 groups") { GroupNorm(3, 10) },
  .init("padding index", .index, "paddingIdx 10", "10 rows") { Embedding(10, 4, paddingIdx: 10) },
  .init("initial values without fans", .shape, "2 dimensions", "[3]") { Init.xavierUniform(Tensor.zeros([3])) },
]

private let states: [Mistake] = [
  .init("missing key", .state, "Net", "missing: head.bias", "strict: false") {
    var state = Net().stateDict()
    state["head.bias"] = nil
    try Net().loadStateDict(state)
  },
  .init("unknown key", .state, "unexpected: hed.bias", "did you mean head.bias?") {
    var state = Net().stateDict()
    state["hed.bias"] = state["head.bias"]
    state["head.bias"] = nil
    try Net().loadStateDict(state)
  },
  .init("prefix of a wrapper", .state, "unexpected: module.head.bias", "did you mean head.bias?") {
    let entries = Net().stateDict().map { (name: "module." + $0.name, tensor: $0.tensor) }
    try Net().loadStateDict(StateDict(entries))
  },
  .init("wrong shape", .state, "head.weight is [10, 65] in the state and [10, 64] in the module") {
    var state = Net().stateDict()
    state["head.weight"] = Tensor.zeros([10, 65])
    try Net().loadStateDict(state, strict: false)
  },
  .init("file of another model", .state, "missing: head.weight", "unexpected: weight") {
    let folder = TemporaryFolder()
    try save(Linear(2, 2).stateDict(), to: folder.file("x.safetensors"))
    try Net().loadStateDict(try loadSafetensors(folder.file("x.safetensors")))
  },
  .init("no file", .file, "none.safetensors", "No such file") {
    try loadSafetensors(TemporaryFolder().file("none.safetensors"))
  },
  .init("folder instead of a file", .file, "this is a directory") {
    let folder = TemporaryFolder()
    return try loadSafetensors(folder.path)
  },
  .init("truncated file", .format, "the file is cut short") {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    try save(Net().stateDict(), to: path)
    put(Array(contents(of: path).prefix(100)), at: path)
    return try loadSafetensors(path)
  },
  .init("truncated elements", .format, "x.safetensors", "bytes") {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    try save(Net().stateDict(), to: path)
    put(contents(of: path).dropLast(10), at: path)
    return try loadSafetensors(path)
  },
  .init("picture", .format, "PNG", "safetensors") {
    let folder = TemporaryFolder()
    put([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52], at: folder.file("x"))
    return try loadSafetensors(folder.file("x"))
  },
  .init("file of torch.save", .format, "zip archive", "torch.save") {
    let folder = TemporaryFolder()
    put([0x50, 0x4b, 3, 4] + [UInt8](repeating: 7, count: 100), at: folder.file("x.pt"))
    return try loadSafetensors(folder.file("x.pt"))
  },
  .init("header that claims a terabyte", .format, "'w'") {
    let folder = TemporaryFolder()
    let header = Array(#"{"w":{"dtype":"F32","shape":[274877906944],"data_offsets":[0,1099511627776]}}"#.utf8)
    put([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header, at: folder.file("x"))
    return try loadSafetensors(folder.file("x"))
  },
  .init("device instead of a file", .file, "/dev/full", "not a regular file") {
    try save(Net().stateDict(), to: "/dev/full")
  },
  .init("folder that may not be written", .file, "/proc/none") { try save(Net().stateDict(), to: "/proc/none/x") },
]
