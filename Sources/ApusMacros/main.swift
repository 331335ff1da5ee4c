// The compiler's plugin for the macros of Apus. It speaks the compiler's plugin messages itself and reads declarations with
// a scanner of its own, so that building it takes the toolchain alone and seconds.

while let request = Connection.receive() {
  Connection.send(answer(to: request))
}

func answer(to request: Request) -> Response {
  if request.getCapability != nil {
    return Response(getCapabilityResult: .init(capability: .init(protocolVersion: Connection.protocolVersion)))
  }
  guard let asked = request.expandAttachedMacro else { return Response(expandMacroResult: .init()) }
  do throws(MacroError) {
    let expansion =
      switch asked.macro.typeName {
      case "ModuleMacro": try expandModule(asked)
      case "ChangeableMacro": try expandChangeable(asked)
      default: throw MacroError("there is no macro \(asked.macro.typeName)")
      }
    return Response(expandMacroResult: .init(expandedSource: expansion))
  } catch {
    return Response(expandMacroResult: .init(diagnostics: [.init(error, at: asked.attributeSyntax)]))
  }
}
