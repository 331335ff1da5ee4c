import ApusText
import FormatsKit
import Foundation

/// Renders recorded conversations and compares texts and errors.
enum TemplateCases {
  static func run(folder: String, only: String?, tally: inout Tally) throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
      let name = String(file.dropLast(5))
      if let only, !name.contains(only) { continue }
      let record = try ChatValue(json: try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8))
      let source = try String(
        contentsOfFile: "\(folder)/\(record["template"]?.string ?? name + ".jinja")", encoding: .utf8)
      let template = Result { try ChatTemplate(reading: source) }
      for (i, test) in (record["cases"]?.array ?? []).enumerated() {
        let id = "\(name)/\(test["name"]?.string ?? "\(i)")"
        tally.add(outcome(of: test, template, special: record["special_tokens"]?.object ?? []), id: id)
      }
    }
  }

  private static func outcome(
    of test: ChatValue, _ template: Result<ChatTemplate, any Error>, special: [ChatValue.Member]
  ) -> Outcome {
    var variables: [String: ChatValue] = [:]
    for member in special + (test["variables"]?.object ?? []) { variables[member.name] = member.value }
    do {
      let text = try template.get().rendering(
        messages: (test["messages"]?.array ?? []).map { ChatMessage(fields: $0.object ?? []) },
        tools: test["tools"]?.array, documents: test["documents"]?.array,
        addGenerationPrompt: test["add_generation_prompt"]?.bool ?? false,
        continuedField: test["continue_final_message"]?.string
          ?? (test["continue_final_message"]?.bool == true ? "content" : nil),
        variables: variables
      ).text
      guard let wanted = test["rendered"]?.string else {
        return .failed(
          "rendered, where \(test["error_type"]?.string ?? "an error") was expected: \(text.debugDescription)")
      }
      return text.utf8.elementsEqual(wanted.utf8)
        ? .passed : .failed("rendered\n\(text.debugDescription) for\n\(wanted.debugDescription)")
    } catch {
      guard let wanted = test["error"]?.string else { return .failed("\(error)") }
      guard let error = error as? TemplateError else { return .failed("\(error) for \(wanted)") }
      return error.message == wanted && error.kind.rawValue == test["error_type"]?.string
        ? .passed : .failed("\(error) for \(test["error_type"]?.string ?? ""): \(wanted)")
    }
  }
}
