// Settings as Python writes them, for the text of a printed model.

/// `True` or `False`.
func python(_ value: Bool) -> String { value ? "True" : "False" }

/// A number, or `None`.
func python(_ value: Double?) -> String { value.map { "\($0)" } ?? "None" }

/// A tuple: `(3, 5)`, and `(3,)` of one; -1, which keeps a size, is `None`.
func pythonTuple(_ numbers: [Int]) -> String {
  "(" + numbers.map { $0 == -1 ? "None" : "\($0)" }.joined(separator: ", ") + (numbers.count == 1 ? ",)" : ")")
}

/// One number for all dimensions as it is, several as a tuple; nil as `None`.
func python(_ size: [Int]?) -> String {
  guard let size else { return "None" }
  return size.count == 1 ? (size[0] == -1 ? "None" : "\(size[0])") : pythonTuple(size)
}

/// `, inplace=True` where it is asked for.
func inplaceText(_ inplace: Bool, after text: String = "") -> String {
  inplace ? (text.isEmpty ? "" : text + ", ") + "inplace=True" : text
}
