import ApusFormats

/// Metrics in the text format of Prometheus, with Triton's names.
struct PrometheusText {
  let repository: ModelRepository
  let memory: MemoryUse
  let counters: RequestCounters

  /// All metrics.
  func text() -> String {
    let models = repository.models.map { ($0, $0.statistics.current) }
    var out = ""
    func family(_ name: String, _ help: String, _ kind: String, _ value: (ServedModel, ModelStatistics.Counts) -> Int) {
      out += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for (model, counts) in models {
        out += "\(name){model=\"\(label(model.name))\",version=\"\(model.version)\"} \(value(model, counts))\n"
      }
    }
    family("nv_inference_request_success", "Number of successful inference requests, all batch sizes", "counter") {
      $1.success.count
    }
    family("nv_inference_request_failure", "Number of failed inference requests, all batch sizes", "counter") {
      $1.failure.count + $1.refused
    }
    family("nv_inference_count", "Number of inferences performed (does not include cached requests)", "counter") {
      $1.rows
    }
    family(
      "nv_inference_exec_count", "Number of model executions performed (does not include cached requests)", "counter"
    ) {
      $1.runs
    }
    family(
      "nv_inference_pending_request_count", "Instantaneous number of pending requests awaiting execution per-model.",
      "gauge"
    ) {
      model, _ in model.pending
    }
    family(
      "nv_inference_request_duration_us",
      "Cumulative inference request duration in microseconds (includes cached requests)", "counter"
    ) {
      $1.success.microseconds
    }
    family(
      "nv_inference_queue_duration_us",
      "Cumulative inference queuing duration in microseconds (includes cached requests)", "counter"
    ) {
      $1.queue.microseconds
    }
    family(
      "nv_inference_compute_input_duration_us",
      "Cumulative compute input duration in microseconds (does not include cached requests)", "counter"
    ) {
      $1.input.microseconds
    }
    family(
      "nv_inference_compute_infer_duration_us",
      "Cumulative compute inference duration in microseconds (does not include cached requests)", "counter"
    ) {
      $1.compute.microseconds
    }
    family(
      "nv_inference_compute_output_duration_us",
      "Cumulative inference compute output duration in microseconds (does not include cached requests)", "counter"
    ) {
      $1.output.microseconds
    }
    out +=
      "# HELP nv_cpu_memory_used_bytes Memory that the server takes, in bytes\n# TYPE nv_cpu_memory_used_bytes gauge\n"
    out += "nv_cpu_memory_used_bytes \(memory.bytes)\n"
    out +=
      "# HELP apus_http_requests_total Requests by the status of their answers\n"
      + "# TYPE apus_http_requests_total counter\n"
    for (status, count) in counters.current { out += "apus_http_requests_total{code=\"\(status)\"} \(count)\n" }
    return out
  }

}

/// A text between the quotes of a label.
func label(_ name: String) -> String {
  name.replacingScalars { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\n" ? "\\n" : nil }
}
