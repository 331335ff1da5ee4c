import ConformanceKit
import Foundation

// Repeats what PyTorch produced from a seed (.json: streams and training runs) and printed (.jsonl):
//   swift run -c release parity FILE ...

let files = CommandLine.arguments.dropFirst()
if files.isEmpty || files.contains(where: { $0.hasPrefix("-") }) {
  print("usage: parity FILE ...   (.json: streams and runs of a seed; .jsonl: printed tensors)")
  exit(2)
}
var total = Tally()
for file in files {
  do {
    let tally = file.hasSuffix(".jsonl") ? try checkPrinting(path: file) : try checkParity(path: file)
    tally.report(file)
    total.add(tally)
  } catch {
    print("\(file): \(error)")
    exit(2)
  }
}
total.finish()
