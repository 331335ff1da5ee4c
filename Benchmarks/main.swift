import Apus

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// benchmarks: measures the rows of the benchmark suite and prints them, or appends them as JSON lines.

let usage = """
  usage: benchmarks [--only NAMES] [--mode MODE] [--threads N] [--json FILE] [--list] [--jpeg FOLDER]

    --only NAMES   comma-separated names or patterns with *, such as 'gemm.*,train.mlp'
    --mode MODE    eager (default), compile (machine code where a C compiler is found) or chunks (compiled, without one);
                   rows that have no compiled form are left out
    --device D     where tensors lie (default APUS_DEVICE, else cpu): cuda:0, opencl:0
    --threads N    threads to use (default 2); run under taskset to keep to as many processors
    --json FILE    append one JSON object a row to FILE
    --list         print the names of all rows
    --operations FILE  measure calls by name, which scripts/peers/operation_speed.py describes, instead of the rows
    --jpeg FOLDER  measure a loader over a folder of pictures, a folder for each class, instead of the rows
  """

func stop(_ message: String) -> Never {
  let text = "benchmarks: \(message)\n\(usage)\n"
  text.withCString { _ = write(2, $0, text.utf8.count) }
  exit(2)
}

var only: [String] = []
var threads = 2
var mode = Mode.eager
var jsonPath: String?
var isListing = false
var child: String?
var operationCalls: String?

var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  func value() -> String {
    guard let next = arguments.popFirst() else { stop("\(argument) needs a value") }
    return next
  }
  switch argument {
  case "--only": only = value().split(separator: ",").map(String.init)
  case "--threads":
    let text = value()
    guard let n = Int(text), n > 0 else { stop("--threads needs a positive number, and found '\(text)'") }
    threads = n
  case "--mode":
    let text = value()
    guard let known = Mode(rawValue: text) else { stop("--mode is eager, compile or chunks, and not '\(text)'") }
    mode = known
  case "--device":
    let text = value()
    guard Devices.available.contains(Device(text)) else {
      stop("--device \(text) is not there; there are \(Devices.available.map(\.description).joined(separator: ", "))")
    }
    rowDevice = Device(text)
  case "--json": jsonPath = value()
  case "--list": isListing = true
  case "--jpeg":
    do { try measureFolder(value(), workers: threads) } catch { stop("\(error)") }
    exit(0)
  case "--operations": operationCalls = value()
  case "--child": child = value()
  case "--help", "-h":
    print(usage)
    exit(0)
  default: stop("unknown option '\(argument)'")
  }
}

if child == "add" {
  print(Tensor.ones([3]) + Tensor.ones([3]))
  exit(0)
}
if child == "memory" {
  _ = (Tensor.ones([3]) + Tensor.ones([3])).sum().item()
  print(peakMemory())
  exit(0)
}

setNumThreads(threads)
if let operationCalls {
  do { try measureOperations(operationCalls) } catch { stop("\(error)") }
  exit(0)
}
if child == "gpt-memory" {
  if let row = trainingRows.first(where: { $0.name == "train.gpt" }) {
    let step = row.prepare()
    for _ in 0..<6 { step.call() }
  }
  print(peakMemory())
  exit(0)
}
if let child, child.hasPrefix("compile-") {
  print(firstCompiledStep(String(child.dropFirst("compile-".count))) ?? 0)
  exit(0)
}

let rows =
  overheadRows + elementwiseRows + layerRows + recurrentRows + reductionRows + indexRows + productRows
  + attentionRows + imageRows
  + trainingRows
  + inferenceRows
  + costRows
let chosen = rows.filter { row in
  (mode == .eager || row.prepareCompiled != nil)
    && (only.isEmpty || only.contains { fnmatch($0, row.name, 0) == 0 })
}
if chosen.isEmpty { stop("no row is called \(only.joined(separator: ", ")); --list shows all") }
if isListing {
  for row in chosen { print(row.name) }
  exit(0)
}

let place = rowDevice == .cpu ? "t\(threads)" : rowDevice.description

for row in chosen {
  let start = now()
  let result: Measurement
  if row.kind == .cost {
    let foreign = Foreign()
    let times = (0..<5).map { _ in row.prepare().selfTimed?() ?? 0 }.sorted()
    result = Measurement(
      median: times[2], minimum: times[0], repeats: 5, inner: 1, foreign: foreign.share(), check: [])
  } else {
    result = withDevice(rowDevice) { measure(row, mode) }
  }
  let (value, best) = (row.metric.value(result.median), row.metric.value(result.minimum))
  let wall = now() - start
  let check = result.check.isEmpty ? "" : " check \(result.check)"
  print(
    "apus\(mode == .eager ? "" : "-\(mode.rawValue)") \(place) \(row.name) \(short(value)) \(row.metric.name) (best \(short(best)), n=\(result.repeats))\(check)"
      + " f=\(short(result.foreign))")
  if let jsonPath {
    let checks = result.check.isEmpty ? "" : "\"check\": [\(result.check.map { "\($0)" }.joined(separator: ", "))], "
    let line =
      "{\"peer\": \"apus\", \"framework\": \"apus\", \"mode\": \"\(mode.rawValue)\", \"version\": \"\(apusVersion)\", "
      + "\"device\": \"\(rowDevice)\", "
      + "\"threads\": \(threads), \"name\": \"\(row.name)\", \"metric\": \"\(row.metric.name)\", \(checks)"
      + "\"median_s\": \(result.median), \"min_s\": \(result.minimum), \"repeats\": \(result.repeats), "
      + "\"inner\": \(result.inner), \"foreign\": \(result.foreign), \"value\": \(value), \"best\": \(best), "
      + "\"wall_s\": \(wall)}\n"
    guard let file = fopen(jsonPath, "a") else { stop("cannot write to \(jsonPath)") }
    fputs(line, file)
    fclose(file)
  }
}

/// Four significant digits.
func short(_ value: Double) -> String {
  if value == 0 { return "0" }
  var scale = 1.0
  while Swift.abs(value) * scale < 1000 { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}
