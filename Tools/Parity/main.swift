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
    print("\(file): \(tally.summary)")
    for line in tally.missingLines { print(line) }
    for failure in tally.failures { print("  FAILED \(failure.id): \(failure.reason)") }
    total.add(tally)
  } catch {
    print("\(file): \(error)")
    exit(2)
  }
}
print(total.summary)
exit(total.failures.isEmpty ? 0 : 1)
