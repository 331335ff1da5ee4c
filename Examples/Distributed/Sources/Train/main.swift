import Apus
import ApusDistributed

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// A training that goes on: started again after a failure, on any number of ranks, it takes up its last checkpoint and the losses are those
// of a run that nothing has disturbed.
//
//   apus launch --hosts a:2,b:2,c:2 --min 2 --max-restarts 20 train FOLDER STEPS [PAUSE] [small]
//
// Each step's loss is written to FOLDER/losses.txt, the state every ten steps to FOLDER/state.safetensors. PAUSE is a number of seconds that
// each step waits; `small` makes the model tiny and saves every thousand steps, for runs of many.

let words = CommandLine.arguments
guard words.count >= 3, let steps = Int(words[2]), steps > 0 else {
  print("usage: train FOLDER STEPS [PAUSE] [small]")
  exit(2)
}
let (folder, pause) = (words[1], words.count > 3 ? Double(words[3]) ?? 0 : 0)
let isSmall = words.contains("small")
let (path, width, interval) = (folder + "/state.safetensors", isSmall ? 8 : 64, isSmall ? 1000 : 10)

let world = try initProcessGroup()
mkdir(folder, 0o755)

/// Examples of a smooth function of four numbers.
let inputs = sin(arange(240 * 4).to(.float64) * 0.37).reshape(240, 4)
let targets = tanh(inputs.sum(dim: 1, keepdim: true)) + inputs.narrow(0, 0, 240).pow(2).mean(dim: 1, keepdim: true)

let model = Sequential(Linear(4, width), Tanh(), Linear(width, 1)).to(.float64)
let optimizer = SGD(model.parameters(), lr: 0.05, momentum: 0.9)
var order = try ResumableOrder(count: 240, batchSize: 24, seed: 7)
var step = 0

/// Everything that the training goes on from, by name.
@MainActor func state() -> StateDict {
  var state = StateDict()
  for (name, tensor) in model.stateDict() { state["model.\(name)"] = tensor }
  for (name, tensor) in optimizer.stateDict() { state["optimizer.\(name)"] = tensor }
  state["step"] = Tensor(Double(step), dtype: .float64)
  state["position"] = Tensor(Double(order.position), dtype: .float64)
  return state
}

/// The part of a state whose names begin with `prefix`.
func part(_ state: StateDict, _ prefix: String) -> StateDict {
  var part = StateDict()
  for (name, tensor) in state where name.hasPrefix(prefix) { part[String(name.dropFirst(prefix.count))] = tensor }
  return part
}

if access(path, R_OK) == 0 {
  let saved = try loadSafetensors(path)
  try model.loadStateDict(part(saved, "model."))
  try optimizer.loadStateDict(part(saved, "optimizer."))
  step = Int(saved["step"]?.item() ?? 0)
  order.position = Int(saved["position"]?.item() ?? 0)
} else {
  // The same beginning however many there are.
  for (i, parameter) in model.parameters().enumerated() {
    var parameter = parameter
    noGrad {
      _ = parameter.copy_(sin(arange(parameter.count).to(.float64) * 1.7 + Double(i)).reshape(parameter.shape) * 0.3)
    }
  }
}
// All have read it before one writes the next.
try world.barrier()
if world.rank == 0 {
  print("\(world.size) ranks on \(Set(world.hostNames).sorted().joined(separator: ", ")): from step \(step)")
  fflush(nil)
}
let file = world.rank == 0 ? fopen(folder + "/losses.txt", "a") : nil

while step < steps {
  let batch = order.next(for: world)
  optimizer.zeroGrad()
  var total = Tensor([0.0], dtype: .float64)
  if !batch.indices.isEmpty {
    let rows = Tensor(batch.indices, dtype: .int64)
    let loss =
      (model(inputs.indexSelect(0, rows)) - targets.indexSelect(0, rows)).pow(2).sum() / Double(batch.globalCount)
    loss.backward()
    total = loss.detach().reshape(1)
  }
  for parameter in model.parameters() {
    let parameter = parameter
    parameter.grad = try world.allReduce(parameter.grad ?? zerosLike(parameter.detach()))
  }
  let loss = try world.allReduce(total)
  optimizer.step()
  step += 1
  if let file {
    fputs("\(step) \(world.size) \(loss.array(as: Double.self)[0])\n", file)
    fflush(file)
  }
  if step % interval == 0 || step == steps {
    // A file takes the place of the one before when it is whole.
    if world.rank == 0 { try save(state(), to: path) }
    try world.barrier()
  }
  if pause > 0 { usleep(UInt32(pause * 1e6)) }
}
if world.rank == 0 { print("done: \(step) steps") }
