import ApusCore
import ApusFormats

/// Lines that say what an ONNX file holds: producer and versions, operator sets, metadata, inputs and outputs, parameters, and
/// how often each operator stands in it, its functions and inner graphs included. The model need not be one that can be run.
/// - Throws: `TensorError` that names the file and the place where it is damaged.
public func describeONNXModel(_ path: String) throws(TensorError) -> [String] {
  let model = try ONNX.ModelProto(path: path)
  var lines = ["\(path): ONNX, version \(model.irVersion) of the format"]
  if !model.producerName.isEmpty {
    lines.append("producer     \(model.producerName) \(model.producerVersion)")
  }
  let sets = model.opsetImport.map { "\($0.domain.isEmpty ? "ai.onnx" : $0.domain) \($0.version)" }
  lines.append("operators    \(sets.joined(separator: ", "))")
  for entry in model.metadataProps { lines.append("metadata     \(entry.key): \(shortened(entry.value))") }
  guard let graph = model.graph else { return lines + ["it has no graph"] }
  let initial = Set(graph.initializer.map(\.name))
  for input in graph.input where !initial.contains(input.name) || model.irVersion >= 4 {
    lines.append("input        \(described(input))")
  }
  for output in graph.output { lines.append("output       \(described(output))") }
  let count = graph.initializer.reduce(0) { sum, tensor in
    sum.clampedAdding(tensor.dims.reduce(1) { $0.clampedMultiplying(Int(clamping: max($1, 0))) })
  }
  lines.append("initializers \(graph.initializer.count) with \(count) elements")
  if !model.functions.isEmpty { lines.append("functions    \(model.functions.count)") }
  var counts: [String: Int] = [:]
  countNodes(graph.node, into: &counts, depth: 0)
  for function in model.functions { countNodes(function.node, into: &counts, depth: 0) }
  let opsets = Dictionary(
    model.opsetImport.map { (ONNXOperatorTable.plainDomain($0.domain), Int(clamping: $0.version)) },
    uniquingKeysWith: { max($0, $1) })
  let own = Set(model.functions.map { "\(ONNXOperatorTable.plainDomain($0.domain)).\($0.name)" })
  for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
    let parts = name.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
    let (domain, type) = (parts[0], parts[1])
    let isKnown =
      own.contains("\(domain).\(type)")
      || ONNXOperatorTable.find(type, domain: domain, opset: opsets[domain] ?? 1) != nil
    lines.append(
      "node         \(count) x \(domain.isEmpty ? "" : domain + ".")\(type)\(isKnown ? "" : "  (not supported)")")
  }
  return lines
}

private func described(_ value: ONNX.ValueInfoProto) -> String {
  value.type.map { "\(value.name): \($0.text)" } ?? value.name
}

/// A text that fits a line.
private func shortened(_ text: String) -> String {
  let line = text.prefix(100).replacing("\n", with: " ")
  return line.count < text.count ? "\(line)... (\(text.count) characters)" : String(line)
}

/// Adds how often each operator stands in nodes and the graphs inside of them.
private func countNodes(_ nodes: [ONNX.NodeProto], into counts: inout [String: Int], depth: Int) {
  for node in nodes {
    counts["\(ONNXOperatorTable.plainDomain(node.domain)) \(node.opType)", default: 0] += 1
    guard depth < 64 else { continue }
    for attribute in node.attribute {
      if case .graph(let graph) = attribute.value { countNodes(graph.node, into: &counts, depth: depth + 1) }
    }
  }
}
