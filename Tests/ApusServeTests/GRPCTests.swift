import Apus
import ApusServe
import Foundation
import Testing

/// A client of gRPC that writes the frames of HTTP/2 itself: calls of one message each, one after the other.
private final class CallClient {
  private let client: LoopClient
  private var stream: UInt32 = 1

  init?(_ address: String) {
    guard let client = LoopClient(address) else { return nil }
    self.client = client
    client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, 0, []))
  }

  private static func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ bytes: [UInt8]) -> [UInt8] {
    let count = bytes.count
    let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), kind, flags]
    return head + bigEndian(stream) + bytes
  }

  /// Fields as literals, which change nothing that either side remembers.
  private static func fields(_ fields: [(String, String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields {
      bytes += [0, UInt8(name.utf8.count)]
      bytes += name.utf8
      bytes.append(UInt8(value.utf8.count))
      bytes += value.utf8
    }
    return bytes
  }

  /// Calls a method: the messages of the answer. None where the call was refused; nil where the connection has ended.
  func call(_ method: String, _ message: [UInt8], headers: [(String, String)] = []) -> [[UInt8]]? {
    let own = stream
    stream += 2
    let path = method.hasPrefix("/") ? method : "/inference.GRPCInferenceService/" + method
    let head = [
      (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
      ("content-type", "application/grpc"), ("te", "trailers"),
    ]
    let length = UInt32(message.count)
    let prefix: [UInt8] = [0] + bigEndian(length)
    client.send(Self.frame(1, 4, own, Self.fields(head + headers)) + Self.frame(0, 1, own, prefix + message))
    var data: [UInt8] = []
    while true {
      guard let head = client.take(9) else { return nil }
      let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard let bytes = client.take(count) else { return nil }
      let (kind, flags, stream) = (head[3], head[4], head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      if kind == 4, flags & 1 == 0 { client.send(Self.frame(4, 1, 0, [])) }
      if kind == 6, flags & 1 == 0 { client.send(Self.frame(6, 1, 0, bytes)) }
      guard stream == own else { continue }
      if kind == 0 { data += bytes }
      if kind == 3 || flags & 1 == 1 { break }
    }
    var messages: [[UInt8]] = []
    while data.count >= 5 {
      let length = data[1...4].reduce(0) { $0 << 8 | Int($1) }
      guard data.count >= 5 + length else { return nil }
      messages.append(Array(data[5..<5 + length]))
      data.removeFirst(5 + length)
    }
    return data.isEmpty ? messages : nil
  }
}

private func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }

/// Fields of a message of protocol buffers.
private func text(_ field: UInt8, _ value: String) -> [UInt8] { message(field, Array(value.utf8)) }
private func message(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(bytes.count)] + bytes }
private func floats(_ values: [Float]) -> [UInt8] {
  values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
}

@Suite(.enabled(if: hasHTTP && InferenceServer.hasGRPC)) struct GRPCTests {
  private let models: ServedModels
  private let server: InferenceServer

  init() throws {
    models = try ServedModels()
    server = try models.start { $0.grpc = "127.0.0.1:0" }
  }

  private static func input(_ name: String, contents: [Float]? = nil) -> [UInt8] {
    let head = text(1, name) + text(2, "FP32") + message(3, [1, 4])
    return message(5, head + (contents.map { message(5, message(6, floats($0))) } ?? []))
  }

  @Test func infer() throws {
    let client = try #require(CallClient(server.grpcAddress ?? ""))
    let raw = [[Float]]([[1, 2, 3, 4], [1, 1, 1, 1]]).map { message(7, floats($0)) }
    let request = text(1, "pair") + text(3, "42") + Self.input("a") + Self.input("b") + raw[0] + raw[1]
    func output(_ name: String) -> [UInt8] { message(5, text(1, name) + text(2, "FP32") + message(3, [1, 4])) }
    let sum = message(6, floats([2, 3, 4, 5]))
    let expected =
      text(1, "pair") + text(2, "1") + text(3, "42") + output("sum") + output("difference")
      + sum + message(6, floats([0, 1, 2, 3]))
    for _ in 0..<3 { #expect(client.call("ModelInfer", request) == [expected]) }
    // Elements in fields of their own, and one output of the two.
    let typed =
      text(1, "pair") + text(2, "1") + Self.input("a", contents: [1, 2, 3, 4])
      + Self.input("b", contents: [1, 1, 1, 1])
      + message(6, text(1, "sum"))
    #expect(client.call("ModelInfer", typed) == [text(1, "pair") + text(2, "1") + output("sum") + sum])
  }

  @Test func refusals() throws {
    let client = try #require(CallClient(server.grpcAddress ?? ""))
    let whole = Self.input("a", contents: [1, 2, 3, 4])
    let requests: [(String, [UInt8])] = [
      ("ModelInfer", text(1, "none")), ("ModelInfer", text(1, "pair") + whole),
      ("ModelInfer", text(1, "pair") + whole + Self.input("b")),
      ("ModelInfer", text(1, "pair") + whole + Self.input("b", contents: [1])),
      ("ModelInfer", text(1, "pair") + whole + whole),
      ("ModelInfer", text(1, "pair") + whole + Self.input("b", contents: [1, 2, 3, 4]) + message(6, text(1, "other"))),
      ("ModelInfer", Array((text(1, "pair") + whole).dropLast(3))), ("ModelInfer", [255, 255, 255]), ("ModelInfer", []),
      ("SystemSharedMemoryRegister", []), ("Other", []), ("/other.Service/Method", []),
      ("ModelConfig", text(1, "none")),
    ]
    for (method, request) in requests { #expect(client.call(method, request) == [], "\(method) \(request)") }
    #expect(client.call("ServerLive", []) == [[8, 1]])
  }

  @Test func whatIsServedIsTold() throws {
    let client = try #require(CallClient(server.grpcAddress ?? ""))
    #expect(client.call("ServerReady", []) == [[8, 1]])
    #expect(client.call("/grpc.health.v1.Health/Check", []) == [[8, 1]])
    #expect(client.call("ModelReady", text(1, "pair")) == [[8, 1]])
    #expect(client.call("ModelReady", text(1, "none")) == [[]])
    let open = [UInt8](repeating: 255, count: 9) + [1]
    func port(_ field: UInt8, _ name: String) -> [UInt8] {
      message(field, text(1, name) + text(2, "FP32") + message(3, open + [4]))
    }
    let metadata = try #require(client.call("ModelMetadata", text(1, "pair"))?.first)
    #expect(metadata.starts(with: text(1, "pair") + text(2, "1")))
    let ports = port(4, "a") + port(4, "b") + port(5, "sum") + port(5, "difference")
    #expect(Array(metadata.suffix(ports.count)) == ports)
    // Unloading and loading, which `explicit` allows.
    #expect(client.call("RepositoryModelUnload", text(2, "fixed")) == [[]])
    #expect(client.call("ModelReady", text(1, "fixed")) == [[]])
    #expect(client.call("RepositoryModelLoad", text(2, "fixed")) == [[]])
    #expect(client.call("ModelReady", text(1, "fixed")) == [[8, 1]])
  }

  @Test func endsWhenItIsTold() throws {
    let address = server.grpcAddress ?? ""
    let client = try #require(CallClient(address))
    #expect(client.call("ServerLive", []) == [[8, 1]])
    server.stop(within: 5)
    #expect(client.call("ServerLive", []) == nil)
    #expect(LoopClient(address) == nil)
  }

  @Test func keysAreNeeded() throws {
    try models.write("# keys\nsecret-key tester\n", to: "keys/keys.txt")
    let server = try models.start {
      $0.grpc = "127.0.0.1:0"
      $0.keys = models.file("keys/keys.txt")
    }
    let client = try #require(CallClient(server.grpcAddress ?? ""))
    #expect(client.call("ModelReady", text(1, "pair")) == [])
    #expect(client.call("ServerLive", []) == [[8, 1]])
    #expect(client.call("ModelReady", text(1, "pair"), headers: [("authorization", "Bearer secret-key")]) == [[8, 1]])
  }

  @Test func wrongAddressesAreNamed() throws {
    for address in ["nowhere", "127.0.0.1:99999", server.grpcAddress ?? ""] {
      let error = #expect(throws: TensorError.self) { try models.start { $0.grpc = address } }
      #expect(error.map { "\($0)".contains(address) } ?? false, "\(String(describing: error))")
    }
  }
}
