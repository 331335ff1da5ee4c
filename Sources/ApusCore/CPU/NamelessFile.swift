#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that no folder names: its space is given back when its descriptor is closed, at the latest when the process ends.
package enum NamelessFile {
  /// The descriptor of a new one in `folder`; -1 where none can be made there.
  package static func make(in folder: String) -> Int32 {
    var template = Array("\(folder)/apus-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    if file >= 0 { unlink(template) }
    return file
  }

  /// The folder for large ones: what was asked for, else what `TMPDIR` names, else `/var/tmp`, which lies on a disk more often
  /// than `/tmp`.
  package static func folder(_ asked: String?) -> String {
    asked ?? DynamicLibrary.environment("TMPDIR") ?? "/var/tmp"
  }
}
