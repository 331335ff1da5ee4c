import Apus
import ApusServe
import Foundation
import Testing

@Suite struct ServingCode {
  @Test func fromAProgram() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-serving-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/digits/1", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let model = Sequential(Flatten(), Linear(64, 10)).eval()
    try export(
      model, example: zeros(2, 1, 8, 8), to: "\(folder)/digits/1/model.apus", dynamic: ["image": [0: "rows"]],
      inputNames: ["image"], outputNames: ["logits"])
    do { try serve(folder) } catch let error as TensorError where error.kind == .unsupported {
      // A machine without the library that speaks HTTP.
    }
  }

  private func serve(_ folder: String) throws {
    var options = ServeOptions()
    options.http = "127.0.0.1:0"  // a port that is free
    options.metrics = nil
    let server = try InferenceServer(folder: folder, options: options)
    server.waitUntilLoaded()
    print(server.models)  // ["digits/1"]

    var test = try LoadTest(url: "http://\(server.address)/v2/health/live")
    test.seconds = 0.1
    print(try test.run().statuses.keys.sorted())  // [200]
    server.stop(within: 10)
    #expect(server.models.isEmpty)

    struct Counting: HTTPRoutes {
      func takes(_ head: HTTPHead) -> Bool { head.path == "/count" }

      func handle(_ exchange: HTTPExchange) {
        let stream = exchange.stream(headers: [HTTPField("Content-Type", "text/event-stream")])
        for number in 1...3 { stream.event("\(number)") }
        stream.close()
      }
    }
    options.routes = [Counting()]
    let second = try InferenceServer(folder: folder, options: options)
    #expect(second.waitUntilLoaded() && second.models == ["digits/1"])
    var counting = try LoadTest(url: "http://\(second.address)/count")
    counting.seconds = 0.1
    #expect(try counting.run().statuses.keys.sorted() == [200])
  }
}
