import ApusCore
import ApusFormats
import ApusFunctional
import ApusModels
import ApusNN
import Foundation
import TestSupport
import Testing

/// Blocks of four bits against bitsandbytes on the processor (scripts/record-low-memory.py).
@Suite struct FourBitTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded"

  private func recorded() throws -> SafetensorsFile {
    try SafetensorsFile(path: Self.folder + "/four-bits.safetensors")
  }

  @Test("The dynamic data type has the values of create_dynamic_map, bit for bit")
  func dynamicCode() throws {
    let file = try recorded()
    #expect(Tensor(DynamicCode.signed.values).equal(try file.tensor(named: "signed")))
    #expect(Tensor(DynamicCode.unsigned.values).equal(try file.tensor(named: "unsigned")))
  }

  @Test(
    "Blocks are bitsandbytes' bit for bit", arguments: ["float32", "float16", "bfloat16"], [FourBitType.nf4, .fp4])
  func bits(dtype: String, type: FourBitType) throws {
    let file = try recorded()
    for size in [64, 128] {
      let blocks = try FourBitBlocks(
        quantizing: file.tensor(named: "source.\(dtype)"), as: FourBitForm(type, blockSize: size))
      let key = "\(dtype).\(type.rawValue)-\(size)"
      #expect(blocks.packed.equal(try file.tensor(named: "\(key).packed")), "\(key)")
      #expect(blocks.absmax.equal(try file.tensor(named: "\(key).absmax")), "\(key)")
      if dtype == "float32" {
        #expect(blocks.dequantized().equal(try file.tensor(named: "\(key).numbers").reshape([-1])), "\(key)")
      }
    }
  }

  @Test("A last part of a block and an odd number of numbers are as bitsandbytes has them")
  func odd() throws {
    let file = try recorded()
    let source = try file.tensor(named: "source.float32").reshape([-1]).narrow(0, 0, 777)
    let blocks = try FourBitBlocks(quantizing: source, as: FourBitForm(.nf4))
    #expect(blocks.packed.equal(try file.tensor(named: "odd.packed")))
    #expect(blocks.absmax.equal(try file.tensor(named: "odd.absmax")))
  }

  @Test("Scales of scales are bitsandbytes' but for the last bit of their mean")
  func nested() throws {
    let file = try recorded()
    let blocks = try FourBitBlocks(
      quantizing: file.tensor(named: "nested.source"), as: FourBitForm(.nf4, isNested: true))
    let nested = try #require(blocks.nested)
    #expect(blocks.packed.equal(try file.tensor(named: "nested.packed")))
    let offset: Float = try file.tensor(named: "nested.offset").item()
    #expect((nested.offset - offset).magnitude <= 4 * offset.ulp)
    let codes = (blocks.absmax.to(.int64) - (try file.tensor(named: "nested.codes")).to(.int64)).abs()
    #expect((codes.max().item() as Int) <= 1)
    let numbers = try file.tensor(named: "nested.numbers").reshape([-1])
    #expect(((blocks.dequantized() - numbers).abs().max() / numbers.abs().max()).item() < 1e-3)
  }

  @Test(
    "Products, rows and gradients are those of the numbers",
    arguments: [WeightForm.nf4, .fp4, WeightForm(name: "nf4-128-nested")!])
  func products(form: WeightForm) throws {
    manualSeed(1)
    let weight = try QuantizedWeight(quantizing: randn([300, 255]), as: form)
    let wide = weight.widened()
    let bias = randn([300])
    for rows in [1, 3, 9, 70] {
      let x = randn([rows, 255])
      let want = linear(x, wide, bias)
      #expect(((weight.product(x, bias: bias) - want).abs().max() / want.abs().max()).item() < 5e-6, "\(rows)")
    }
    #expect(weight.rows(Tensor([299, 0])).equal(stack([wide[299], wide[0]])))
    let x = parameter(randn([5, 255]))
    let probe = randn([5, 300])
    (weight.product(x) * probe).sum().backward()
    let want = matmul(probe, wide)
    #expect(((try #require(x.grad) - want).abs().max() / want.abs().max()).item() < 1e-5)
    #expect(WeightForm(name: form.description) == form)
  }

  @Test("A folder that was saved after load_in_4bit gives the logits of transformers", arguments: ["", "-nested"])
  func folder(kind: String) throws {
    let path = Self.folder + "/load-in-4bit\(kind)"
    let want = try SafetensorsFile(path: path + "/recorded.safetensors.out")
    let model = try AutoModelForCausalLM.load(path)
    let packed = model.namedModules().compactMap { ($0.module as? Projection)?.packed as? QuantizedWeight }
    #expect(packed.count == 7)
    var inputs = ModelInputs()
    inputs.inputIds = try want.tensor(named: "ids")
    let logits = try #require(noGrad { model(inputs).logits })
    let expected = try want.tensor(named: "logits")
    #expect(((logits - expected).abs().max() / expected.abs().max()).item() < 1e-4)
  }

  @Test(
    "A folder written in four bits is read again, and says what bitsandbytes needs",
    arguments: ["nf4", "fp4-128", "nf4-nested"])
  func written(form: String) throws {
    let target = TemporaryFolder()
    let source = TemporaryFolder()
    let model = try AutoModelForCausalLM.load(Self.folder + "/load-in-4bit")
    try model.save(to: source.file("plain"))
    // What is plain now says nothing of blocks.
    let report = try quantizeModel(
      source.file("plain"), to: target.file("small"), as: try #require(WeightForm(name: form)))
    #expect(report.matrices == 7)
    let loaded = try AutoModelForCausalLM.load(target.file("small"))
    let matrix = try #require(loaded.namedModules().first { $0.name.hasSuffix("gate_proj") }?.module as? Projection)
    #expect((matrix.packed as? QuantizedWeight)?.form == WeightForm(name: form))
    let file = try SafetensorsFile(path: target.file("small") + "/model.safetensors")
    let type = form.prefix(3)
    let name = "model.layers.0.mlp.gate_proj.weight"
    #expect(file.entries.contains { $0.name == "\(name).quant_state.bitsandbytes__\(type)" })
    #expect(try file.tensor(named: name).shape == [128 * 64 / 2, 1])
  }

  @Test("Sizes that do not fit are refused")
  func refused() {
    #expect(throws: TensorError.self) {
      try FourBitBlocks(quantizing: Tensor.zeros([64]), as: FourBitForm(.nf4, blockSize: 48))
    }
    #expect(throws: TensorError.self) { try FourBitBlocks(quantizing: Tensor([1, 2, 3]), as: FourBitForm(.nf4)) }
    #expect(WeightForm(name: "nf4-100") == nil)
    #expect(WeightForm(name: "nf4-") == nil)
  }
}
