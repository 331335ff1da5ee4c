import Apus
import ApusCore
import ApusFormats
import ApusPrograms
import Foundation
import Testing

/// Files that are not what they should be. The conformance runner reads many more (`scripts/fuzz.sh programs`).
@Suite struct DamagedFileTests {
  private func bytes(_ network: Network = .perceptron) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(recordedFolder)/\(network.rawValue).apus")))
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try Program.read(bytes)
      return ""
    } catch { return "\(error)" }
  }

  /// The file with its header changed, its checks made right again.
  private func changed(_ network: Network = .perceptron, _ change: (inout [String: JSON]) -> Void) throws -> [UInt8] {
    let bytes = try bytes(network)
    let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) }
    var header = try #require(JSON(parsing: bytes[24..<24 + length]).object)
    change(&header)
    return ProgramFile.head(.object(header)) + bytes[(24 + length)...]
  }

  @Test func otherFilesAreTold() throws {
    let good = try bytes()
    #expect(message(good).isEmpty)
    #expect(message([]).contains("begins with APUSPROG"))
    #expect(message(Array("PK something else entirely".utf8)).contains("begins with APUSPROG"))
    var newer = good
    newer[8] = 9
    #expect(message(newer).contains("version 9 of the format"))
    #expect(message(Array(good.prefix(100))).contains("cut short"))
    #expect(
      message(Array(good.dropLast(64))).contains("cut short") || message(Array(good.dropLast(64))).contains("damaged"))
    #expect(message(good + [UInt8](repeating: 0, count: 128)).contains("belong to nothing"))
    var header = good
    header[200] ^= 1
    #expect(message(header).contains("the header is damaged"))
    var elements = good
    elements[good.count - 70] ^= 1
    #expect(message(elements).contains("its elements are damaged"))
  }

  @Test func headersThatSayOtherThingsAreTold() throws {
    func operation(_ i: Int, _ change: (inout [String: JSON]) -> Void) throws -> [UInt8] {
      try changed { header in
        guard var operations = header["operations"]?.array, var own = operations[i].object else { return }
        change(&own)
        operations[i] = .object(own)
        header["operations"] = .array(operations)
      }
    }
    #expect(message(try operation(0) { $0["op"] = .string("nothing") }).contains("no such operation"))
    #expect(message(try operation(0) { $0["inputs"] = .array([.int(99)]) }).contains("no earlier one makes"))
    #expect(message(try operation(0) { $0["inputs"] = .array([]) }).contains("takes 2 to 3 operands"))
    #expect(message(try operation(1) { $0["attributes"] = .object([:]) }).contains("is missing"))
    #expect(
      message(try changed { $0["outputs"] = .array([.object(["name": .string("y"), "value": .int(-1)])]) }).contains(
        "nothing makes"))
    #expect(
      message(
        try changed { header in
          guard var constants = header["constants"]?.array, var own = constants[0].object else { return }
          own["shape"] = .array([.int(1 << 40), .int(1 << 40)])
          constants[0] = .object(own)
          header["constants"] = .array(constants)
        }
      ).contains("no tensor can have the shape"))
  }

  /// What is changed is an error, or was between the tensors and changes nothing.
  @Test(arguments: Network.allCases) func aByteThatIsAnotherOne(_ network: Network) throws {
    let good = try bytes(network)
    let x = network.make().example
    let expected = try Program.read(good)(x)[0]
    for k in 0..<40 {
      var damaged = good
      damaged[(k * 7919 + 13) % good.count] ^= UInt8(truncatingIfNeeded: k % 255 + 1)
      guard let program = try? Program.read(damaged) else { continue }
      #expect(haveSameBits(try program(x)[0], expected), "byte \((k * 7919 + 13) % good.count)")
    }
  }
}
