#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

let status = runCommandLine(Array(CommandLine.arguments.dropFirst()))
guard fflush(nil) == 0 else {
  complain("apus: cannot write the output: \(String(cString: strerror(errno)))")
  exit(max(status, 1))
}
exit(status)
