import Apus
import ConformanceKit
import Foundation

// Repeats what PyTorch produced from a seed (.json: streams and training runs) and printed (.jsonl):
//   swift run -c release parity FILE ...

var files = Array(CommandLine.arguments.dropFirst())
var device = Device.cpu
if let at = files.firstIndex(of: "--device"), at + 1 < files.count {
  device = Device(files[at + 1])
  files.removeSubrange(at...(at + 1))
}
if files.isEmpty || files.contains(where: { $0.hasPrefix("-") }) {
  print("usage: parity [--device opencl] FILE ...   (.json: streams and runs of a seed; .jsonl: printed tensors)")
  exit(2)
}
var total = Tally()
for file in files {
  do {
    let tally = file.hasSuffix(".jsonl") ? try checkPrinting(path: file) : try checkParity(path: file, on: device)
    tally.report(file)
    total.add(tally)
  } catch {
    print("\(file): \(error)")
    exit(2)
  }
}
total.finish()
