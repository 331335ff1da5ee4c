import ApusCore
import ApusFormats
import ApusText

/// A row of data: names and values, and where it comes from.
public struct DataRow: Sendable {
  public let place: RowPlace
  /// The columns in their order.
  public var columns: [ChatValue.Member]

  /// A row of a file.
  public init(place: RowPlace, columns: [ChatValue.Member]) { (self.place, self.columns) = (place, columns) }

  /// The value of a column; nil where it is not there or null.
  public subscript(_ name: String) -> ChatValue? {
    guard let value = columns.last(where: { $0.name == name })?.value, value != .null else { return nil }
    return value
  }
}

/// A row as it lies in a file, not yet looked at.
struct RawRow: Sendable {
  enum Content: Sendable {
    /// JSON to be read.
    case json([UInt8])
    case columns([ChatValue.Member])
    case problem(DataProblem, String)
  }

  let place: RowPlace
  let content: Content

  /// The row, read.
  func row() throws(RowProblem) -> DataRow {
    switch content {
    case .columns(let columns): return DataRow(place: place, columns: columns)
    case .problem(let kind, let detail): throw RowProblem(kind, detail)
    case .json(let bytes):
      guard bytes.withUnsafeBytes(isUTF8) else { throw RowProblem(.notUTF8) }
      let value: ChatValue
      do { value = try ChatValue(json: String(decoding: bytes, as: UTF8.self)) } catch {
        throw RowProblem(.notJSON, Self.withoutPlace((error as? TensorError)?.message ?? "\(error)"))
      }
      guard case .object(let columns) = value else { throw RowProblem(.notAnObject) }
      return DataRow(place: place, columns: columns)
    }
  }

  /// A reader's words without the byte at which it stopped, so that rows with one mistake are counted together.
  private static func withoutPlace(_ message: String) -> String {
    let words = message.split(separator: " ")
    guard let at = words.lastIndex(of: "at"), at + 3 == words.count, words[at + 1] == "byte" else { return message }
    return words[..<at].joined(separator: " ")
  }
}

/// Gives the rows of a file, one after the other.
protocol RowSource {
  /// The next row; nil at the end.
  mutating func next() throws -> RawRow?
}
