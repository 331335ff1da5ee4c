import ApusCore
import ApusMedia
import ApusText
import ApusTrain
import Testing
import TestSupport

import ApusRecipes

/// Files of data: their kinds, their forms, and what is wrong with them.
@Suite struct DataReadingTests {
  private let folder = TemporaryFolder()

  private func tokenizer() throws -> Tokenizer { try RecordedData.tokenizer("llama3-split") }

  private func file(_ name: String, _ text: String) -> String {
    put(Array(text.utf8), at: folder.file(name))
    return folder.file(name)
  }

  private func settings(_ files: String..., change: (inout DataSettings) -> Void = { _ in }) -> DataSettings {
    var settings = DataSettings()
    settings.files = files
    settings.chatTemplate = "chatml"
    change(&settings)
    return settings
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  @Test func everyKindOfFileGivesTheSameExamples() throws {
    let rows = [("One?", "Two, \"quoted\""), ("Line\nend", "Köln 😀"), ("42", "007")]
    func quoted(_ text: String) -> String { ChatValue.string(text).json }
    let objects = rows.map { "{\"prompt\": \(quoted($0.0)), \"completion\": \(quoted($0.1))}" }
    func csv(_ separator: String) -> String {
      (["prompt\(separator)completion"]
        + rows.map { row in
          [row.0, row.1].map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: separator)
        }).joined(separator: "\n")
    }
    let table = try Table(
      csv: Array(csv(",").utf8),
      options: {
        var options = CSVOptions()
        options.types = ["prompt": .string, "completion": .string]
        options.newlinesInValues = true
        return options
      }())
    try table.write(parquet: folder.file("rows.parquet"))
    try table.write(arrow: folder.file("rows.arrow"))
    let files = [
      file("rows.jsonl", objects.joined(separator: "\n") + "\n\n"),
      file("list.json", "[\(objects.joined(separator: ",\n"))]"),
      file("wrapped.json", "{\"data\": [\(objects.joined(separator: ", "))], \"version\": 1}"),
      file("lines.json", objects.joined(separator: "\r\n")), file("rows.csv", csv(",")), file("rows.tsv", csv("\t")),
      folder.file("rows.parquet"), folder.file("rows.arrow"),
    ]
    let expected = try TrainingData(supervised: settings(files[0]), tokenizer())
    #expect(expected.train.count == 3)
    for path in files {
      let data = try TrainingData(supervised: settings(path), tokenizer())
      #expect(Array(data.train) == Array(expected.train), "\(path)")
      #expect(data.report.form == .completion && data.report.rows == 3 && data.report.problems == 0)
    }
    let all = try TrainingData(supervised: settings(folder.path), tokenizer())
    #expect(all.train.count == 3 * files.count)
    let some = try TrainingData(supervised: settings(folder.file("rows.[jc]*")) { $0.limit = 4 }, tokenizer())
    #expect(some.report.rows == 4)
  }

  /// Tables keep lists of structures; what a message lacks is null there.
  @Test func conversationsInParquetAreThoseOfLines() throws {
    let rows = [
      #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "name": "x"}]}"#,
      #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}"#,
    ].joined(separator: "\n")
    let lines = file("m.jsonl", rows)
    try Table(jsonLines: lines).write(parquet: folder.file("m.parquet"))
    let (first, second) = try (
      TrainingData(supervised: settings(lines), tokenizer()),
      TrainingData(supervised: settings(folder.file("m.parquet")), tokenizer())
    )
    #expect(Array(first.train) == Array(second.train) && second.report.form == .chat && second.train.count == 2)
  }

  @Test func rowsOfTablesThatAreNoTextAreCounted() throws {
    put(
      Array("prompt,completion\na,b\nc,".utf8) + [0xff] + Array("\n\"d\ne\",f\ng,\n".utf8), at: folder.file("n.csv"))
    let data = try TrainingData(supervised: settings(folder.file("n.csv")) { $0.onProblem = .skip }, tokenizer())
    #expect(data.report.rows == 4 && data.train.count == 2)
    #expect(data.report.entries.map(\.problem) == [.notUTF8, .emptyAnswer])
    #expect(data.report.entries.map { $0.places[0].line } == [2, 4])
  }

  @Test func calledToolsAreLearnedAndWhatTheySayIsNot() throws {
    let row = #"""
      {"tools": [{"type": "function", "function": {"name": "add", "description": "sum", "parameters": {"type": "object"}}}],
      "messages": [{"role": "user", "content": "1 + 2"},
      {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "add", "arguments": {"b": 2, "a": 1}}}]},
      {"role": "tool", "name": "add", "content": "three"}, {"role": "assistant", "content": "It is 3."}]}
      """#.replacing("\n", with: "")
    let path = file("tools.jsonl", row)
    let tokenizer = try tokenizer()
    // This template writes thoughts into the last answers alone: together they cannot be learned, one by one they can.
    let template = "\(RecordedData.models)/chat/qwen-tools.jinja"
    #expect(
      message { _ = try TrainingData(supervised: settings(path) { $0.chatTemplate = template }, tokenizer) }
        .contains("splitAnswers=true"))
    let data = try TrainingData(
      supervised: settings(path) { ($0.chatTemplate, $0.splitAnswers) = (template, true) }, tokenizer)
    let learned = try data.train.map { try tokenizer.decode($0.labels.filter { $0 != -100 }) }
    #expect(learned.count == 2 && data.report.rows == 1 && data.report.examples == 2)
    #expect(learned[0].contains(#"{"name": "add", "arguments": {"b": 2, "a": 1}}"#) && learned[1].contains("It is 3."))
    #expect(learned.allSatisfy { !$0.contains("three") && !$0.contains("1 + 2") })
    #expect(try data.train.allSatisfy { try tokenizer.decode($0.ids).contains(#""description": "sum""#) })
  }

  @Test func textsAreSplitAsAsked() throws {
    let path = file("poem.txt", "\u{feff}One\ntwo\n\n\n three\n\nfour")
    let counts: [(TextSplit, Int)] = [(.file, 1), (.paragraph, 3), (.line, 4)]
    for (split, count) in counts {
      let data = try TrainingData(
        supervised: settings(path) {
          ($0.textSplit, $0.packing) = (split, .inOrder)
        }, tokenizer())
      #expect(data.train.count == count && data.report.rows == count, "\(split)")
    }
    put(Array("One\ntwo\n\n\nthree".utf8) + [0xff, 10, 10] + Array("four".utf8), at: folder.file("broken.txt"))
    let broken = try TrainingData(
      supervised: settings(folder.file("broken.txt")) {
        ($0.textSplit, $0.onProblem) = (.paragraph, .skip)
      }, tokenizer())
    #expect(broken.report.rows == 3 && broken.report.count(.notUTF8) == 1)
    #expect(broken.report.entries.first?.places == [RowPlace(file: folder.file("broken.txt"), line: 5)])
  }

  @Test func formsAreFoundFromColumns() throws {
    let rows: [(DataForm, String)] = [
      (.instruct, #"{"instruction": "Add", "input": "1 2", "output": "3"}"#),
      (.chat, #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#),
      (.chat, #"{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}"#),
      (.completion, #"{"prompt": "a", "completion": "b"}"#), (.completion, #"{"question": "a", "answer": "b"}"#),
      (.text, #"{"text": "some words", "meta": 1}"#),
    ]
    for (i, (form, row)) in rows.enumerated() {
      let data = try TrainingData(supervised: settings(file("\(i).jsonl", row)), tokenizer())
      #expect(data.report.form == form && data.train.count == 1, "\(row)")
    }
    let wrong = message {
      _ = try TrainingData(supervised: settings(file("w.jsonl", #"{"frage": "a", "antwort": "b"}"#)), tokenizer())
    }
    #expect(wrong.contains("'frage', 'antwort'") && wrong.contains("completion (prompt, completion)"))
    let mapped = try TrainingData(
      supervised: settings(folder.file("w.jsonl")) { $0.columns = ["prompt=frage", "completion=antwort"] }, tokenizer())
    #expect(mapped.report.form == .completion)
    #expect(
      message {
        _ = try TrainingData(preferences: settings(folder.file("w.jsonl")) { $0.form = .chat }, tokenizer())
      }.contains("the form is chat, and this recipe learns from preference"))
  }

  @Test func rowsOfInstructionsBecomeMessagesOrAlpacasText() throws {
    let path = file("i.jsonl", #"{"instruction": "Add.", "input": "1 2", "output": "3"}"#)
    let tokenizer = try tokenizer()
    func text(_ change: (inout DataSettings) -> Void) throws -> (all: String, learned: String) {
      let example = try #require(try TrainingData(supervised: settings(path, change: change), tokenizer).train.first)
      return (
        try tokenizer.decode(example.ids), try tokenizer.decode(example.labels.filter { $0 != -100 })
      )
    }
    let chat = try text { $0.systemPrompt = "Be exact." }
    #expect(
      chat.all == "<|im_start|>system\nBe exact.<|im_end|>\n<|im_start|>user\nAdd.\n1 2<|im_end|>\n"
        + "<|im_start|>assistant\n3<|im_end|>\n")
    #expect(chat.learned == "3<|im_end|>\n")
    let alpaca = try text { $0.instructStyle = .alpaca }
    #expect(alpaca.all.contains("### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n3"))
    #expect(alpaca.learned == "3<|eot_id|>")
  }

  @Test func whatIsLearnedIsASetting() throws {
    let chat = #"""
      {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "one"}, {"role": "user", "content": "b"},
      {"role": "assistant", "content": "two"}]}
      """#.replacing("\n", with: "")
    let weighted = chat.replacing(#""content": "two""#, with: #""content": "two", "weight": 0"#)
    let tokenizer = try tokenizer()
    func learned(_ row: String, _ learn: LearnedTokens) throws -> String {
      let data = try TrainingData(supervised: settings(file("c.jsonl", row)) { $0.learn = learn }, tokenizer)
      return try tokenizer.decode(try #require(data.train.first).labels.filter { $0 != -100 })
    }
    #expect(try learned(chat, .answers) == "one<|im_end|>\ntwo<|im_end|>\n")
    #expect(try learned(chat, .last) == "two<|im_end|>\n")
    #expect(try learned(chat, .all).hasPrefix("<|im_start|>user\na<|im_end|>"))
    #expect(try learned(weighted, .answers) == "one<|im_end|>\n")
  }

  /// A template that writes earlier answers without their thoughts when others follow.
  @Test func templatesThatRewriteEarlierMessagesAreRefused() throws {
    let template = """
      {% for m in messages %}[{{ m['role'] }}]{% if m['role'] == 'assistant' and not loop.last %}{{ m['content'].split('|')[1] }}\
      {% else %}{{ m['content'] }}{% endif %};{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}
      """
    let path = file("t.jinja", template)
    let writer = try ChatWriter(tokenizer(), template: path)
    let messages: [ChatMessage] = [.user("a"), .assistant("so|one"), .user("b"), .assistant("hm|two")]
    let said = message { _ = try writer.write(messages) }
    #expect(said.contains("message 2 (assistant)") && said.contains("{% generation %}"))
    let last = try writer.write(messages, from: 3)
    #expect(last.answers.map { Array(last.text)[$0].map(String.init).joined() } == ["hm|two;"])
    // A mark at the end of every conversation, and an empty thought before answers, are no such thing.
    let closing = """
      {{ 'default' if messages[0]['role'] != 'system' }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>{{ m['content'] }}\
      {% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|><think></think>{% else %}<|eot_id|>{% endif %}
      """
    let other = try ChatWriter(tokenizer(), template: file("c.jinja", closing))
    let written = try other.write(messages)
    #expect(
      written.answers.map { Array(written.text)[$0].map(String.init).joined() } == ["so|one", "hm|two<|eot_id|>"])
  }

  @Test func problemsAreCountedWithTheirLines() throws {
    let good = #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
    var bytes: [UInt8] = []
    let long = String(repeating: "word ", count: 400)
    let lines: [String] = [
      good, #"{"messages": [{"role": "usr", "content": "a"}]}"#, #"{"messages": ["#, "[1, 2]", #"{"text": "x"}"#,
      #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "  "}]}"#,
      #"{"messages": [{"role": "user", "content": "a"}]}"#, "NOT UTF8", "", good,
      #"{"messages": [{"role": "user", "content": "\#(long)"}, {"role": "assistant", "content": "b"}]}"#,
      #"{"messages": [{"role": "usr", "content": "again"}]}"#,
    ]
    for line in lines {
      bytes +=
        line == "NOT UTF8" ? Array("{\"messages\": \"".utf8) + [0xff, 0xfe] + Array("\"}".utf8) : Array(line.utf8)
      bytes.append(10)
    }
    put(bytes, at: folder.file("bad.jsonl"))
    let tokenizer = try tokenizer()
    let bad = settings(folder.file("bad.jsonl")) { $0.maxLength = 64 }
    let stopped = message { _ = try TrainingData(supervised: bad, tokenizer) }
    #expect(stopped.contains("9 of 11 rows are no examples") && stopped.contains("onProblem=skip"))
    #expect(stopped.contains("unknown role: 'usr'") && stopped.contains("bad.jsonl:2, 12"))
    var skipping = bad
    skipping.onProblem = .skip
    let data = try TrainingData(supervised: skipping, tokenizer)
    #expect(data.train.count == 2 && data.report.examples == 2 && data.report.rows == 11)
    let expected: [(DataProblem, Int, Int)] = [
      (.unknownRole, 2, 2), (.notJSON, 1, 3), (.notAnObject, 1, 4), (.missingColumn, 1, 5), (.emptyAnswer, 1, 6),
      (.lastNotAssistant, 1, 7), (.notUTF8, 1, 8), (.tooLong, 1, 11),
    ]
    for (problem, count, line) in expected {
      #expect(data.report.count(problem) == count, "\(problem)")
      #expect(data.report.entries.first { $0.problem == problem }?.places.first?.line == line, "\(problem)")
    }
    #expect(data.report.problems == 9)
  }

  @Test func longExamplesAreCutAsAskedAndCounted() throws {
    let path = file("l.jsonl", #"{"prompt": "a b c d", "completion": " e f g h"}"#)
    let tokenizer = try tokenizer()
    func prepare(_ rule: LongExamples, _ most: Int) throws -> TrainingData<TokenizedExamples> {
      try TrainingData(
        supervised: settings(path) {
          ($0.truncation, $0.maxLength, $0.onProblem) = (rule, most, .skip)
        }, tokenizer)
    }
    let whole = try #require(try prepare(.error, 100).train.first)
    let most = whole.ids.count - 2
    let start = try prepare(.keepStart, most)
    #expect(start.train.first?.ids == Array(whole.ids.prefix(most)))
    #expect(start.report.count(.tooLong) == 1 && start.report.problems == 0)
    #expect(try prepare(.keepEnd, most).train.first?.ids == Array(whole.ids.suffix(most)))
    #expect(message { _ = try prepare(.drop, most) }.contains("dropped"))
    #expect(message { _ = try prepare(.error, most) }.contains("too long: more than \(most) tokens"))
    #expect(message { _ = try prepare(.keepStart, 3) }.contains("no token to learn"))
  }

  @Test func validationIsASplitThatTheSeedDraws() throws {
    let rows = (0..<20).map { #"{"prompt": "number", "completion": " \#($0)"}"# }.joined(separator: "\n")
    let path = file("s.jsonl", rows)
    let tokenizer = try tokenizer()
    func split(_ change: (inout DataSettings) -> Void) throws -> TrainingData<TokenizedExamples> {
      try TrainingData(supervised: settings(path, change: change), tokenizer)
    }
    let share = try split { $0.validationShare = 0.25 }
    #expect(share.train.count == 15 && share.validation.count == 5)
    #expect(Set(Array(share.train) + Array(share.validation)).count == 20)
    let again = try split { $0.validationCount = 5 }
    #expect(Array(again.validation) == Array(share.validation))
    #expect(Array(try split { ($0.validationCount, $0.seed) = (5, 3) }.validation) != Array(share.validation))
    #expect(message { _ = try split { $0.validationCount = 20 } }.contains("leaves none to learn"))
    let file = try split { $0.validationFiles = [path] }
    #expect(file.train.count == 20 && file.validation.count == 20)
  }

  @Test func promptsKeepTheirColumns() throws {
    let path = file("g.jsonl", #"{"prompt": "3 + 4?", "answer": 7, "steps": ["3", "4"]}"#)
    let tokenizer = try tokenizer()
    let prompts = try TrainingData(prompts: settings(path) { $0.asChat = true }, tokenizer)
    let prompt = try #require(prompts.train.first)
    #expect(prompt.text == "<|im_start|>user\n3 + 4?<|im_end|>\n<|im_start|>assistant\n")
    #expect(prompt.columns["answer"] == .int(7) && prompt.columns["steps"] == .list(["3", "4"]))
    #expect(try tokenizer.decode(prompt.ids) == prompt.text)
  }

  @Test func encodersGetPairsAndLabels() throws {
    let tokenizer = try RecordedData.tokenizer("bert-uncased")
    let triplets = file(
      "p.csv", "anchor,positive,negative\nwhat is a cat,a cat is an animal,a car is a machine\nwho,me,you\n")
    let pairs = try TrainingData(pairs: settings(triplets), tokenizer)
    let loader = pairs.train.loader(settings(triplets), batchSize: 2, padding: 0, shuffles: false)
    let batch = try #require(Array(loader).first)
    #expect(batch.count == 2 && batch.columns.count == 3 && batch.negatives.count == 1 && batch.scores == nil)
    let scored = file("s.csv", "sentence1,sentence2,score\na cat,a dog,0.5\na,b,1\n")
    let scores = try TrainingData(pairs: settings(scored), tokenizer)
    #expect(try PairBatch(scores.train, padding: 0).scores?.array(as: Double.self) == [0.5, 1])
    let classes = file("c.jsonl", #"{"text": "good", "label": "pos"}"# + "\n" + #"{"text": "bad", "label": "neg"}"#)
    let labelled = try TrainingData(labelled: settings(classes), tokenizer)
    #expect(labelled.classes == ["neg", "pos"] && labelled.train.map(\.label) == [.index(1), .index(0)])
    let numbers = file("n.csv", "text,label\na,0.5\nb,2\n")
    let regression = try TrainingData(labelled: settings(numbers), tokenizer)
    #expect(regression.classes.isEmpty && regression.train.map(\.label) == [.number(0.5), .number(2)])
    #expect(LabelledBatch(regression.train, padding: 0).labels.dtype == .float32)
    let indices = try TrainingData(labelled: settings(file("i.csv", "text,label\na,1\nb,0\n")), tokenizer)
    #expect(indices.classes == ["0", "1"] && LabelledBatch(indices.train, padding: 0).labels.dtype == .int64)
  }

  @Test func thePreviewShowsWhatIsLearned() throws {
    let path = file("v.jsonl", #"{"prompt": "What is up?", "completion": " The sky 😀"}"#)
    let tokenizer = try tokenizer()
    let data = try TrainingData(supervised: settings(path), tokenizer)
    let preview = DataPreview(data.train, tokenizer)
    let plain = preview.text(.plain)
    #expect(plain.contains("What is up?⟦ The sky 😀<|eot_id|>⟧"))
    let coloured = preview.text(Terminal(isInteractive: true, hasColours: true, hasUnicode: true, width: 80))
    #expect(coloured.contains("\u{1b}[32m The sky 😀<|eot_id|>\u{1b}[0m"))
    let example = try #require(data.train.first)
    #expect(preview.statistics.tokens == example.ids.count && preview.statistics.median == example.ids.count)
    #expect(preview.statistics.learnedTokens == example.labels.count { $0 != -100 })
  }
}
