import Apus

/// Images a second of a loader over a folder of pictures, cut, resized, turned and normalised as for training; the median of five passes.
func measureFolder(_ path: String, workers: Int) throws {
  let transform = Compose([
    RandomResizedCrop(224), RandomHorizontalFlip(), ToDtype(.float32, scale: true),
    Normalize(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
  ])
  let pictures = try ImageFolder(path)
  let loader = DataLoader(
    pictures.map { (transform($0), $1) }, batchSize: 32, shuffle: true, numWorkers: workers)
  var rates: [Double] = []
  for pass in 0..<6 {
    var count = 0
    var batches = loader.makeIterator()
    let clock = ContinuousClock()
    let time = try clock.measure { while let (_, labels) = try batches.nextBatch() { count += labels.count } }
    // The first pass finds the files.
    if pass > 0 { rates.append(Double(count) / (time / .seconds(1))) }
  }
  let median = Int(rates.sorted()[rates.count / 2].rounded())
  print("\(path): \(pictures.count) pictures, \(workers) workers: \(median) images/s (median of \(rates.count) passes)")
}
