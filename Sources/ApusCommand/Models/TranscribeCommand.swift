import Apus

/// `apus transcribe`: what is said in sound.
struct TranscribeCommand: Command {
  static let name = "transcribe"
  static let summary = "write down what is said in a file of sound"
  static let help = """
    usage: apus transcribe MODEL FILE.wav... [OPTIONS]

    Writes what is said, with a published Whisper: a folder as transformers saves it, or one of CTranslate2. Sound
    of more than 30 seconds is heard in windows, each of which begins where the last whole sentence ended. Ctrl-C ends it there.

      --language CODE   what is spoken, such as en; found out by the model if it knows several
      --translate       write English, whatever is spoken
      --json            write an object of JSON for each file: file, text, seconds
    """

  private let path: String
  private let files: [String]
  private let language: String?
  private let translates: Bool
  private let writesJSON: Bool

  init(_ words: inout Words) throws {
    language = try words.take("--language")
    translates = words.takeFlag("--translate")
    writesJSON = words.takeFlag("--json")
    path = try words.takeOperand("MODEL")
    var files = [try words.takeOperand("FILE.wav")]
    while let file = try? words.takeOperand("FILE.wav") { files.append(file) }
    self.files = files
  }

  func run() throws {
    let transcriber = try SpeechTranscriber(path: path)
    Interrupt.watch()
    for file in files where !Interrupt.isThere {
      let start = seconds()
      let text = try transcriber.transcribe(file: file, language: language, translates: translates) { piece in
        if !writesJSON { show(piece, terminator: "\n") }
        return !Interrupt.isThere
      }
      let time = seconds() - start
      if writesJSON {
        print((["file": .string(file), "text": .string(text), "seconds": .double(time)] as ChatValue).json)
      } else {
        complain("\(file): \(time.text(digits: 2)) s")
      }
    }
  }
}
