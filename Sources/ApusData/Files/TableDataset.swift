import ApusCore
import ApusMedia

/// Rows of a table: some columns as inputs, one as the target.
///
///     let table = try Table(csv: "iris.csv")
///     let data = try TableDataset(table, target: "species")
///     print(data.classes)  // ["setosa", "versicolor", "virginica"]
///
/// Inputs are float32 `[columns]`; a target of texts or truth values becomes the number of its class, int64, another one a float32.
public struct TableDataset: BatchedDataset {
  /// The columns of the inputs, in order.
  public let features: [String]
  /// The names of the classes, where the target is texts.
  public let classes: [String]
  /// Shape [rows, columns].
  public let inputs: Tensor
  /// Shape [rows].
  public let targets: Tensor
  private let pairs: TensorDataset

  /// - Parameters:
  ///   - features: the columns of the inputs; all but the target if nil.
  ///   - target: the column of the targets.
  ///   - nulls: what stands for missing numbers; they are an error if nil.
  /// - Throws: `TensorError` where a column is missing or is not made of numbers.
  public init(
    _ table: Table, features: [String]? = nil, target: String, nulls: Double? = nil
  ) throws(TensorError) {
    let chosen = features ?? table.names.filter { $0 != target }
    let column = try table.selecting([target])[target]
    if let (codes, names) = try? column.categories() {
      if column.nullCount > 0 {
        throw TensorError(
          .value, "TableDataset", "the column '\(target)' has \(column.nullCount) missing values; leave out these rows")
      }
      (targets, classes) = (codes, names)
    } else {
      let values = try column.tensor(nulls: nulls)
      targets = values.to(values.dtype.isFloatingPoint ? .float32 : .int64)
      classes = []
    }
    inputs = try table.tensor(chosen, dtype: .float32, nulls: nulls)
    self.features = chosen
    pairs = TensorDataset(inputs, targets)
  }

  public var count: Int { pairs.count }
  public subscript(index: Int) -> (Tensor, Tensor) { get throws { try pairs[index] } }
  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) { try pairs.batch(indices) }
}
