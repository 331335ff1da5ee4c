import ConformanceKit
import Foundation

// Runs recorded cases of PyTorch and counts what agrees:
//   swift run -c release conformance DIR [--area A] [--op NAME] [--failures N] [--trace]

let usage = "usage: conformance DIR [--area A] [--op NAME] [--failures N] [--trace]"
var folder: String?
var areas: [String] = []
var operation: String?
var shownFailures = 20
var traces = false

var words = CommandLine.arguments.dropFirst().makeIterator()
while let word = words.next() {
  switch word {
  case "--area": areas += [words.next()].compactMap { $0 }
  case "--op": operation = words.next()
  case "--failures": shownFailures = words.next().flatMap { Int($0) } ?? shownFailures
  case "--trace": traces = true
  case _ where !word.hasPrefix("-") && folder == nil: folder = word
  default:
    print("\(word): not an option. \(usage)")
    exit(2)
  }
}
guard let folder else {
  print(usage)
  exit(2)
}

var total = Tally()
do {
  for name in areas.isEmpty ? try Area.names(in: folder) : areas {
    let area = try Area(name: name, in: folder)
    var tally = Tally()
    for item in area.cases where operation == nil || item.op == operation {
      if traces { FileHandle.standardError.write(Data("\(item.id)\n".utf8)) }
      tally.add(item.run(area: name), id: item.id)
    }
    print("\(name): \(tally.summary)")
    for line in tally.missingLines { print(line) }
    for failure in tally.failures.prefix(shownFailures) { print("  FAILED \(failure.id): \(failure.reason)") }
    if tally.failures.count > shownFailures { print("  ... and \(tally.failures.count - shownFailures) more failures") }
    total.add(tally)
  }
} catch {
  print("conformance: \(error)")
  exit(2)
}
print(total.summary)
exit(total.failures.isEmpty ? 0 : 1)
