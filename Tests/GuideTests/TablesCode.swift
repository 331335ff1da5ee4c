import Apus
import TestSupport
import Testing

@Suite struct TablesCode {
  @Test func tables() throws {
    let folder = TemporaryFolder()
    let path = folder.file("iris.csv")
    try Table([
      ("length", Column([5.1, 4.9, 6.3])), ("width", Column([3.5, 3.0, 3.3])),
      ("species", Column(["setosa", "setosa", "virginica"])), ("price", Column([1.5, nil, 2] as [Double?])),
      ("note", Column(["a", nil, "c"] as [String?])),
    ]).write(csv: path)

    let table = try Table(csv: path)
    print(table)
    let x = try table.tensor(["length", "width"], dtype: .float32)
    let (y, names) = try table["species"].categories()
    #expect(x.shape == [3, 2] && y.array(as: Int64.self) == [0, 0, 1] && names == ["setosa", "virginica"])

    let prices = try table["price"].tensor(nulls: 0)
    let whole = try table.droppingNulls()
    let words = try table["note"].strings()
    #expect(prices.shape == [3] && whole.rows == 2 && words.count == 3)

    var options = CSVOptions()
    options.delimiter = ";"
    options.decimalPoint = ","
    options.types = ["zip": .string]
    let towns = try Table(csv: Array("zip;height\n01067;1,5\n".utf8), options: options)
    #expect(try towns["zip"].strings() == ["01067"])

    let reader = try CSVReader(path: path)
    while let batch = try reader.nextBatch() { print(batch.rows) }
  }

  // What the guide shows, of files that are not there.

  private func firstLook() throws {
    let table = try Table(csv: "iris.csv")  // types are found from the values
    print(table)  // rows, and each column with its type

    let x = try table.tensor(["length", "width"], dtype: .float32)  // [rows, 2]
    let (y, names) = try table["species"].categories()  // [rows], int64; the texts in alphabetical order
    _ = (x, y, names)
  }

  private func missing(_ table: Table) throws {
    let prices = try table["price"].tensor(nulls: 0)  // another number in its place
    let whole = try table.droppingNulls()  // only rows where nothing is missing
    let words = try table["note"].strings()  // [String?]
    _ = (prices, whole, words)
  }

  private func settings() throws {
    var options = CSVOptions()
    options.delimiter = ";"
    options.decimalPoint = ","
    options.types = ["zip": .string]
    let towns = try Table(csv: "towns.csv", options: options)
    _ = towns
  }

  private func inPieces() throws {
    let reader = try CSVReader(path: "measurements.csv.gz")
    while let batch = try reader.nextBatch() { print(batch.rows) }
  }
}
