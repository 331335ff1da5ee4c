/// The style sheet of a report: one column on a phone, several on a wide screen; light, dark and on paper.
package let reportStyle = """
  :root { color-scheme: light dark; --paper: #f6f7f9; --card: #ffffff; --ink: #111827; --text: #374151; --quiet: #6b7280;
    --line: #e5e7eb; --axis: #c3c8d0; --s0: #2563eb; --s1: #ea6a0a; --s2: #0d9488; --s3: #9333ea; --s4: #db2777;
    --heat: 37, 99, 235; }
  @media (prefers-color-scheme: dark) { :root { --paper: #0f1217; --card: #181c23; --ink: #f3f4f6; --text: #d1d5db;
    --quiet: #9ca3af; --line: #2a303a; --axis: #4b5563; --s0: #6ea0ff; --s1: #ff9a4d; --s2: #2dd4bf; --s3: #c08bff;
    --s4: #f472b6; --heat: 96, 148, 255; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI',
    'DejaVu Sans', sans-serif; -webkit-text-size-adjust: 100%; }
  main { max-width: 1280px; margin: 0 auto; padding: 28px 20px 40px; }
  h1 { color: var(--ink); font-size: 26px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
  h2 { color: var(--ink); font-size: 15px; margin: 0 0 10px; }
  .when { color: var(--quiet); margin: 0 0 20px; }
  .notes { white-space: pre-wrap; margin: -8px 0 20px; max-width: 75ch; }
  .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 12px; margin-bottom: 16px; }
  .tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
  .tile { padding: 10px 14px; min-width: 0; }
  .tile b { display: block; color: var(--ink); font-size: 22px; font-weight: 650; font-variant-numeric: tabular-nums; }
  .tile span { color: var(--quiet); font-size: 13px; }
  .tile span.name { display: block; overflow-wrap: anywhere; }
  .grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
  section { padding: 14px 16px; min-width: 0; }
  section.wide { grid-column: 1 / -1; }
  .head { display: flex; justify-content: space-between; align-items: baseline; gap: 8px; }
  button { font: inherit; font-size: 12px; color: var(--quiet); background: none; border: 1px solid var(--line);
    border-radius: 6px; padding: 2px 9px; margin-left: 6px; cursor: pointer; }
  button[aria-pressed=true] { color: var(--card); background: var(--text); border-color: var(--text); }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; min-height: 24px; font-size: 13px;
    font-variant-numeric: tabular-nums; }
  .legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 7px; vertical-align: 4px; }
  .legend b { color: var(--ink); font-weight: 600; margin-left: 5px; }
  .legend .at { color: var(--quiet); }
  .plot { position: relative; touch-action: pan-y; user-select: none; -webkit-user-select: none; }
  .plot svg { display: block; width: 100%; height: auto; overflow: visible; cursor: crosshair; }
  .plot text { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
  table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
  td, th { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top;
    overflow-wrap: anywhere; }
  tr:last-child td, tr:last-child th { border-bottom: 0; }
  th { color: var(--quiet); font-weight: 500; }
  .pairs th { width: 40%; }
  .scroll { overflow-x: auto; }
  .epochs td, .epochs th { text-align: right; white-space: nowrap; padding: 4px 12px; }
  .epochs td.best { color: var(--ink); font-weight: 650; }
  .confusion { width: auto; border-spacing: 2px; border-collapse: separate; }
  .confusion td, .confusion th { border: 0; text-align: center; padding: 0 4px; min-width: 34px; height: 30px;
    vertical-align: middle; white-space: nowrap; }
  .confusion th.row { text-align: right; padding-right: 8px; }
  .confusion td { border-radius: 4px; }
  .confusion td.recall { color: var(--quiet); padding-left: 10px; }
  .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 12px; }
  figure { margin: 0; min-width: 0; }
  figure img { width: 100%; image-rendering: pixelated; border-radius: 4px; display: block; }
  figcaption { font-size: 12px; color: var(--quiet); overflow-wrap: anywhere; }
  pre { margin: 0; overflow-x: auto; font: 12.5px/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }
  footer { color: var(--quiet); font-size: 13px; margin-top: 20px; }
  @media (max-width: 760px) { main { padding: 18px 12px 28px; } h1 { font-size: 21px; } .grid { grid-template-columns:
    minmax(0, 1fr); gap: 12px; } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }
    section { padding: 12px; } .tile b { font-size: 19px; }
    .confusion { font-size: 12px; border-spacing: 1px; } .confusion td, .confusion th { min-width: 23px; height: 24px; padding: 0 2px; } }
  @media print { :root { --paper: #fff; --card: #fff; --ink: #000; --text: #222; --quiet: #555; --line: #ccc; --axis: #888;
    --s0: #2563eb; --s1: #ea6a0a; --s2: #0d9488; --s3: #9333ea; --s4: #db2777; --heat: 37, 99, 235; color-scheme: light; }
    body { font-size: 11px; -webkit-print-color-adjust: exact; print-color-adjust: exact; } main { padding: 0; max-width: none; }
    button, .hint { display: none; } section, .tile { break-inside: avoid; border-color: #bbb; } section.long { break-inside:
    auto; } .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; } pre { white-space: pre-wrap; font-size: 9px; }
    .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); } tr { break-inside: avoid; } }
  @page { margin: 14mm; }
  """
