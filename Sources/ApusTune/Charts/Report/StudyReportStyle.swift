import ApusTrain

/// The style sheet of a study's page: that of the page of a run, and what only this one has.
let studyReportStyle =
  reportStyle + "\n" + """
    .tile b { display: block; color: var(--ink); font-size: 20px; font-weight: 650; font-variant-numeric: tabular-nums;
      overflow-wrap: anywhere; }
    .head { display: flex; justify-content: space-between; align-items: baseline; gap: 8px; flex-wrap: wrap; }
    button, select { font: inherit; font-size: 12px; color: var(--quiet); background: var(--card); border: 1px solid var(--line);
      border-radius: 6px; padding: 2px 9px; margin-left: 6px; cursor: pointer; max-width: 14em; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; }
    .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 7px; }
    .plot svg { display: block; width: 100%; height: auto; overflow: visible; }
    .slices { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 14px; }
    .bar { display: grid; grid-template-columns: minmax(60px, 30%) 1fr 4.5em; gap: 10px; align-items: center; font-size: 14px;
      padding: 3px 0; font-variant-numeric: tabular-nums; }
    .bar span { overflow-wrap: anywhere; } .bar i { height: 14px; border-radius: 3px; background: var(--s0); min-width: 1px; }
    td, th { text-align: right; white-space: nowrap; padding: 4px 12px; border-bottom: 1px solid var(--line); }
    #tip { position: fixed; z-index: 1; pointer-events: none; background: var(--ink); color: var(--card); border-radius: 8px;
      padding: 7px 11px; font-size: 12.5px; line-height: 1.45; max-width: 340px; overflow-wrap: anywhere; white-space: pre-line;
      box-shadow: 0 4px 16px rgba(0, 0, 0, 0.25); }
    @media (max-width: 760px) { main { padding: 18px 12px 28px; } h1 { font-size: 21px; } .grid { grid-template-columns:
      minmax(0, 1fr); gap: 12px; } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }
      section { padding: 12px; } .tile b { font-size: 17px; } }
    @media print { :root { --paper: #fff; --card: #fff; --ink: #000; --text: #222; --quiet: #555; --line: #ccc; --axis: #888;
      --s0: #2563eb; --s1: #ea6a0a; --s2: #0d9488; --s3: #9333ea; --s4: #db2777; color-scheme: light; }
      body { font-size: 11px; -webkit-print-color-adjust: exact; print-color-adjust: exact; } main { padding: 0; max-width: none; }
      button, select { display: none; } section, .tile { break-inside: avoid; } }
    """
