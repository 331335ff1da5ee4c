import Apus
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// ``TensorBoardWriter`` has tests of its own against TensorBoard's format: here it is what is handed to it that counts.
@Suite struct SummaryWriterTests {
  private func eventFiles(_ folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("events.out.tfevents") { names.append(folder + "/" + name) }
    }
    return names
  }

  private func contents(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let size = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(size))
  }

  private func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
  }

  @Test func valuesReachTheFiles() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path + "/runs"
    let writer = SummaryWriter(folder)
    writer.addScalar("loss", 0.5, 1)
    writer.addScalar("accuracy", Tensor(0.25), globalStep: 2)
    writer.addScalars("both", ["a": 1, "b": 2], 3)
    writer.addHistogram("weights", randn([20]), 1)
    writer.addText("note", "hello", 1)
    writer.addImage("picture", Tensor.full([3, 2, 2], 0.5), 1)
    writer.addImage("grey", Tensor.zeros([2, 2]), 1, dataformats: "HW")
    writer.flush()
    let bytes = try contents(try #require(eventFiles(folder).first))
    for tag in ["loss", "accuracy", "weights", "note/text_summary", "picture", "grey"] {
      #expect(holds(bytes, Array(tag.utf8)), "\(tag)")
    }
    // A float32 under its tag: field 2 of a value.
    #expect(holds(bytes, Array("loss".utf8) + [0x15, 0, 0, 0, 0x3f]))
    #expect(eventFiles(folder + "/both_a").count == 1 && eventFiles(folder + "/both_b").count == 1)
    writer.close()
    #expect(throws: TensorError.self) { try withErrors { writer.addScalar("late", 1, 1) } }
  }

  @Test func mistakesAreReported() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    let writer = SummaryWriter(logDir: folder)
    #expect(throws: TensorError.self) { try withErrors { writer.addImage("picture", Tensor.zeros([2, 2]), 1) } }
    let path = try #require(eventFiles(folder).first)
    #expect(throws: TensorError.self) { try withErrors { SummaryWriter(path) } }
  }
}
